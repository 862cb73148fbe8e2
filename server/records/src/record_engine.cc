#include "lantai/records/record_engine.h"

#include "batch_create.h"
#include "engine_impl.h"
#include "index_build.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

Json require_object(Json fields) {
  if (!fields.is_object()) throw Error(ErrorCode::invalid_argument, "fields are a JSON object", "record.bad_patch");
  return fields;
}

// Of a vocabulary like any term, whatever label it is called by.
std::string role_code(const schema::Schema& schema, const std::string& role) {
  const auto* roles = schema.find_vocabulary("component_role");
  if (roles == nullptr) return role;
  if (const auto* term = roles->match(role)) return term->code;
  throw Error("a file has no such part in a record",
              std::vector<FieldProblem>{{"role", "field.not_in_vocabulary", {{"value", role}}}});
}

// `秘密★5年` in place of `机密★10年`: what stood behind the mark goes with the value.
void forget_suffixes(const schema::TypeDecl& type, const Json& patch, Json& fields) {
  for (const auto& field : type.fields) {
    if (field.suffix_mark.empty() || patch.contains(field.suffix_field)) continue;
    if (text_of(patch, field.name).find(field.suffix_mark) != std::string::npos) fields.erase(field.suffix_field);
  }
}

FileVersion first_version(const NewFile& file, const WriteRequest& request) {
  return {1, file.digest, file.size, file.name, file.raw_name, file.media_type, request.now, request.principal.id};
}

ComponentFile& file_numbered(Record& record, std::uint32_t number) {
  for (auto& file : record.files) {
    if (file.number == number && !file.removed) return file;
  }
  throw Error(ErrorCode::not_found, "the record has no file " + std::to_string(number), "record.file_not_found",
              {{"file", std::to_string(number)}});
}

void add_file_version(Record& record, std::uint32_t number, const NewFile& file, const WriteRequest& request) {
  auto& component = file_numbered(record, number);
  if (component.current().digest == file.digest && component.current().name == file.name) return;
  auto version = first_version(file, request);
  version.number = component.current().number + 1;
  component.versions.push_back(std::move(version));
}

}  // namespace

void add_component(Record& record, const NewFile& file, const WriteRequest& request) {
  ComponentFile component;
  component.number = record.files.empty() ? 1 : record.files.back().number + 1;
  component.role = role_code(request.catalogue.schema(), file.role);
  component.versions.push_back(first_version(file, request));
  record.files.push_back(std::move(component));
}

Written RecordEngine::Impl::write(const WriteRequest& request) {
  return audited(request.principal, request.operation, subject(request.plan.type().name, request.id), [&] {
    Written written;
    bool changed = false;
    const auto committed = store.run_transaction([&](storage::Transaction& transaction) {
      WriteStep step(transaction, request);
      written.record = step.run();
      changed = step.changed();
    });
    written.position = changed ? committed.position : store.changes().last_position();
    written.record = masked(request.principal, request.plan.type(), std::move(written.record));
    return written;
  });
}

Written RecordEngine::Impl::made_before(const WriteRequest& request, const std::string& id) const {
  const auto& type = request.plan.type();
  return audited(request.principal, request.operation, subject(type.name, id), [&]() -> Written {
    const auto view = store.read_view();
    auto record = load(*view, type.name, id);
    if (!record) throw Error(ErrorCode::data_loss, "the record of an idempotency key is missing");
    Access(request.catalogue, request.principal, *view, request.now).require(request.action, request.plan, *record);
    if (record->deleted) record = load_version(*view, type.name, id, 1).value().record;
    return {masked(request.principal, type, std::move(*record)), store.changes().last_position()};
  });
}

void RecordEngine::Impl::require_stored(const TypePlan& plan, const std::vector<NewFile>& files) const {
  if (!files.empty() && !plan.type().files) {
    throw Error(ErrorCode::invalid_argument, plan.type().name + " has no files", "record.no_files");
  }
  for (const auto& file : files) {
    if (!store.blobs().find(file.digest)) {
      throw Error(ErrorCode::invalid_argument, "the bytes of " + file.name + " are not in the blob store",
                  "record.unknown_blob", {{"name", file.name}});
    }
  }
}

