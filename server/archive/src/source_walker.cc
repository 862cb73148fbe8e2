#include "source_walker.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>

#include "file_name.h"
#include "lantai/base/error.h"
#include "source_descriptor.h"

namespace lantai::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLine = 64U << 20U;
constexpr std::size_t kInHand = 1U << 20U;  // members of archives up to here are stored by the unit's own thread

constexpr std::size_t kMarksEnd = 32'774;  // where the farthest mark of an archive ends

// What an archive begins with; only then a worker is asked what it is.
bool may_be_packed(const Bytes& head) {
  const auto starts = [&](std::string_view magic) { return as_chars(head).substr(0, magic.size()) == magic; };
  return starts("PK\x03\x04") || starts("PK\x05\x06") || starts("\x1f\x8b") || starts("BZh") || starts("Rar!") ||
         starts(std::string_view("7z\xbc\xaf\x27\x1c")) ||
         starts(
             "\xfd"
             "7zXZ") ||
         starts("\x28\xb5\x2f\xfd") || as_chars(head).substr(std::min<std::size_t>(head.size(), 257), 5) == "ustar" ||
         starts("07070") || as_chars(head).substr(std::min<std::size_t>(head.size(), 32'769), 5) == "CD001";
}

bool is_archive(const std::string& media_type) {
  static const std::set<std::string> kTypes = {"application/zip",
                                               "application/x-tar",
                                               "application/gzip",
                                               "application/x-gzip",
                                               "application/x-gtar",
                                               "application/x-7z-compressed",
                                               "application/vnd.rar",
                                               "application/x-rar-compressed",
                                               "application/x-bzip2",
                                               "application/x-xz",
                                               "application/x-rar",
                                               "application/zstd",
                                               "application/x-cpio",
                                               "application/x-iso9660-image",
                                               "application/x-compressed-tar"};
  return kTypes.count(media_type) != 0;
}

bool is_table_name(const fs::path& path) {
  const std::string extension = extension_of(path.filename().native());
  return extension == "csv" || extension == "tsv" || extension == "xlsx";
}

bool is_lines_name(const fs::path& path) {
  const std::string extension = extension_of(path.filename().native());
  return extension == "jsonl" || extension == "ndjson";
}

bool escapes(const fs::path& name) {
  return name.is_absolute() || std::any_of(name.begin(), name.end(), [](const auto& part) { return part == ".."; });
}

bool next_line(std::ifstream& in, std::string& line) {
  if (!std::getline(in, line)) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

}  // namespace

// Gives out the members of an archive as they come. Runs inside Extractor::unpack.
class SourceWalker::Unpacking final : public extract::UnpackSink {
 public:
  Unpacking(SourceWalker& walker, const Place& archive) : walker_(walker), archive_(archive) {}

  void begin(const extract::Member& member) override {
    if (walker_.stopped_) throw Error(ErrorCode::cancelled, "import stopped");
    ++members_;
    member_ = member;
    source_ = {};
    source_.name = std::string(last_part(member.path));
    source_.raw_name = member.raw_name;
    content_.clear();
    writer_.reset();
  }

  void write(ByteView bytes) override {
    if (!writer_ && content_.size() + bytes.size() > kInHand && !walker_.options_.dry_run) {
      writer_ = walker_.store_.blobs().create();
      writer_->write(content_);
      content_.clear();
    }
    if (writer_) {
      writer_->write(bytes);
    } else if (content_.size() < kInHand) {
      content_.insert(content_.end(), bytes.begin(), bytes.end());
    }
  }

  void end(const std::string& failure_code) override {
    Place place = archive_.child(member_.path, "!/");
    if (!failure_code.empty()) {
      walker_.tell(place, ImportStatus::failed, "extract." + failure_code);
    } else if (hidden()) {
      walker_.tell(place, ImportStatus::skipped, "import.hidden");
    } else {
      give(place);
    }
    writer_.reset();
  }

  std::size_t members() const { return members_; }

 private:
  bool hidden() const {
    const fs::path path = member_.path;
    return std::any_of(path.begin(), path.end(), [](const auto& part) { return is_hidden(part.native()); });
  }

  void give(const Place& place) {
    if (writer_) {
      const storage::BlobInfo blob = writer_->finish();
      source_.blob = blob.digest;
      source_.size = blob.size;
    } else {
      source_.content = std::make_shared<const Bytes>(std::move(content_));
      content_ = {};
    }
    ImportUnit unit;
    unit.shown = place.shown;
    unit.key = place.key.empty() ? "" : "file\n" + place.key;
    unit.relative = place.relative;
    unit.type = walker_.options_.type;
    unit.files.push_back(std::move(source_));
    walker_.give(std::move(unit));
  }

  SourceWalker& walker_;
  const Place& archive_;
  extract::Member member_;
  FileSource source_;
  Bytes content_;
  std::unique_ptr<storage::BlobWriter> writer_;
  std::size_t members_ = 0;
};

SourceWalker::SourceWalker(storage::Store& store, const schema::Schema& schema, extract::Extractor& extractor,
                           const ImportOptions& options, HandOut hand_out)
    : store_(store),
      schema_(schema),
      extractor_(extractor),
      options_(options),
      names_(schema.type(options.type)),
      hand_out_(std::move(hand_out)) {}

SourceWalker::Place SourceWalker::Place::child(const std::string& name, std::string_view joint) const {
  Place place;
  place.path = path / name;
  const bool has_joint = joint == "/" && !shown.empty() && shown.back() == '/';
  place.shown = shown + (has_joint ? "" : std::string(joint)) + decode_name(name);
  place.key = key.empty() ? "" : key + std::string(joint) + name;
  place.relative = relative + std::string(joint) + name;
  return place;
}

SourceWalker::Place SourceWalker::Place::row(std::size_t number) const {
  Place place = *this;
  place.shown += "#" + std::to_string(number);
  return place;
}

SourceWalker::Place SourceWalker::place_of(const fs::path& source) const {
  Place place;
  place.path = source;
  std::error_code error;
  fs::path whole = fs::weakly_canonical(source, error);
  if (error) whole = fs::absolute(source);
  if (options_.root) {
    const fs::path root = fs::weakly_canonical(*options_.root, error);
    place.relative = whole.lexically_relative(root).native();
    place.shown = decode_name(place.relative);
  } else {
    place.key = whole.native();
    place.relative = whole.filename().native();
    place.shown = decode_name(source.native());
  }
  return place;
}

void SourceWalker::walk(const std::vector<fs::path>& sources) {
  std::error_code error;
  for (const auto& source : sources) {
    if (fs::is_directory(source, error)) folders_.push_back(source);
  }
  folders_.insert(folders_.end(), options_.beside.begin(), options_.beside.end());
  // Tables first say which files are theirs, wherever they stand among the sources.
  for (const auto& source : sources) {
    if (options_.tables && is_table_name(source) && fs::is_regular_file(source, error)) look_at_table(source, false);
  }
  for (const auto& source : sources) {
    if (stopped_) return;
    walk_named(place_of(source));
  }
}

bool SourceWalker::claimed(const fs::path& path) const {
  std::error_code error;
  return !claimed_.empty() && claimed_.count(fs::weakly_canonical(path, error).native()) != 0;
}

void SourceWalker::walk_named(const Place& place) {
  std::error_code error;
  const fs::file_status status = fs::status(place.path, error);
  if (claimed(place.path)) return;
  if (status.type() == fs::file_type::not_found) {
    tell(place, ImportStatus::failed, "import.no_such_path", {{"path", place.shown}});
  } else if (status.type() == fs::file_type::directory) {
    walk_folder(place);
  } else if (status.type() == fs::file_type::regular) {
    walk_named_file(place);
  } else {
    tell(place, ImportStatus::failed, error ? "import.unreadable" : "import.not_a_file", {{"path", place.shown}});
  }
}

void SourceWalker::walk_named_file(const Place& place) {
  try {
    if (is_lines_name(place.path)) return walk_lines(place);
    if (walk_table(place)) return;
    if (const auto whole = whole_.find(place.path); whole != whole_.end())
      tell(place.row(1), ImportStatus::skipped, "import.list_kept_whole", {{"names", whole->second}});
    const Bytes head = SourceDescriptor::of_file(place.path).read(0, kMarksEnd);
    if (may_be_packed(head) && is_archive(identify(place.path)) && walk_archive(place)) return;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) return;
    if (error.code() == ErrorCode::permission_denied || error.code() == ErrorCode::not_found) {
      return tell(place, ImportStatus::failed, "import.unreadable", {{"path", place.shown}});
    }
    throw;
  }
  give_file(place);
}

void SourceWalker::walk_folder(const Place& place) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(place.path, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().native());
  }
  if (error) tell(place, ImportStatus::failed, "import.unreadable", {{"path", place.shown}});
  std::sort(names.begin(), names.end());
  if (options_.tables) look_at_tables_among(place.path, names);
  for (const auto& name : names) {
    if (stopped_) return;
    walk_entry(place.child(name));
  }
}

