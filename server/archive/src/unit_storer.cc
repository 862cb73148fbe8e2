#include "unit_storer.h"

#include <algorithm>

#include "file_name.h"
#include "lantai/base/error.h"
#include "lantai/records/link_names.h"
#include "source_descriptor.h"

namespace lantai::archive {
namespace {

using schema::Json;

constexpr std::uint64_t kWhole = 8U << 20U;      // files up to here are read at once, others in pieces
constexpr std::uint64_t kGlanced = 256U << 10U;  // files up to here are read before there is a record, if that is quick
constexpr std::size_t kLoadedPiece = 4U << 20U;
constexpr std::size_t kTextsInCommit = 4U << 20U;  // bytes

}  // namespace

// A source's bytes, on the way into the store.
struct UnitStorer::Loaded {
  Bytes digest;
  std::uint64_t size = 0;
  std::optional<SourceDescriptor> file;  // of the machine
  std::shared_ptr<const Bytes> content;  // read at once
  std::optional<std::string> media_type;
  std::optional<PreparedText> text;  // read in passing
  bool stored = false;

  bool glanced() const { return content && size <= kGlanced; }
  bool small() const { return content && size <= storage::BlobStore::kSmallBlobBytes; }
};

// What an earlier import made of this source, and its record as it is now.
struct UnitStorer::Known {
  LedgerEntry entry;
  records::Record record;
  bool by_content = false;  // only its place within the import and its content are known
};

UnitStorer::UnitStorer(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor,
                       const TextStore& texts, const records::Principal& principal, const ImportOptions& options,
                       SettledBefore settled_before)
    : store_(store),
      engine_(engine),
      extractor_(extractor),
      texts_(texts),
      principal_(principal),
      options_(options),
      settled_before_(std::move(settled_before)),
      ledger_(store) {}

StoredUnit UnitStorer::prepare(const ImportUnit& unit) const {
  StoredUnit result;
  result.told.path = unit.shown;
  if (unit.row) result.row = unit.row_number;
  try {
    if (unit.told) {
      result.told = *unit.told;
    } else {
      store_unit(unit, result);
    }
  } catch (const Error& error) {
    fail(result, error);
  } catch (const std::exception& error) {
    fail(result, {ErrorCode::internal, error.what()});
  }
  return result;
}

void UnitStorer::fail(StoredUnit& result, const Error& error) const {
  result.entries.clear();
  result.told.status = ImportStatus::failed;
  result.told.error_code = error.message_id().empty() ? std::string(lantai::name(error.code())) : error.message_id();
  const schema::Schema& schema = engine_.schema();
  result.told.error = result.row ? sentence_of_row(*result.row, error, schema, options_.language)
                                 : sentence_of(error, schema, options_.language);
}

std::vector<StoredUnit*> UnitStorer::pending_among(std::vector<StoredUnit>& units) {
  std::vector<StoredUnit*> waiting;
  for (auto& unit : units) {
    if (unit.pending) waiting.push_back(&unit);
  }
  return waiting;
}

void UnitStorer::store_contents(const std::vector<StoredUnit*>& units) const {
  std::vector<ByteView> contents;
  const auto store = [&] {
    if (!contents.empty()) store_.blobs().put_small(contents);
    contents.clear();
  };
  for (const auto* unit : units) {
    for (const auto& content : unit->pending->contents) {
      if (contents.size() == storage::BlobStore::kSmallBlobs) store();
      contents.emplace_back(*content);
    }
  }
  store();
}

// Before there is a record, so that nobody meets one whose text is still to come.
void UnitStorer::store_texts(const std::vector<StoredUnit*>& units) const {
  std::vector<const std::pair<Bytes, PreparedText>*> texts;
  std::size_t bytes = 0;
  const auto store = [&] {
    if (texts.empty()) return;
    store_.run_transaction([&](storage::Transaction& transaction) {
      for (const auto* text : texts) texts_.put(transaction, text->first, text->second);
    });
    texts.clear();
    bytes = 0;
  };
  for (const auto* unit : units) {
    for (const auto& text : unit->pending->texts) {
      if (bytes + text.second.json.size() > kTextsInCommit) store();
      texts.push_back(&text);
      bytes += text.second.json.size();
    }
  }
  store();
}

void UnitStorer::store_pending(std::vector<StoredUnit>& units) const {
  const auto waiting = pending_among(units);
  const auto fail_all = [&](const Error& error) {
    for (auto* unit : waiting) {
      unit->pending.reset();
      fail(*unit, error);
    }
  };
  try {
    store_contents(waiting);
    store_texts(waiting);
  } catch (const Error& error) {
    fail_all(error);
  } catch (const std::exception& error) {
    fail_all({ErrorCode::internal, error.what()});
  }
}

void UnitStorer::create_pending(std::vector<StoredUnit>& units) const {
  const auto waiting = pending_among(units);
  std::vector<records::NewRecord> wanted;
  for (auto* unit : waiting) wanted.push_back(std::move(unit->pending->record));
  const auto results = engine_.create_all(principal_, wanted);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    StoredUnit& unit = *waiting[i];
    auto made = std::move(*unit.pending);
    unit.pending.reset();
    if (results[i].error) {
      fail(unit, *results[i].error);
      continue;
    }
    const records::Record& record = results[i].written->record;
    made.entry.type = record.type;
    made.entry.id = record.id;
    for (const auto& file : record.files) {
      made.entry.files.push_back({file.number, file.current().name, file.current().digest});
    }
    if (!made.key.empty()) unit.entries.emplace_back(made.key, made.entry);
    unit.entries.emplace_back(made.relative, made.entry);
    unit.position = results[i].written->position;
    unit.told.record = record.type + "/" + record.id;
    unit.told.status = ImportStatus::created;
    unit.told.read = !record.files.empty() && made.texts.size() == record.files.size();
    remember_row(record.type, made.row_key, record.id);
  }
}

