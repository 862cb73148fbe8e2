#include "engine_impl.h"
#include "history_reader.h"
#include "lantai/records/audited.h"
#include "list_query.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

constexpr std::size_t kScanChunk = 256, kLargestChunk = 2048;

// Which entries of a list need not be read, for what they ask is known and the caller does not bring it? What is read
// is remembered when the list is done.
class HiddenFromList {
 public:
  HiddenFromList(KnownStandings* known, std::uint64_t followed, const Principal& principal,
                 const schema::Schema& schema, const schema::TypeDecl& type)
      : known_(known), followed_(followed), principal_(principal), schema_(schema), type_(type) {}
  bool follows() const { return known_ != nullptr; }
  void look_up(const std::vector<storage::Entry>& entries) {
    if (known_ == nullptr) return;
    std::vector<std::string_view> ids;
    ids.reserve(entries.size());
    for (const auto& entry : entries) ids.emplace_back(id_at_end(entry.key));
    kinds_ = known_->find(type_.name, ids);
  }
  bool is(std::size_t entry) {
    if (known_ == nullptr || kinds_[entry] == KnownStandings::kUnknown) return false;
    const auto [at, fresh] = shown_.try_emplace(kinds_[entry], false);
    if (fresh) at->second = verdict(schema_, principal_, type_, known_->standing(kinds_[entry])).visible;
    return !at->second;
  }
  void remember() const {
    if (known_ != nullptr) known_->met(followed_, type_.name, met_);
  }
  bool visible(const Record& record, const Standing& standing) {
    met_.emplace_back(record.id, standing);
    return verdict(schema_, principal_, type_, standing).visible;
  }

 private:
  KnownStandings* const known_;
  const std::uint64_t followed_;
  const Principal& principal_;
  const schema::Schema& schema_;
  const schema::TypeDecl& type_;
  std::vector<KnownStandings::Kind> kinds_;
  std::unordered_map<KnownStandings::Kind, bool> shown_;
  std::vector<std::pair<std::string, Standing>> met_;
};

}  // namespace

std::string subject(std::string_view type, std::string_view id) {
  return id.empty() ? std::string(type) : std::string(type) + "/" + std::string(id);
}

storage::AuditDraft denial(const Principal& principal, std::string_view action, const std::string& subject) {
  return audited(principal, "record." + std::string(action), subject, "denied");
}

Record RecordEngine::Impl::load_visible(const storage::ReadView& view, const Catalogue& in, const Principal& principal,
                                        std::string_view type, std::string_view id) const {
  const auto& plan = in.plan(type);
  Access access(in, principal, view, clock.now());
  access.require(Action::read, plan);
  auto record = load(view, type, id);
  if (!record) throw_not_found(type, id);
  access.require_visible(plan, *record);
  return std::move(*record);
}

ListPage RecordEngine::Impl::list(const Catalogue& in, const Principal& principal, const TypePlan& plan,
                                  const ListRequest& request, KnownStandings* known) const {
  const auto now = clock.now();
  // Who sees every record of the type, or was lent some, has nothing to step over.
  if (!principal.lent.empty() || sees_all(in.schema(), principal, plan.type())) known = nullptr;
  const auto followed = known == nullptr ? 0 : known->follow(office_day(now));
  const auto view = store.read_view();
  Access access(in, principal, *view, now);
  access.require(Action::read, plan);
  for (const auto& condition : request.where) require_condition_on(principal, plan.type(), condition.field);
  require_condition_on(principal, plan.type(), request.order_by);
  const ListQuery query(in, plan, request);
  auto range = query.range(*view);
  range.limit = std::min(kScanChunk, request.limit + 1);
  HiddenFromList hidden(known, followed, principal, in.schema(), plan.type());
  ListPage page;
  std::size_t scanned = 0;
  for (;;) {
    const auto chunk = view->scan(query.space(), range);
    hidden.look_up(chunk.entries);
    for (std::size_t i = 0; i < chunk.entries.size(); ++i) {
      ++scanned;
      const bool last_of_page = scanned >= kListScanLimit;
      if (hidden.is(i) && !last_of_page) continue;
      const auto record = load(*view, plan.type().name, id_at_end(chunk.entries[i].key));
      if (!record) throw Error(ErrorCode::data_loss, "an index entry names a record that is not there");
      if (!record->deleted && query.holds(*record)) {
        const bool visible =
            hidden.follows() ? hidden.visible(*record, access.standing(plan, *record)) : access.visible(plan, *record);
        if (visible) page.records.push_back(masked(principal, plan.type(), *record));
      }
      const bool more = chunk.more || i + 1 < chunk.entries.size();
      if (page.records.size() < request.limit && !last_of_page) continue;
      if (more) page.next_page_token = query.token_after(*record);
      hidden.remember();
      return page;
    }
    if (!chunk.more || chunk.entries.empty()) {
      hidden.remember();
      return page;
    }
    const auto& last = chunk.entries.back().key;
    if (range.reverse) {
      range.end = last;
    } else {
      (range.begin = last).push_back(0);
    }
    range.limit = std::min(kLargestChunk, std::max(kScanChunk, 2 * range.limit));
  }
}