// Each is a question to a worker; many are asked at a time.
void SourceWalker::look_at_tables_among(const fs::path& folder, const std::vector<std::string>& names) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& name : names) {
    const fs::path path = folder / name;
    if (is_hidden(name) || !is_table_name(path) || !fs::is_regular_file(fs::symlink_status(path, error))) continue;
    if (tables_.count(path) == 0) paths.push_back(path);
  }
  std::atomic<std::size_t> next = 0;
  const auto look = [&] {
    for (std::size_t i = next++; i < paths.size(); i = next++) look_at_table(paths[i], true);
  };
  std::vector<std::future<void>> looking;
  for (std::size_t i = 0; i < std::min<std::size_t>(std::max(1U, options_.threads), paths.size()); ++i) {
    looking.push_back(std::async(std::launch::async, look));
  }
  for (auto& each : looking) each.get();
}

void SourceWalker::walk_entry(const Place& place) {
  const std::string name = place.path.filename().native();
  std::error_code error;
  const fs::file_status status = fs::symlink_status(place.path, error);
  if (is_hidden(name)) {
    tell(place, ImportStatus::skipped, "import.hidden");
  } else if (status.type() == fs::file_type::symlink) {
    tell(place, ImportStatus::skipped, "import.symbolic_link");
  } else if (status.type() == fs::file_type::directory) {
    walk_folder(place);
  } else if (status.type() != fs::file_type::regular) {
    tell(place, ImportStatus::skipped, "import.not_a_file");
  } else if (claimed(place.path)) {
    return;
  } else if (!walk_table(place)) {
    give_file(place);
  }
}