void UnitStorer::store_unit(const ImportUnit& unit, StoredUnit& result) const {
  if (unit.after_earlier && !settled_before_(unit.sequence)) throw Error(ErrorCode::cancelled, "import stopped");
  std::vector<Loaded> files;
  for (const auto& source : unit.files) files.push_back(load(source));
  Json fields = fields_of(unit);
  // A link may name a record that stands further up in the same list and is just being stored.
  const schema::TypeDecl& type = engine_.schema().type(unit.type);
  Links links = resolve_links(type, fields);
  if (links == Links::unresolved && settled_before_(unit.sequence)) links = resolve_links(type, fields);
  const std::string content = unit.row ? digest_text(unit.type + "\n" + unit.fields.dump()) : "";
  auto known = find_known(unit, content, files);
  if (!files.empty()) result.told.media_type = identify(unit.files.front(), files.front());
  if (options_.dry_run) {
    check(unit, std::move(fields), links != Links::planned && !known, result);
    if (known) result.told.record = known->record.type + "/" + known->record.id;
  } else if (known && known->record.version != 0) {
    update(unit, fields, files, result, *known);
  } else {
    LedgerEntry entry;
    if (known) entry.generation = known->entry.generation + 1;  // it was deleted: made anew
    entry.content = content;
    result.pending = pending(unit, std::move(fields), files, std::move(entry));
  }
  if (!result.pending && !options_.dry_run) remember_row(unit.type, unit.row_key, known->record.id);
}

UnitStorer::Loaded UnitStorer::load(const FileSource& source) const {
  Loaded loaded;
  if (!source.blob.empty()) {
    loaded.digest = source.blob;
    loaded.size = source.size;
    loaded.stored = true;
  } else if (source.content) {
    loaded.content = source.content;
    loaded.digest = storage::sha256(*loaded.content);
    loaded.size = loaded.content->size();
  } else {
    loaded.file = SourceDescriptor::of_file(source.path);
    if (loaded.file->size() <= kWhole) {
      loaded.content = std::make_shared<const Bytes>(loaded.file->read(0, kWhole));
      loaded.digest = storage::sha256(*loaded.content);
      loaded.size = loaded.content->size();
    } else if (!options_.dry_run) {
      const auto writer = store_.blobs().create();
      for (;;) {
        const Bytes piece = loaded.file->read(loaded.size, kLoadedPiece);
        if (piece.empty()) break;
        writer->write(piece);
        loaded.size += piece.size();
      }
      loaded.digest = writer->finish().digest;
      loaded.stored = true;
    }
  }
  return loaded;
}