RecordEngine::RecordEngine(storage::Store& store, std::shared_ptr<const schema::Schema> schema, const Clock& clock)
    : impl_(std::make_unique<Impl>(store, clock)) {
  replace_schema(std::move(schema));
}

RecordEngine::~RecordEngine() = default;

void RecordEngine::add_rule(std::string_view type, Rule rule) {
  impl_->rules.emplace_back(std::string(type), std::move(rule));
}

Written RecordEngine::create(const Principal& principal, std::string_view type, Json fields, std::vector<NewFile> files,
                             std::string_view idempotency_key) {
  std::vector<NewRecord> one;
  one.push_back({std::string(type), std::move(fields), std::move(files), std::string(idempotency_key)});
  auto result = std::move(create_all(principal, one).front());
  if (result.error) throw *result.error;
  return std::move(*result.written);
}

std::vector<CreateResult> RecordEngine::create_all(const Principal& principal, const std::vector<NewRecord>& records) {
  std::shared_lock lock(impl_->schema_mutex);
  return BatchCreate(*impl_, principal, records).run();
}

std::vector<CreateResult> RecordEngine::check_all(const Principal& principal, const std::vector<NewRecord>& records) {
  std::shared_lock lock(impl_->schema_mutex);
  return BatchCreate(*impl_, principal, records).check();
}

Written RecordEngine::update(const Principal& principal, std::string_view type, std::string_view id,
                             std::uint64_t expected_version, const Json& patch) {
  require_object(patch);
  return impl_->change(principal, type, id, "update", expected_version, [&](WriteRequest& request) {
    request.change = [&](Record& record) {
      record.fields.merge_patch(patch);
      forget_suffixes(request.plan.type(), patch, record.fields);
    };
  });
}

Written RecordEngine::remove(const Principal& principal, std::string_view type, std::string_view id,
                             std::uint64_t expected_version) {
  return impl_->change(principal, type, id, "delete", expected_version, [&](WriteRequest& request) {
    request.action = Action::remove;
    request.change = [](Record& record) { record.deleted = true; };
  });
}

Written RecordEngine::add_file(const Principal& principal, std::string_view type, std::string_view id,
                               std::uint64_t expected_version, NewFile file, std::uint32_t file_number) {
  return impl_->change(principal, type, id, "add_file", expected_version, [&](WriteRequest& request) {
    request.action = Action::add_file;
    impl_->require_stored(request.plan, {file});
    request.change = [&](Record& record) {
      if (file_number == 0) {
        add_component(record, file, request);
      } else {
        add_file_version(record, file_number, file, request);
      }
    };
  });
}

Written RecordEngine::remove_file(const Principal& principal, std::string_view type, std::string_view id,
                                  std::uint64_t expected_version, std::uint32_t file_number) {
  return impl_->change(principal, type, id, "remove_file", expected_version, [&](WriteRequest& request) {
    request.change = [&](Record& record) { file_numbered(record, file_number).removed = true; };
  });
}

const schema::Schema& RecordEngine::schema() const { return impl_->current()->schema(); }

std::shared_ptr<const schema::Schema> RecordEngine::current_schema() const { return impl_->current()->shared_schema(); }

void RecordEngine::replace_schema(std::shared_ptr<const schema::Schema> schema) {
  auto catalogue = std::make_shared<const Catalogue>(std::move(schema));
  {
    std::unique_lock lock(impl_->schema_mutex);
    if (impl_->catalogue) impl_->earlier.push_back(impl_->catalogue);
    impl_->catalogue = catalogue;
    impl_->standings = std::make_shared<KnownStandings>(
        impl_->store, container_types(catalogue->schema()),
        [&store = impl_->store, catalogue](const std::string& type, const std::string& id) {
          const auto* plan = catalogue->find_plan(type);
          const auto record = plan == nullptr ? std::nullopt : load(*store.read_view(), type, id);
          return record ? plan->index_keys(*record) : std::set<Bytes>();
        });
  }
  {
    std::lock_guard lock(impl_->counts_mutex);
    impl_->counts.clear();
  }
  for (const auto* plan : outdated(impl_->store, *catalogue)) build_indexes(impl_->store, *plan);
}

}  // namespace lantai::records