// Of those `access` may see; null: of all.
std::uint64_t RecordEngine::Impl::count(const storage::ReadView& view, const TypePlan& plan, Access* access) const {
  const auto& name = plan.type().name;
  const auto prefix = index_prefix(name, kLevelIndex);
  storage::ScanRange range{prefix, storage::after_prefix(prefix), storage::kMaxPageEntries, false};
  std::uint64_t count = 0;
  for (bool more = true; more;) {
    const auto page = view.scan(KeySpace::indexes, range);
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
    if (access == nullptr) count += page.entries.size();
    for (std::size_t i = 0; access != nullptr && i < page.entries.size(); ++i) {
      const auto record = load(view, name, id_at_end(page.entries[i].key));
      if (record && access->visible(plan, *record)) ++count;
    }
  }
  return count;
}

Record RecordEngine::get(const Principal& principal, std::string_view type, std::string_view id) const {
  return impl_->audited(principal, "read", subject(type, id), [&] {
    const auto catalogue = impl_->current();
    auto record = impl_->load_visible(*impl_->store.read_view(), *catalogue, principal, type, id);
    if (record.deleted) throw Error(ErrorCode::not_found, "the record has been deleted", "record.deleted");
    return masked(principal, catalogue->plan(type).type(), std::move(record));
  });
}

std::optional<Record> RecordEngine::find(const Principal& principal, std::string_view type, std::string_view id) const {
  const auto catalogue = impl_->current();
  const auto* plan = catalogue->find_plan(type);
  if (plan == nullptr) return std::nullopt;
  const auto view = impl_->store.read_view();
  auto record = load(*view, type, id);
  if (!record || record->deleted) return std::nullopt;
  if (!Access(*catalogue, principal, *view, impl_->clock.now()).visible(*plan, *record)) return std::nullopt;
  return masked(principal, plan->type(), std::move(*record));
}

Record RecordEngine::get_version(const Principal& principal, std::string_view type, std::string_view id,
                                 std::uint64_t version) const {
  return impl_->audited(principal, "read", subject(type, id), [&] {
    const auto catalogue = impl_->current();
    const auto view = impl_->store.read_view();
    impl_->load_visible(*view, *catalogue, principal, type, id);
    auto found = load_version(*view, type, id, version);
    if (!found) {
      throw Error(ErrorCode::not_found, "the record has no such version", "record.version_not_found",
                  {{"version", std::to_string(version)}});
    }
    Access(*catalogue, principal, *view, impl_->clock.now()).require_visible(catalogue->plan(type), found->record);
    return masked(principal, catalogue->plan(type).type(), std::move(found->record));
  });
}

HistoryPage RecordEngine::history(const Principal& principal, std::string_view type, std::string_view id,
                                  const HistoryRequest& request) const {
  return impl_->audited(principal, "read", subject(type, id), [&] {
    const auto catalogue = impl_->current();
    const auto view = impl_->store.read_view();
    const auto current = impl_->load_visible(*view, *catalogue, principal, type, id);
    return HistoryReader(*view, *catalogue, principal, current, impl_->clock.now()).page(request);
  });
}

ListPage RecordEngine::list(const Principal& principal, std::string_view type, const ListRequest& request) const {
  return impl_->audited(principal, "list", subject(type, {}), [&] {
    const auto [catalogue, known] = impl_->current_for_lists();
    return impl_->list(*catalogue, principal, catalogue->plan(type), request, known.get());
  });
}

