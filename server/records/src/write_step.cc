#include "write_step.h"

#include <algorithm>
#include <iterator>

#include "differences.h"
#include "lantai/records/audited.h"
#include "link_step.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

constexpr std::size_t kMaxRecordBytes = storage::kMaxValueBytes - (16U << 10U);

Json value_of(const Record* record, const std::string& name) {
  return record == nullptr ? Json() : record->fields.value(name, Json());
}

// As the caller wrote it: programs may give a code as a number.
std::string typed_text(const Json& fields, const std::string& name) {
  const auto found = fields.find(name);
  if (found != fields.end() && found->is_number()) return found->dump();
  return text_of(fields, name);
}

std::set<Bytes> digests(const Record& record) {
  std::set<Bytes> out;
  for (const auto& file : record.files) {
    for (const auto& version : file.versions) out.insert(version.digest);
  }
  return out;
}

}  // namespace

Record WriteStep::run() {
  load_and_compare();
  request_.change(after_);
  check();
  if (before_ && !differs()) return *before_;
  changed_ = true;
  after_.version = before_ ? before_->version + 1 : 1;
  after_.schema_version = request_.plan.type().schema_version;
  after_.modified = request_.now;
  after_.author = request_.principal.id;
  persist();
  return after_;
}

void WriteStep::load_and_compare() {
  const auto& plan = request_.plan;
  access_.require(request_.action, plan);
  if (request_.action == Action::create) {
    after_.type = plan.type().name;
    after_.id = request_.id;
    after_.created = request_.now;
    return;
  }
  before_ = load(transaction_, plan.type().name, request_.id);
  if (!before_) throw_not_found(plan.type().name, request_.id);
  access_.require(request_.action, plan, *before_);
  if (before_->deleted) throw Error(ErrorCode::not_found, "the record has been deleted", "record.deleted");
  if (request_.expected_version != 0 && request_.expected_version != before_->version) {
    throw Error(
        ErrorCode::conflict, "the record has changed since it was read", "record.stale",
        {{"expected", std::to_string(request_.expected_version)}, {"current", std::to_string(before_->version)}});
  }
  after_ = *before_;
}

void WriteStep::check() {
  const auto& plan = request_.plan;
  if (after_.deleted) {
    transaction_.use_reserve();
    apply_rules();
    LinkStep(request_.catalogue, plan, access_, transaction_).require_unused(after_);
    return;
  }
  const auto typed = typed_text(after_.fields, plan.type().code_field);
  const auto given = given_system_fields();
  validate();
  require_system_fields_kept(given);
  const auto valid = after_.fields;
  apply_rules();
  if (after_.fields != valid) validate();
  const auto ruled = after_.fields;
  code_.apply(before(), after_, typed, context_.follow(before(), after_));
  if (after_.fields != ruled) validate();
  auto problems = LinkStep(request_.catalogue, plan, access_, transaction_).problems(before(), after_);
  if (!problems.empty()) throw Error("links of the record do not hold", std::move(problems));
  if (!access_.may(request_.action, plan, after_)) {
    throw Denied(ErrorCode::permission_denied, "the record would be out of its author's reach",
                 "record.level_above_clearance");
  }
}

void WriteStep::validate() {
  const auto& type = request_.plan.type();
  if (!type.owner_field.empty() && !(request_.principal.service && after_.fields.contains(type.owner_field))) {
    const auto owner = before_ ? text_of(before_->fields, type.owner_field) : request_.principal.id;
    after_.fields[type.owner_field] = owner;
  }
  const auto schemes = context_.schemes(after_.fields);
  auto problems = schema::validate(request_.catalogue.schema(), type, after_.fields, schemes);
  if (!problems.empty()) throw Error("fields of the record break its declaration", std::move(problems));
}

// Fields that the program keeps itself, as far as the caller would give them another value. The owner is not among
// them: whatever is given, it becomes the caller.
std::vector<std::string> WriteStep::given_system_fields() const {
  std::vector<std::string> out;
  if (request_.principal.service) return out;
  const auto& type = request_.plan.type();
  for (const auto& field : type.fields) {
    if (!field.system || field.name == type.owner_field) continue;
    if (value_of(&after_, field.name) != value_of(before(), field.name)) out.push_back(field.name);
  }
  return out;
}

// What only differed in spelling is no change.
void WriteStep::require_system_fields_kept(const std::vector<std::string>& given) const {
  std::vector<FieldProblem> problems;
  for (const auto& name : given) {
    if (value_of(&after_, name) != value_of(before(), name)) problems.push_back({name, "field.read_only", {}});
  }
  if (!problems.empty()) throw Error("fields of the record are kept by the program itself", std::move(problems));
}

void WriteStep::apply_rules() {
  RuleContext context{transaction_, request_.plan.type(), request_.principal, before(), after_};
  for (const auto& [type, rule] : request_.rules) {
    if (type.empty() || type == request_.plan.type().name) rule(context);
  }
}

