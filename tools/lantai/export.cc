// lantai export
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "command_line.h"
#include "lantai/base/error.h"
#include "remote.h"
#include "texts.h"

namespace lantai::cli {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

struct ExportArguments {
  std::vector<std::string> types;
  std::string files, to;
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

// The line that `lantai import` reads back. `write` writes a file's bytes to the path; false when it could not.
OrderedJson line_of_record(const std::string& type, const std::string& id, const OrderedJson& fields,
                           const std::vector<ExportedFile>& files, const std::string& folder,
                           const std::function<bool(const ExportedFile&, const fs::path&)>& write) {
  const std::string record = type + "/" + id;
  OrderedJson line = {{"type", type}, {"key", record}, {"fields", fields}};
  OrderedJson listed = OrderedJson::array();
  for (const auto& file : files) {
    OrderedJson one = {{"name", file.name}, {"role", file.role}, {"size", file.size}, {"sha256", file.sha256}};
    if (!folder.empty()) {
      const fs::path path = path_of(folder, record, file);
      fs::create_directories(path.parent_path());
      if (write(file, path)) one["path"] = fs::absolute(path).lexically_normal().string();
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

// What has been written, and whether all of it could be read.
struct Exported {
  std::uint64_t count = 0;
  bool damaged = false;
};

// The records of one store, as far as they can be read: what is damaged is named on standard error and left out.
class DirectExport {
 public:
  DirectExport(app::Application& application, const Shared& shared, const ExportArguments& arguments, std::ostream& out)
      : application_(application), shared_(shared), arguments_(arguments), out_(out) {}

  const Exported& done() const { return done_; }

  void export_type(const std::string& type) {
    written_.clear();
    if (audited_) note_in_audit_log(type);
    records::ListRequest request;
    request.limit = 500;
    const auto listed = [&] {
      do {
        auto page = application_.records().list(principal_, type, request);
        for (const auto& record : page.records) write(record);
        request.page_token = std::move(page.next_page_token);
      } while (!request.page_token.empty());
    };
    if (!readable(type, listed)) export_by_changes(type);
  }

 private:
  template <typename Step>
  bool readable(const std::string& what, Step step) {
    try {
      step();
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::data_loss) throw;
      done_.damaged = true;
      std::cerr << say(Text::left_out, shared_.lang(), what, error.message()) << "\n";
      return false;
    }
  }

  // A damaged engine takes no commits. What can still be read is worth more than the entry.
  void note_in_audit_log(const std::string& type) {
    try {
      application_.records().begin_export(principal_, type, "jsonl");
    } catch (const Error& error) {
      constexpr std::array kOfEngine{ErrorCode::data_loss, ErrorCode::unavailable, ErrorCode::deadline_exceeded};
      if (std::find(kOfEngine.begin(), kOfEngine.end(), error.code()) == kOfEngine.end()) throw;
      done_.damaged = true;
      audited_ = false;
      std::cerr << say(Text::not_audited, shared_.lang(), error.message()) << "\n";
    }
  }

  // One by one, where a list cannot be read to its end: every record has its place in the feed.
  void export_by_changes(const std::string& type) {
    const auto& feed = application_.store().changes();
    std::set<std::string> ids;
    for (std::uint64_t at = 0; at < feed.last_position(); ++at) {
      try {
        for (const auto& change : feed.read(at, 1)) {
          if (change.kind == "record" && change.subject == type) ids.insert(change.id);
        }
      } catch (const Error& error) {
        if (error.code() != ErrorCode::data_loss) throw;  // the next position may be in a whole part again
      }
    }
    for (const auto& id : ids) {
      if (written_.contains(id)) continue;
      readable(type + "/" + id, [&] {
        if (const auto record = application_.records().find(principal_, type, id)) write(*record);
      });
    }
  }

  void write(const records::Record& record) {
    std::vector<ExportedFile> files;
    std::map<std::uint32_t, Bytes> digests;
    for (const auto& file : record.files) {
      if (file.removed || file.versions.empty()) continue;
      const records::FileVersion& current = file.current();
      files.push_back({file.number, current.name, file.role, current.size, to_hex(current.digest)});
      digests[file.number] = current.digest;
    }
    const auto write_file = [&](const ExportedFile& file, const fs::path& path) {
      const auto whole =
          readable(path.string(), [&] { write_blob(application_.store().blobs(), digests.at(file.number), path); });
      if (!whole) fs::remove(path);
      return whole;
    };
    out_ << line_of_record(record.type, record.id, record.fields, files, arguments_.files, write_file).dump() << "\n";
    written_.insert(record.id);
    ++done_.count;
  }

  app::Application& application_;
  const Shared& shared_;
  const ExportArguments& arguments_;
  std::ostream& out_;
  const records::Principal principal_ = identity::operator_principal();
  std::set<std::string> written_;  // of the type under way
  Exported done_;
  bool audited_ = true;
};

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
      const OrderedJson record = OrderedJson::parse(line);
      const std::string id = record.at("id");
      std::vector<ExportedFile> listed;
      for (const auto& file : record.at("files")) {
        listed.push_back({file.at("number"), file.at("name"), file.at("role"), file.at("size"), file.at("sha256")});
      }
      const auto write = [&](const ExportedFile& file, const fs::path& path) {
        const std::string from = "/api/v1/records/" + type + "/" + id + "/files/" + std::to_string(file.number);
        download(files, from, file, path);
        return true;
      };
      out << line_of_record(type, id, record.at("fields"), listed, arguments.files, write).dump() << "\n";
    }
  });
  return count;
}

std::uint64_t export_remotely(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
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

Exported export_directly(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
  const auto application = shared.open(false);
  std::vector<std::string> types = arguments.types;
  if (types.empty()) {
    std::vector<std::string> declared;
    for (const auto& type : application->schema().types()) declared.push_back(type.name);
    types = in_order(declared);
  }
  DirectExport records(*application, shared, arguments, out);
  for (const auto& type : types) records.export_type(type);
  return records.done();
}

int export_to(const Shared& shared, const ExportArguments& arguments, std::ostream& out) {
  const Exported done = shared.server.empty() ? export_directly(shared, arguments, out)
                                              : Exported{export_remotely(shared, arguments, out), false};
  out.flush();
  if (!out) throw Error(ErrorCode::resource_exhausted, "the export cannot be written");
  std::cerr << say(Text::exported, shared.lang(), done.count) << "\n";
  return done.damaged ? kDamaged : kDone;
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
  commands[command] = [&shared, arguments] {
    if (arguments->to.empty()) return export_to(shared, *arguments, std::cout);
    std::ofstream out(arguments->to, std::ios::binary);
    if (!out) throw Error(ErrorCode::unavailable, "cannot write " + arguments->to);
    return export_to(shared, *arguments, out);
  };
}

}  // namespace lantai::cli
