#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "lantai/base/error.h"
#include "lantai/storage/blob_store.h"
#include "remote.h"
#include "texts.h"

namespace lantai::cli {
namespace {

namespace fs = std::filesystem;
using archive::ImportedFile;
using archive::ImportStatus;
using schema::Json;

// Files without lists among them are sent in batches of this size, so that the server need not stage everything.
constexpr std::uint64_t kBatchBytes = 1ULL << 30U;
constexpr std::size_t kBatchFiles = 5000;
constexpr std::size_t kMaxName = 3000, kMaxPart = 255;  // what the server takes as a path
constexpr auto kPollInterval = std::chrono::milliseconds(200);

bool has_extension(const fs::path& path, std::initializer_list<const char*> extensions) {
  std::string extension = path.extension().native();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::any_of(extensions.begin(), extensions.end(), [&](const char* one) { return extension == one; });
}
bool is_lines(const fs::path& path) { return has_extension(path, {".jsonl", ".ndjson"}); }
bool is_table(const fs::path& path) { return has_extension(path, {".csv", ".tsv", ".xlsx"}); }

bool may_be_sent(const std::string& name) {
  const fs::path path = name;
  const bool parts =
      std::all_of(path.begin(), path.end(), [](const auto& one) { return one.native().size() <= kMaxPart; });
  return parts && !name.empty() && name.size() <= kMaxName && std::none_of(name.begin(), name.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

struct Part {
  fs::path path;
  std::string name;  // within the import
  std::uint64_t size = 0;
};

// What one of the given paths stands for.
struct Group {
  std::string given;
  std::vector<Part> parts;  // at least one
};

// One import of the server.
struct Batch {
  std::vector<Part> parts;
  std::set<std::string> tops;  // first components of their names
  std::uint64_t bytes = 0;
};

// Turns the sources into batches. What cannot be sent is told.
class Sorting {
 public:
  Sorting(const Shared& shared, const RemoteImport& request, const std::function<void(const ImportedFile&)>& tell)
      : schema_(schema::Schema::load(shared.configuration(false).schema_directories)),
        language_(shared.lang()),
        tables_(request.tables),
        tell_(tell) {
    for (const auto& path : request.paths) add(path);
    for (auto& group : groups_) place(std::move(group));
  }
  std::vector<Batch> take() { return std::move(batches_); }

 private:
  void add(const std::string& given) {
    const fs::path path = fs::path(given).lexically_normal();
    std::error_code error;
    if (!fs::exists(path, error)) return told(given, ImportStatus::failed, "import.no_such_path");
    const fs::path whole = fs::weakly_canonical(path, error);
    std::vector<Part> parts;
    if (fs::is_directory(path, error)) {
      walk(whole, whole.filename().native(), parts);
    } else if (fs::is_regular_file(path, error)) {
      add_part(whole, path.filename().native(), parts);
    } else {
      return told(given, ImportStatus::failed, "import.not_a_file");
    }
    if (!parts.empty()) groups_.push_back({given, std::move(parts)});
  }

  void walk(const fs::path& folder, const std::string& name, std::vector<Part>& parts) {
    std::vector<fs::directory_entry> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      entries.push_back(*at);
    if (error) told(name, ImportStatus::failed, "import.unreadable");
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
      const std::string inner = name + "/" + entry.path().filename().native();
      if (entry.path().filename().native().front() == '.') {
        told(inner, ImportStatus::skipped, "import.hidden");
      } else if (entry.is_symlink(error)) {
        told(inner, ImportStatus::skipped, "import.symbolic_link");
      } else if (entry.is_directory(error)) {
        walk(entry.path(), inner, parts);
      } else if (entry.is_regular_file(error)) {
        add_part(entry.path(), inner, parts);
      } else {
        told(inner, ImportStatus::skipped, "import.not_a_file");
      }
    }
  }

  void add_part(const fs::path& path, const std::string& name, std::vector<Part>& parts) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    if (!may_be_sent(name)) {
      told(name, ImportStatus::failed, "import.unsafe_path");
    } else if (!std::ifstream(path, std::ios::binary)) {
      told(name, ImportStatus::failed, "import.unreadable");
    } else {
      any_list_ = any_list_ || is_lines(path) || (tables_ && is_table(path));
      parts.push_back({path, name, size});
    }
  }

  // With a list among the sources everything stays in one import, for its rows may name any of it. A name is there only
  // once in an import.
  void place(Group group) {
    const std::string top = fs::path(group.parts.front().name).begin()->native();
    const bool clash = !batches_.empty() && batches_.back().tops.count(top) != 0;
    if (clash && sent_.count(group.parts.front().path.native()) != 0) {
      return told(group.given, ImportStatus::skipped, "import.named_twice");
    }
    if (batches_.empty() || clash) batches_.emplace_back();
    for (auto& part : group.parts) {
      const Batch& last = batches_.back();
      const bool full = last.bytes + part.size > kBatchBytes || last.parts.size() >= kBatchFiles;
      if (full && !last.parts.empty() && !any_list_) batches_.emplace_back();
      batches_.back().bytes += part.size;
      batches_.back().tops.insert(top);
      sent_.insert(part.path.native());
      batches_.back().parts.push_back(std::move(part));
    }
  }

  void told(const std::string& path, ImportStatus status, const char* code) {
    ImportedFile file;
    file.path = to_valid_utf8(path);
    file.status = status;
    file.error_code = code;
    file.error = schema_->message(code, language_, {{"path", file.path}});
    tell_(file);
  }

  const std::shared_ptr<const schema::Schema> schema_;
  const schema::Language language_;
  const bool tables_;
  const std::function<void(const ImportedFile&)>& tell_;
  bool any_list_ = false;
  std::vector<Group> groups_;
  std::vector<Batch> batches_;
  std::set<std::string> sent_;
};

void copy_file(const fs::path& path, std::ostream& out) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> piece(1U << 16U);
  while (out && in.read(piece.data(), static_cast<std::streamsize>(piece.size())).gcount() > 0) {
    out.write(piece.data(), in.gcount());
  }
}

// Sends JSON Lines, and remembers the files that its rows name, by the name that the row has for it then.
class Lines {
 public:
  explicit Lines(const fs::path& list) : list_(list) {}

