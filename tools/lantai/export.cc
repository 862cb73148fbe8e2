// lantai export
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "command_line.h"
#include "lantai/base/error.h"
#include "remote.h"
#include "texts.h"

namespace lantai::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct ExportArguments {
  std::vector<std::string> types;
  std::string files, to;
  bool audit = false;
};

// A name that cannot leave its directory, whatever the record says.
std::string safe_name(std::uint32_t number, const std::string& name) {
  std::string safe = std::to_string(number) + "-";
  for (const char c : name) safe += c == '/' || c == '\0' ? '_' : c;
  while (safe.size() > 240) {
    safe.pop_back();
    while (!is_valid_utf8(safe)) safe.pop_back();
  }
  return safe;
}

void write_blob(const storage::BlobStore& blobs, ByteView digest, const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  const auto reader = blobs.open(digest);
  for (std::uint64_t offset = 0; offset < reader->size();) {
    const Bytes piece = reader->read(offset, 1U << 20U);
    out.write(as_chars(piece).data(), static_cast<std::streamsize>(piece.size()));
    offset += piece.size();
  }
  out.close();
  if (!out) throw Error(ErrorCode::resource_exhausted, "cannot write " + path.string());
}

// The line that `lantai import` reads back.
Json line_of_record(const records::Record& record, const storage::BlobStore& blobs, const std::string& files) {
  Json line = {{"type", record.type}, {"key", record.type + "/" + record.id}, {"fields", record.fields}};
  Json listed = Json::array();
  for (const auto& file : record.files) {
    if (file.removed || file.versions.empty()) continue;
    const records::FileVersion& current = file.current();
    Json one = {
        {"name", current.name}, {"role", file.role}, {"size", current.size}, {"sha256", to_hex(current.digest)}};
    if (!files.empty()) {
      const fs::path path = fs::path(files) / record.type / record.id / safe_name(file.number, current.name);
      write_blob(blobs, current.digest, path);
      one["path"] = fs::absolute(path).string();
    }
    listed.push_back(std::move(one));
  }
  if (!listed.empty()) line["files"] = std::move(listed);
  return line;
}

std::uint64_t export_type(app::Application& application, const std::string& type, const ExportArguments& arguments,
                          std::ostream& out) {
  const records::Principal principal = identity::operator_principal();
  application.records().begin_export(principal, type, "jsonl");
  std::uint64_t count = 0;
  records::ListRequest request;
  request.limit = 500;
  do {
    auto page = application.records().list(principal, type, request);
    for (const auto& record : page.records) {
      out << line_of_record(record, application.store().blobs(), arguments.files).dump() << "\n";
      ++count;
    }
    request.page_token = std::move(page.next_page_token);
  } while (!request.page_token.empty());
  return count;
}

std::uint64_t export_audit(storage::Store& store, std::ostream& out) {
  const auto& log = store.audit();
  out << storage::audit_export_header(store.identity()) << "\n";
  std::uint64_t after = 0, count = 0;
  for (auto entries = log.read(after, 1000); !entries.empty(); entries = log.read(after, 1000)) {
    for (const auto& entry : entries) {
      out << storage::to_json_line(entry) << "\n";
      after = entry.sequence;
      ++count;
    }
  }
  return count;
}

int export_to(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
  if (!shared.server.empty()) {
    Remote remote(shared);
    for (const auto& type : arguments.types) remote.export_records(type, out);
    return kDone;
  }
  const auto application = shared.open(false);
  std::uint64_t count = 0;
  if (arguments.audit) {
    count = export_audit(application->store(), out);
  } else {
    auto types = arguments.types;
    // What others point to comes first, so that the lines can be taken in again in this order.
    if (types.empty()) {
      types = {"fonds", "class", "department", "person", "volume", "item"};
      for (const auto& type : application->schema().types()) {
        if (std::find(types.begin(), types.end(), type.name) == types.end()) types.push_back(type.name);
      }
      const auto unknown = [&](const auto& type) { return application->schema().find_type(type) == nullptr; };
      types.erase(std::remove_if(types.begin(), types.end(), unknown), types.end());
    }
    for (const auto& type : types) count += export_type(*application, type, arguments, out);
  }
  out.flush();
  if (!out) throw Error(ErrorCode::resource_exhausted, "the export cannot be written");
  std::cerr << say(Text::exported, shared.lang(), count) << "\n";
  return kDone;
}

}  // namespace

void add_export(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand("export", "write records as JSON Lines, with their files if wanted");
  command->add_option("--type", arguments->types, "only this type; repeatable")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--files", arguments->files, "also write the files into this directory")->type_name("DIR");
  command->add_option("--to", arguments->to, "write to this file, not to standard output")->type_name("FILE");
  command->add_flag("--audit", arguments->audit, "the audit log instead of records");
  commands[command] = [&shared, arguments] {
    if (arguments->to.empty()) return export_to(shared, *arguments, std::cout);
    std::ofstream out(arguments->to, std::ios::binary);
    if (!out) throw Error(ErrorCode::unavailable, "cannot write " + arguments->to);
    return export_to(shared, *arguments, out);
  };
}

}  // namespace lantai::cli
