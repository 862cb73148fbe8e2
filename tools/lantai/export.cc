// lantai export
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>

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

// One current file of a record, and where its bytes were written.
struct ExportedFile {
  std::uint32_t number = 0;
  std::string name, role;
  std::uint64_t size = 0;
  std::string sha256;
};

fs::path path_of(const std::string& folder, const std::string& record, const ExportedFile& file) {
  return fs::path(folder) / record / safe_name(file.number, file.name);
}

// The line that `lantai import` reads back. `write` writes a file's bytes to the path.
Json line_of_record(const std::string& type, const std::string& id, const Json& fields,
                    const std::vector<ExportedFile>& files, const std::string& folder,
                    const std::function<void(const ExportedFile&, const fs::path&)>& write) {
  const std::string record = type + "/" + id;
  Json line = {{"type", type}, {"key", record}, {"fields", fields}};
  Json listed = Json::array();
  for (const auto& file : files) {
    Json one = {{"name", file.name}, {"role", file.role}, {"size", file.size}, {"sha256", file.sha256}};
    if (!folder.empty()) {
      const fs::path path = path_of(folder, record, file);
      fs::create_directories(path.parent_path());
      write(file, path);
      one["path"] = fs::absolute(path).lexically_normal().string();
    }
    listed.push_back(std::move(one));
  }
  if (!listed.empty()) line["files"] = std::move(listed);
  return line;
}

// What others point to comes first, so that the lines can be taken in again in this order.
std::vector<std::string> in_order(const std::vector<std::string>& declared) {
  std::vector<std::string> types = {"fonds", "class", "department", "person", "volume", "item"};
  const auto unknown = [&](const auto& type) {
    return std::find(declared.begin(), declared.end(), type) == declared.end();
  };
  types.erase(std::remove_if(types.begin(), types.end(), unknown), types.end());
  for (const auto& type : declared) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  return types;
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
      std::vector<ExportedFile> files;
      std::map<std::uint32_t, Bytes> digests;
      for (const auto& file : record.files) {
        if (file.removed || file.versions.empty()) continue;
        const records::FileVersion& current = file.current();
        files.push_back({file.number, current.name, file.role, current.size, to_hex(current.digest)});
        digests[file.number] = current.digest;
      }
      const auto write = [&](const ExportedFile& file, const fs::path& path) {
        write_blob(application.store().blobs(), digests.at(file.number), path);
      };
      out << line_of_record(record.type, record.id, record.fields, files, arguments.files, write).dump() << "\n";
      ++count;
    }
    request.page_token = std::move(page.next_page_token);
  } while (!request.page_token.empty());
  return count;
}

// What was cut short on its way is no copy.
void download(HttpClient& client, const std::string& from, const ExportedFile& file, const fs::path& path) {
  std::ofstream out(path, std::ios::binary);
  client.download(from, [&](std::istream& in) {
    std::vector<char> piece(1U << 16U);
    while (out && in.read(piece.data(), static_cast<std::streamsize>(piece.size())).gcount() > 0) {
      out.write(piece.data(), in.gcount());
    }
  });
  out.close();
  if (!out) throw Error(ErrorCode::resource_exhausted, "cannot write " + path.string());
  if (fs::file_size(path) != file.size) throw Error(ErrorCode::unavailable, "the server broke off: " + path.string());
}

std::uint64_t export_remote_type(const Shared& shared, const std::string& type, const ExportArguments& arguments,
                                 std::ostream& out) {
  HttpClient lines(shared), files(shared);
  std::uint64_t count = 0;
  lines.download("/api/v1/records/" + type + "/export?format=jsonl", [&](std::istream& in) {
    for (std::string line; out && std::getline(in, line); ++count) {
      const Json record = Json::parse(line);
      const std::string id = record.at("id");
      std::vector<ExportedFile> listed;
      for (const auto& file : record.at("files")) {
        listed.push_back({file.at("number"), file.at("name"), file.at("role"), file.at("size"), file.at("sha256")});
      }
      const auto write = [&](const ExportedFile& file, const fs::path& path) {
        const std::string from = "/api/v1/records/" + type + "/" + id + "/files/" + std::to_string(file.number);
        download(files, from, file, path);
      };
      out << line_of_record(type, id, record.at("fields"), listed, arguments.files, write).dump() << "\n";
    }
  });
  return count;
}

std::uint64_t export_remotely(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
  if (arguments.audit) throw Error(ErrorCode::invalid_argument, std::string(text(Text::server_command, shared.lang())));
  std::vector<std::string> types = arguments.types;
  if (types.empty()) {
    std::vector<std::string> declared;
    const schema::Json description = HttpClient(shared).get("/api/v1/schema");
    for (const auto& type : description.at("types")) declared.push_back(text_of(type, "name"));
    types = in_order(declared);
  }
  std::uint64_t count = 0;
  for (const auto& type : types) count += export_remote_type(shared, type, arguments, out);
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

std::uint64_t export_directly(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
  const auto application = shared.open(false);
  if (arguments.audit) return export_audit(application->store(), out);
  std::vector<std::string> types = arguments.types;
  if (types.empty()) {
    std::vector<std::string> declared;
    for (const auto& type : application->schema().types()) declared.push_back(type.name);
    types = in_order(declared);
  }
  std::uint64_t count = 0;
  for (const auto& type : types) count += export_type(*application, type, arguments, out);
  return count;
}

int export_to(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
  const std::uint64_t count =
      shared.server.empty() ? export_directly(shared, arguments, out) : export_remotely(shared, arguments, out);
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