bool SourceWalker::walk_archive(const Place& place) {
  const SourceDescriptor source = SourceDescriptor::of_file(place.path);
  Unpacking sink(*this, place);
  const auto failure = extractor_.unpack({source.get(), place.shown}, sink);
  // What cannot be opened is kept whole, as it came.
  if (sink.members() == 0) return false;
  if (failure) tell(place, ImportStatus::failed, "extract." + failure->code);
  return true;
}

Rows SourceWalker::read_table(const fs::path& path) const {
  try {
    const SourceDescriptor source = SourceDescriptor::of_file(path);
    return extractor_.read_table({source.get(), decode_name(path.filename().native())});
  } catch (const Error&) {
    return {};  // not a table then: it is taken as a file, and its own error is met and reported there
  }
}

// Remembers the path when it is a list of records, and claims the files of its rows. `strict`, for tables that nobody
// named: most of the files that it lists are there.
void SourceWalker::look_at_table(const fs::path& path, bool strict) {
  Table table;
  table.rows = read_table(path);
  auto head = read_head(names_, table.rows, strict);
  if (!head) return;
  std::lock_guard lock(found_);
  if (head->kept_whole()) {
    for (const auto& heading : head->unknown) whole_[path] += (whole_[path].empty() ? "" : "、") + heading;
    return;
  }
  table.head = std::move(*head);
  std::vector<std::string> found;
  std::size_t listed = 0;
  std::error_code error;
  for (std::size_t i = table.head.row + 1; table.head.files && i < table.rows.size(); ++i) {
    if (table.rows[i].size() <= *table.head.files) continue;
    for (const auto& name : split_names(table.rows[i][*table.head.files])) {
      ++listed;
      try {
        found.push_back(fs::weakly_canonical(find_beside(path, name), error).native());
      } catch (const Error&) {
        continue;  // reported with its row
      }
    }
  }
  if (strict && (found.empty() || found.size() * 2 < listed)) return;
  claimed_.insert(found.begin(), found.end());
  tables_[path] = std::move(table);
}

bool SourceWalker::walk_table(const Place& place) {
  const auto found = tables_.find(place.path);
  if (found == tables_.end()) return false;
  const Table table = std::move(found->second);
  tables_.erase(found);
  walk_rows(place, table);
  return true;
}

void SourceWalker::walk_rows(const Place& place, const Table& table) {
  const auto& rows = table.rows;
  const auto& head = table.head;
  for (const auto& heading : head.unknown) {
    tell(place.row(head.row + 1), ImportStatus::skipped, "import.unknown_column", {{"name", heading}});
  }
  const schema::TypeDecl& type = schema_.type(options_.type);
  for (std::size_t i = head.row + 1; i < rows.size() && !stopped_; ++i) {
    const auto& cells = rows[i];
    if (std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return split_names(cell).empty(); })) continue;
    give_row(place, i + 1, [&] {
      return read_table_row(type, head, cells, [&](const std::string& name) { return find_beside(place.path, name); });
    });
  }
}