records::NewFile UnitStorer::describe(const FileSource& source, Loaded& loaded) const {
  records::NewFile file;
  file.digest = loaded.digest;
  file.size = loaded.size;
  file.name = source.name;
  file.raw_name = source.raw_name;
  file.role = source.role;
  file.media_type = identify(source, loaded);
  return file;
}

records::NewFile UnitStorer::keep(const FileSource& source, Loaded& loaded) const {
  if (!loaded.stored) store_.blobs().put(*loaded.content);
  loaded.stored = true;
  return describe(source, loaded);
}

// Taking in never waits for the machinery of reading: without it, what the file is stays open. The text of a small
// one comes with the answer.
const std::string& UnitStorer::identify(const FileSource& source, Loaded& loaded) const {
  if (loaded.media_type) return *loaded.media_type;
  loaded.media_type.emplace();
  try {
    const auto in_memory = [&] {
      return loaded.content ? SourceDescriptor::of_bytes(*loaded.content)
                            : SourceDescriptor::of_blob(store_.blobs(), loaded.digest);
    };
    const auto& descriptor = loaded.file ? *loaded.file : loaded.file.emplace(in_memory());
    if (!loaded.glanced() || options_.dry_run) {
      loaded.media_type = extractor_.identify({descriptor.get(), source.name});
    } else {
      extract::Glance seen = extractor_.glance({descriptor.get(), source.name});
      loaded.media_type = std::move(seen.media_type);
      if (seen.text) loaded.text = texts_.prepare(*seen.text, 1, {});
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::failed_precondition && error.code() != ErrorCode::unavailable) throw;
  }
  return *loaded.media_type;
}

std::optional<UnitStorer::Known> UnitStorer::find_known(const ImportUnit& unit, const std::string& content,
                                                        const std::vector<Loaded>& files) const {
  std::string relative = "relative\n" + unit.relative + "\n" + content;
  for (const auto& file : files) relative += "\n" + to_hex(file.digest);
  std::optional<Known> deleted;
  for (const auto& key : {unit.key, relative}) {
    auto entry = key.empty() ? std::nullopt : ledger_.find(key);
    if (!entry || entry->type != unit.type) continue;
    Known known{std::move(*entry), {}, key == relative};
    if (auto record = engine_.find(principal_, known.entry.type, known.entry.id); record && !record->deleted) {
      known.record = std::move(*record);
      return known;
    }
    if (!deleted) deleted = std::move(known);
  }
  if (auto same = options_.update_by_code ? find_by_code(unit) : std::nullopt) return same;
  return deleted;
}

std::optional<UnitStorer::Known> UnitStorer::find_by_code(const ImportUnit& unit) const {
  const schema::TypeDecl& type = engine_.schema().type(unit.type);
  const auto* field = type.find_field(type.code_field);
  const auto code = unit.fields.find(type.code_field);
  if (!unit.row || field == nullptr || !field->unique || code == unit.fields.end()) return std::nullopt;
  auto record = engine_.find_by(principal_, unit.type, type.code_field, *code);
  if (!record) return std::nullopt;
  Known known{{}, std::move(*record), true};
  known.entry.type = unit.type;
  known.entry.id = known.record.id;
  return known;
}

PendingRecord UnitStorer::pending(const ImportUnit& unit, Json fields, std::vector<Loaded>& files,
                                  LedgerEntry entry) const {
  PendingRecord out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool small = files[i].small();
    out.record.files.push_back(small ? describe(unit.files[i], files[i]) : keep(unit.files[i], files[i]));
    if (small) out.contents.push_back(files[i].content);
    if (files[i].text) out.texts.emplace_back(files[i].digest, *std::move(files[i].text));
  }
  out.key = unit.key;
  out.row_key = unit.row_key;
  out.relative = "relative\n" + unit.relative + "\n" + entry.content;
  for (const auto& file : files) out.relative += "\n" + to_hex(file.digest);
  // The same source gives the same record again when the import was killed before its entry was put.
  const std::string& identity = unit.key.empty() ? out.relative : unit.key;
  out.record.idempotency_key = "import:" + digest_text(unit.type + "\n" + identity + "\n" + out.relative + "\n" +
                                                       std::to_string(entry.generation));
  out.record.type = unit.type;
  out.record.fields = std::move(fields);
  out.entry = std::move(entry);
  return out;
}

