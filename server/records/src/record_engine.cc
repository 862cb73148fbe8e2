#include "lantai/records/record_engine.h"

#include "engine_impl.h"
#include "index_build.h"
#include "lantai/base/id.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

constexpr std::size_t kMaxIdempotencyKey = 200;

Json require_object(Json fields) {
  if (!fields.is_object()) throw Error(ErrorCode::invalid_argument, "fields are a JSON object", "record.bad_patch");
  return fields;
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

void add_component(Record& record, const NewFile& file, const WriteRequest& request) {
  ComponentFile component;
  component.number = record.files.empty() ? 1 : record.files.back().number + 1;
  component.role = file.role;
  component.versions.push_back(first_version(file, request));
  record.files.push_back(std::move(component));
}

void add_file_version(Record& record, std::uint32_t number, const NewFile& file, const WriteRequest& request) {
  auto& component = file_numbered(record, number);
  if (component.current().digest == file.digest && component.current().name == file.name) return;
  auto version = first_version(file, request);
  version.number = component.current().number + 1;
  component.versions.push_back(std::move(version));
}

std::string fingerprint(std::string_view type, const Json& fields, const std::vector<NewFile>& files) {
  Json all = Json::array({type, fields});
  for (const auto& file : files) all.push_back(Json::array({to_hex(file.digest), file.name, file.role}));
  return to_hex(storage::sha256(as_bytes(all.dump(-1, ' ', false, Json::error_handler_t::replace))));
}

}  // namespace

Written RecordEngine::Impl::write(const WriteRequest& request, const First& first) {
  return audited(request.principal, request.operation, subject(request.plan.type().name, request.id), [&] {
    Written written;
    bool changed = false;
    const auto committed = store.run_transaction([&](storage::Transaction& transaction) {
      if (first) first(transaction);
      WriteStep step(transaction, request);
      written.record = step.run();
      changed = step.changed();
    });
    written.position = changed ? committed.position : store.changes().last_position();
    written.record = masked(request.principal, request.plan.type(), std::move(written.record));
    return written;
  });
}

// The key is read and written in the transaction that makes the record, before anything else: so of two requests with
// the same key the later one finds what the first made, and not that its unique values are taken.
Written RecordEngine::Impl::create_once(const WriteRequest& request, const Bytes& key, const std::string& fingerprint) {
  std::optional<std::string> made;
  const auto claim = [&](storage::Transaction& transaction) {
    made.reset();
    if (const auto known = transaction.get(KeySpace::uniques, key)) {
      const auto text = std::string(as_chars(*known));
      if (text.substr(kIdBytes) != fingerprint) {
        throw Error(ErrorCode::failed_precondition, "the idempotency key was used for another request",
                    "record.idempotency_mismatch");
      }
      made = text.substr(0, kIdBytes);
      throw Error(ErrorCode::already_exists, "made before");
    }
    transaction.put(KeySpace::uniques, key, to_bytes(request.id + fingerprint));
  };
  try {
    return write(request, claim);
  } catch (const Error&) {
    if (!made) throw;
  }
  return made_before(request, *made);
}

Written RecordEngine::Impl::made_before(const WriteRequest& request, const std::string& id) const {
  const auto& type = request.plan.type();
  return audited(request.principal, request.operation, subject(type.name, id), [&]() -> Written {
    const auto view = store.read_view();
    auto record = load(*view, type.name, id);
    if (!record) throw Error(ErrorCode::data_loss, "the record of an idempotency key is missing");
    require(request.catalogue, request.principal, request.action, request.plan, *record);
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
                             std::string_view idempotency_key_given) {
  std::shared_lock lock(impl_->schema_mutex);
  const auto& catalogue = *impl_->catalogue;
  const auto& plan = catalogue.plan(type);
  fields = require_object(std::move(fields));
  impl_->require_stored(plan, files);
  const auto now = impl_->clock.now();
  WriteRequest request{catalogue, plan, impl_->rules, principal, Action::create, "create", make_id(now), 0, now, {}};
  request.change = [&](Record& record) {
    record.fields = fields;
    for (const auto& file : files) add_component(record, file, request);
  };
  if (idempotency_key_given.empty()) return impl_->write(request);

  if (idempotency_key_given.size() > kMaxIdempotencyKey) {
    throw Error(ErrorCode::invalid_argument, "an idempotency key has at most 200 bytes", "request.bad_parameter",
                {{"name", "Idempotency-Key"}});
  }
  const auto key = idempotency_key(principal.id, idempotency_key_given);
  const auto print = fingerprint(type, fields, files);
  return impl_->create_once(request, key, print);
}

Written RecordEngine::update(const Principal& principal, std::string_view type, std::string_view id,
                             std::uint64_t expected_version, const Json& patch) {
  require_object(patch);
  return impl_->change(principal, type, id, "update", expected_version, [&](WriteRequest& request) {
    request.change = [&](Record& record) { record.fields.merge_patch(patch); };
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
  }
  {
    std::lock_guard lock(impl_->counts_mutex);
    impl_->counts.clear();
  }
  for (const auto* plan : outdated(impl_->store, *catalogue)) build_indexes(impl_->store, *plan);
}

}  // namespace lantai::records