void SourceWalker::walk_lines(const Place& place) {
  std::ifstream in(place.path, std::ios::binary);
  if (!in) return tell(place, ImportStatus::failed, "import.unreadable", {{"path", place.shown}});
  std::string line;
  for (std::uint64_t number = 1; next_line(in, line) && !stopped_; ++number) {
    std::string_view text = line;
    if (number == 1 && text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
    if (text.find_first_not_of(" \t") == std::string_view::npos) continue;
    give_row(place, number, [&] {
      if (text.size() > kMaxLine) throw Error(ErrorCode::invalid_argument, "line too long", "import.too_large");
      return read_json_row(schema_, options_.type, text,
                           [&](const std::string& name) { return find_beside(place.path, name); });
    });
  }
}

fs::path SourceWalker::find_beside(const fs::path& list, const std::string& name) const {
  fs::path wanted = name;
  if (!options_.root && wanted.native().find('\\') != std::string::npos) {
    std::string slashes = name;
    std::replace(slashes.begin(), slashes.end(), '\\', '/');
    if (!fs::exists(list.parent_path() / wanted)) wanted = slashes;
  }
  if (options_.root && escapes(wanted)) {
    throw Error(ErrorCode::invalid_argument, "path leaves the import", "import.unsafe_path", {{"path", name}});
  }
  std::vector<fs::path> places = {list.parent_path()};
  places.insert(places.end(), folders_.begin(), folders_.end());
  std::error_code error;
  for (const auto& place : places) {
    const fs::path path = place / wanted;
    if (options_.root ? fs::is_regular_file(fs::symlink_status(path, error)) : fs::is_regular_file(path, error)) {
      return path;
    }
  }
  throw Error(ErrorCode::invalid_argument, "listed file not found", "import.no_such_file", {{"path", name}});
}

void SourceWalker::give_row(const Place& list, std::uint64_t number, const std::function<Row()>& read) {
  ImportUnit unit;
  unit.shown = list.shown + "#" + std::to_string(number);
  unit.row = true;
  unit.row_number = number;
  try {
    identify_row(list, read(), unit);
  } catch (const Error& error) {
    ImportedFile told;
    told.path = unit.shown;
    told.error_code = error.message_id().empty() ? "import.bad_row" : error.message_id();
    told.error = sentence_of_row(number, error, schema_, options_.language);
    unit.told = std::move(told);
  }
  give(std::move(unit));
}

void SourceWalker::identify_row(const Place& list, Row row, ImportUnit& unit) {
  const schema::TypeDecl& type = schema_.type(row.type);
  const std::string content = digest_text(row.type + "\n" + row.fields.dump());
  std::string identity;
  const auto code = type.code_field.empty() ? row.fields.end() : row.fields.find(type.code_field);
  if (!row.key.empty()) {
    identity = "key\n" + row.key;
  } else if (code != row.fields.end() && code->is_string()) {
    identity = "code\n" + code->get<std::string>();
  } else {
    identity = "row\n" + content;
    for (const auto& file : row.files) {
      identity += "\n" + file.path.lexically_relative(list.path.parent_path()).native() + "\n" + file.name;
    }
    identity += "\n" + std::to_string(met_[identity]++);
  }
  unit.key = list.key.empty() ? "" : "row\n" + list.key + "\n" + row.type + "\n" + identity;
  unit.relative = "row\n" + list.relative + "\n" + row.type + "\n" + identity;
  unit.after_earlier = met_[unit.relative]++ != 0;
  unit.type = row.type;
  unit.row_key = row.key;
  unit.fields = std::move(row.fields);
  unit.files = std::move(row.files);
}

void SourceWalker::give_file(const Place& place) {
  if (!place.key.empty() && !named_.insert(place.key).second) {
    return tell(place, ImportStatus::skipped, "import.named_twice");
  }
  ImportUnit unit;
  unit.shown = place.shown;
  unit.key = place.key.empty() ? "" : "file\n" + place.key;
  unit.relative = place.relative;
  unit.type = options_.type;
  FileSource source;
  source.path = place.path;
  source.raw_name = to_bytes(place.path.filename().native());
  source.name = decode_name(place.path.filename().native());
  unit.files.push_back(std::move(source));
  give(std::move(unit));
}

void SourceWalker::tell(const Place& place, ImportStatus status, const std::string& code,
                        const std::map<std::string, std::string>& arguments) {
  ImportUnit unit;
  unit.shown = place.shown;
  ImportedFile told;
  told.path = place.shown;
  told.status = status;
  told.error_code = code;
  told.error = schema_.message(code, options_.language, arguments);
  unit.told = std::move(told);
  give(std::move(unit));
}

void SourceWalker::give(ImportUnit unit) {
  if (stopped_) return;
  unit.sequence = next_++;
  stopped_ = !hand_out_(std::move(unit));
}

std::string SourceWalker::identify(const fs::path& path) const {
  const SourceDescriptor source = SourceDescriptor::of_file(path);
  return extractor_.identify({source.get(), decode_name(path.filename().native())});
}

}  // namespace lantai::archive