ListPage RecordEngine::children(const Principal& principal, std::string_view type, std::string_view parent_id,
                                const ListRequest& request) const {
  return impl_->audited(principal, "list", subject(type, {}), [&] {
    const auto [catalogue, known] = impl_->current_for_lists();
    const auto& plan = catalogue->plan(type);
    if (plan.type().parent_field.empty()) {
      throw Error(ErrorCode::invalid_argument, plan.type().name + " is not a tree", "record.no_tree",
                  {{"type", plan.type().name}});
    }
    auto of_parent = request;
    of_parent.where.insert(of_parent.where.begin(),
                           Condition{plan.type().parent_field, parent_id.empty() ? Json() : Json(parent_id), {}, {}});
    return impl_->list(*catalogue, principal, plan, of_parent, known.get());
  });
}

std::optional<Record> RecordEngine::find_by(const Principal& principal, std::string_view type, std::string_view field,
                                            const Json& value) const {
  return impl_->audited(principal, "list", subject(type, {}), [&]() -> std::optional<Record> {
    const auto catalogue = impl_->current();
    const auto& plan = catalogue->plan(type);
    require_condition_on(principal, plan.type(), field);
    ListRequest request;
    request.limit = 1;
    if (plan.find_index(field) == nullptr) {
      throw Error("the field is not indexed",
                  std::vector<FieldProblem>{{std::string(field), "field.not_indexed", {{"name", std::string(field)}}}});
    }
    request.where.push_back({std::string(field), value, {}, {}});
    auto page = impl_->list(*catalogue, principal, plan, request);
    const auto former = plan.former_codes_field();
    if (page.records.empty() && field == plan.type().code_field && !former.empty() && plan.find_index(former)) {
      request.where = {{former, canonical_value(*catalogue, plan, *plan.type().find_field(field), value), {}, {}}};
      page = impl_->list(*catalogue, principal, plan, request);
    }
    if (page.records.empty()) return std::nullopt;
    return std::move(page.records.front());
  });
}

void RecordEngine::begin_export(const Principal& principal, std::string_view type, std::string_view format) const {
  impl_->audited(principal, "export", subject(type, {}), [&] {
    const auto catalogue = impl_->current();
    const auto view = impl_->store.read_view();
    Access(*catalogue, principal, *view, impl_->clock.now()).require(Action::export_records, catalogue->plan(type));
    impl_->store.run_transaction([&](storage::Transaction& transaction) {
      const Json detail{{"format", format}};
      transaction.append_audit(audited(principal, "record.export", subject(type, {}), "ok", detail));
    });
  });
}

std::uint64_t RecordEngine::count(const Principal& principal, std::string_view type) const {
  return impl_->audited(principal, "list", subject(type), [&] {
    const auto catalogue = impl_->current();
    const auto& plan = catalogue->plan(type);
    const auto position = impl_->store.changes().last_position();
    const auto view = impl_->store.read_view();
    Access access(*catalogue, principal, *view, impl_->clock.now());
    access.require(Action::read, plan);
    if (!sees_all(catalogue->schema(), principal, plan.type())) return impl_->count(*view, plan, &access);
    {
      std::lock_guard lock(impl_->counts_mutex);
      const auto known = impl_->counts.find(plan.type().name);
      if (known != impl_->counts.end() && known->second.position == position) return known->second.count;
    }
    const auto count = impl_->count(*view, plan, nullptr);
    std::lock_guard lock(impl_->counts_mutex);
    impl_->counts[plan.type().name] = {position, count};
    return count;
  });
}

Standing RecordEngine::standing(const Record& record) const {
  static const Principal kNobody;
  const auto catalogue = impl_->current();
  const auto view = impl_->store.read_view();
  return Access(*catalogue, kNobody, *view, impl_->clock.now()).standing(catalogue->plan(record.type), record);
}

bool RecordEngine::may(const Principal& principal, Action action, const Record& record) const {
  const auto catalogue = impl_->current();
  const auto view = impl_->store.read_view();
  return Access(*catalogue, principal, *view, impl_->clock.now()).may(action, catalogue->plan(record.type), record);
}

}  // namespace lantai::records