  void write(std::ostream& out) {
    std::ifstream in(list_, std::ios::binary);
    for (std::string line; out && std::getline(in, line);) out << rewritten(line) << '\n';
  }
  const std::map<std::string, fs::path>& files() const { return files_; }

 private:
  // A path that leads out of the list's folder gets a name within the import, always the same one.
  std::string rewritten(const std::string& line) {
    Json row = Json::parse(line, nullptr, false);
    if (!row.is_object() || !row.contains("files") || !row["files"].is_array()) return line;
    bool changed = false;
    for (auto& file : row["files"]) {
      const std::string given = text_of(file, "path");
      if (given.empty()) continue;
      const std::string name = name_of(given);
      changed = changed || name != given;
      file["path"] = name;
      if (text_of(file, "name").empty()) file["name"] = fs::path(given).filename().native();
    }
    return changed ? row.dump() : line;
  }

  std::string name_of(const std::string& given) {
    std::error_code error;
    fs::path path = list_.parent_path() / given;
    if (!fs::is_regular_file(path, error) && given.find('\\') != std::string::npos) {
      std::string slashes = given;
      std::replace(slashes.begin(), slashes.end(), '\\', '/');
      if (fs::is_regular_file(list_.parent_path() / slashes, error)) path = list_.parent_path() / slashes;
    }
    const fs::path within = path.lexically_normal().lexically_relative(list_.parent_path().lexically_normal());
    const bool outside = within.empty() || *within.begin() == "..";
    std::string name = within.native();
    if (outside) {
      const std::string where = path.lexically_normal().native();
      name = "elsewhere/" + to_hex(storage::sha256(as_bytes(where))).substr(0, 16) + "/" + path.filename().native();
    }
    if (fs::is_regular_file(path, error) && may_be_sent(name)) files_.emplace(name, path);
    return name;
  }

  const fs::path list_;
  std::map<std::string, fs::path> files_;
};

void fill(FormWriter& form, const RemoteImport& request, const Batch& batch) {
  form.field("type", request.type);
  form.field("tables", request.tables ? "1" : "0");
  if (request.update_by_code) form.field("update_by_code", "1");
  if (request.dry_run) form.field("dry_run", "1");
  if (!request.defaults.empty()) form.field("defaults", request.defaults.dump());
  std::map<std::string, fs::path> beside;
  for (const auto& part : batch.parts) {
    if (form.broken()) return;
    if (part.name.find('/') == std::string::npos && is_lines(part.path)) {
      Lines lines(part.path);
      form.file("file", part.name, [&](std::ostream& out) { lines.write(out); });
      beside.insert(lines.files().begin(), lines.files().end());
    } else {
      form.file("file", part.name, [&](std::ostream& out) { copy_file(part.path, out); });
    }
  }
  for (const auto& [name, path] : beside) {
    if (form.broken()) return;
    form.file("beside", name, [&, &from = path](std::ostream& out) { copy_file(from, out); });
  }
}

ImportStatus status_of(const std::string& called) {
  for (const auto status : {ImportStatus::created, ImportStatus::updated, ImportStatus::unchanged,
                            ImportStatus::skipped, ImportStatus::planned}) {
    if (archive::name(status) == called) return status;
  }
  return ImportStatus::failed;
}

void tell_results(HttpClient& client, const std::string& import, const std::function<void(const ImportedFile&)>& each) {
  std::string token;
  do {
    const Json page = client.get(import + "?limit=500&page_token=" + token);
    for (const auto& result : page.at("results")) {
      each({text_of(result, "path"), text_of(result, "record"), status_of(text_of(result, "status")),
            text_of(result, "media_type"), text_of(result, "error"), text_of(result, "error_code")});
    }
    token = text_of(page, "next_page_token");
  } while (!token.empty());
}

}  // namespace

archive::ImportReport import_remotely(const Shared& shared, const RemoteImport& request,
                                      const std::function<void(const ImportedFile&)>& each,
                                      const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  archive::ImportReport report;
  const auto counted = [&](const ImportedFile& file) {
    report.count(file.status);
    each(file);
  };
  Remote remote(shared);
  HttpClient& client = remote.client();
  for (const auto& batch : Sorting(shared, request, counted).take()) {
    const Json accepted = client.post_form("/api/v1/imports", [&](FormWriter& form) { fill(form, request, batch); });
    const std::string import = "/api/v1/imports/" + text_of(accepted, "import");
    Json state = client.get(import + "?limit=1");
    for (; text_of(state, "state") == "running"; state = client.get(import + "?limit=1")) {
      progress(state.value("done", 0UL), state.value("total", 0UL));
      std::this_thread::sleep_for(kPollInterval);
    }
    if (text_of(state, "state") == "failed") throw Error(ErrorCode::unavailable, text_of(state, "error"));
    if (text_of(state, "state") == "cancelled") throw Error(ErrorCode::cancelled, "the import was cancelled");
    report.last_position = std::max<std::uint64_t>(report.last_position, state.value("position", 0UL));
    if (request.wait && !request.dry_run) remote.wait_until_findable();
    tell_results(client, import, counted);
  }
  return report;
}

}  // namespace lantai::cli