void UnitStorer::update(const ImportUnit& unit, const Json& fields, std::vector<Loaded>& files, StoredUnit& result,
                        const Known& known) const {
  const records::Record& record = known.record;
  const std::string content = unit.row ? digest_text(unit.type + "\n" + unit.fields.dump()) : "";
  LedgerEntry entry = known.entry;
  result.told.record = record.type + "/" + record.id;
  result.told.status = ImportStatus::unchanged;
  if (unit.row && content != entry.content) {
    const auto written = engine_.update(principal_, record.type, record.id, 0, fields);
    result.position = written.position;
    if (written.record.version != record.version) result.told.status = ImportStatus::updated;
    entry.content = content;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& name = unit.files[i].name;
    const auto before = std::find_if(entry.files.begin(), entry.files.end(), [&](const LedgerFile& file) {
      return unit.row ? file.name == name : true;  // a bare file is the record's first, however it is called now
    });
    if (before != entry.files.end() && before->digest == files[i].digest) continue;
    const std::uint32_t number = before == entry.files.end() ? 0 : before->number;
    const auto written = engine_.add_file(principal_, record.type, record.id, 0, keep(unit.files[i], files[i]), number);
    result.position = std::max(result.position, written.position);
    result.told.status = ImportStatus::updated;
    const std::uint32_t now = number != 0 ? number : written.record.files.back().number;
    if (before != entry.files.end()) entry.files.erase(before);
    entry.files.push_back({now, name, files[i].digest});
  }
  const bool changed = result.told.status == ImportStatus::updated;
  if (!unit.key.empty() && (changed || known.by_content)) result.entries.emplace_back(unit.key, entry);
}

Json UnitStorer::fields_of(const ImportUnit& unit) const {
  const schema::TypeDecl& type = engine_.schema().type(unit.type);
  Json fields = unit.fields;
  for (const auto& [name, value] : options_.defaults.items()) {
    if (!fields.contains(name) && type.find_field(name) != nullptr) fields[name] = value;
  }
  if (!type.title_field.empty() && !fields.contains(type.title_field) && !unit.files.empty()) {
    fields[type.title_field] = title_of(unit.files.front().name);
  }
  const auto* source = type.find_field("source");
  if (source != nullptr && source->vocabulary == "source" && !fields.contains("source")) fields["source"] = "import";
  return fields;
}

// Lists that were exported name a record by the id it had, which is in the key of its row.
UnitStorer::Links UnitStorer::resolve_links(const schema::TypeDecl& type, Json& fields) const {
  bool planned = false;
  const auto row = [&](const schema::TypeDecl& target, const std::string& called, bool id) {
    const std::string key = id ? target.name + "/" + called : called;
    planned = planned || planned_.may_mean(target, key);
    return find_row(target.name, key);
  };
  if (records::LinkNames(engine_, principal_, row).resolve(type, fields)) return Links::resolved;
  return planned ? Links::planned : Links::unresolved;
}

void UnitStorer::remember_row(const std::string& type, const std::string& key, const std::string& id) const {
  if (key.empty()) return;
  std::lock_guard lock(mutex_);
  rows_[type + "\n" + key] = id;
}

std::optional<std::string> UnitStorer::find_row(const std::string& type, const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = rows_.find(type + "\n" + key);
  return found == rows_.end() ? std::nullopt : std::optional(found->second);
}

// A record that another row of the same list would make first cannot be looked up yet: then only the values are judged.
void UnitStorer::check(const ImportUnit& unit, Json fields, bool whole, StoredUnit& result) const {
  const schema::Schema& schema = engine_.schema();
  const schema::TypeDecl& type = schema.type(unit.type);
  auto problems = schema::validate(schema, type, fields);
  if (!problems.empty()) throw Error("row not understood", std::move(problems));
  planned_.add(type, fields, unit.row_key);
  if (whole) {
    const auto checked = engine_.check_all(principal_, {{unit.type, std::move(fields), {}, {}}});
    if (checked.front().error) throw *checked.front().error;
  }
  result.told.status = ImportStatus::planned;
}

}  // namespace lantai::archive