bool WriteStep::differs() const {
  return after_.deleted != before_->deleted || after_.fields != before_->fields ||
         !file_differences(before_->files, after_.files).empty();
}

void WriteStep::persist() {
  const auto& type = after_.type;
  auto [record, version] = encode(after_, request_.operation);
  if (version.size() > kMaxRecordBytes) {
    throw Error(ErrorCode::invalid_argument, "the record has " + std::to_string(version.size()) + " bytes",
                "record.too_large", {{"max", std::to_string(kMaxRecordBytes)}});
  }
  write_uniques();
  write_indexes();
  LinkStep(request_.catalogue, request_.plan, access_, transaction_).write(before(), after_);
  code_.write_numbers(before(), after_);
  write_blob_owners();
  transaction_.put(KeySpace::records, record_key(type, after_.id), std::move(record));
  transaction_.put(KeySpace::versions, version_key(type, after_.id, after_.version), std::move(version));
  write_log();
}

void WriteStep::write_indexes() {
  const auto had = before_ ? request_.plan.index_keys(*before_) : std::set<Bytes>();
  const auto has = request_.plan.index_keys(after_);
  for (const auto& key : had) {
    if (!has.contains(key)) transaction_.erase(KeySpace::indexes, key);
  }
  for (const auto& key : has) {
    if (!had.contains(key)) transaction_.put(KeySpace::indexes, key, {});
  }
}

// A unique key is read before it is written, so of two that want it one notices the other. The key of a code that has
// become a former one stays with its record.
void WriteStep::write_uniques() {
  const auto& plan = request_.plan;
  const auto had = before_ ? plan.unique_entries(*before_) : std::vector<UniqueEntry>();
  const auto has = plan.unique_entries(after_);
  const auto holds = [](const std::vector<UniqueEntry>& entries, const Bytes& key) {
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
  };
  const auto& code = plan.type().code_field;
  const bool recoded = before_ && !after_.deleted && !plan.former_codes_field().empty() &&
                       text_of(before_->fields, code) != text_of(after_.fields, code);
  for (const auto& entry : had) {
    const bool former = recoded && plan.is_code(entry.index);
    if (!former && !holds(has, entry.key)) transaction_.erase(KeySpace::uniques, entry.key);
  }
  for (const auto& entry : has) {
    if (holds(had, entry.key)) continue;
    const auto owner = transaction_.get(KeySpace::uniques, entry.key);
    if (owner && as_chars(*owner) != after_.id) {
      const auto field = plan.find_unique(entry.index)->fields.back()->name;
      throw Error(ErrorCode::already_exists, "another " + after_.type + " has the same " + field, "record.duplicate",
                  {{"field", field}, {"value", text_of(after_.fields, field)}});
    }
    transaction_.put(KeySpace::uniques, entry.key, to_bytes(after_.id));
  }
  if (after_.deleted && !plan.former_codes_field().empty()) release_former_codes();
}

// Every code the record ever had, with what it was unique in then. Versions are read only when there is such a code,
// the latest first, until all are found.
void WriteStep::release_former_codes() {
  const auto former = value_of(before(), request_.plan.former_codes_field());
  std::set<std::string> wanted;
  for (const auto& one : former.is_array() ? former : Json::array()) wanted.insert(one.get<std::string>());
  for (auto version = before_->version; version-- > 1 && !wanted.empty();) {
    const auto stored = load_version(transaction_, after_.type, after_.id, version);
    if (!stored || wanted.erase(text_of(stored->record.fields, request_.plan.type().code_field)) == 0) continue;
    for (const auto& entry : request_.plan.code_entries(stored->record)) {
      const auto owner = transaction_.get(KeySpace::uniques, entry.key);
      if (owner && as_chars(*owner) == after_.id) transaction_.erase(KeySpace::uniques, entry.key);
    }
  }
}

// Versions of a file stay owned as long as the record's history is kept, which is for ever.
void WriteStep::write_blob_owners() {
  const auto had = before_ ? digests(*before_) : std::set<Bytes>();
  for (const auto& digest : digests(after_)) {
    if (!had.contains(digest)) transaction_.add_blob_owner(digest, after_.type + "/" + after_.id);
  }
}

// Names of fields, never their values: the audit log outlives the records.
void WriteStep::write_log() {
  Json names = Json::array();
  for (const auto& difference : differences(before(), after_)) names.push_back(difference.field);
  const Json detail{{"version", after_.version}, {"fields", std::move(names)}};
  transaction_.append_change({"record", after_.type, after_.id, after_.version, request_.operation});
  transaction_.append_audit(
      audited(request_.principal, "record." + request_.operation, after_.type + "/" + after_.id, "ok", detail));
}

}  // namespace lantai::records
