#include <optional>
#include <set>

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
class ListMemory {
 public:
  ListMemory(KnownStandings* known, std::uint64_t followed, const Principal& principal, const schema::Schema& schema,
             const schema::TypeDecl& type)
      : known_(known),
        followed_(followed),
        principal_(principal),
        schema_(schema),
        type_(type),
        viewer_(known == nullptr ? std::string() : sees_as(principal, type)) {}
  bool follows() const { return known_ != nullptr; }

  std::optional<RememberedEntries::Part> seen(const storage::ScanRange& range) const {
    return known_ == nullptr ? std::nullopt : known_->seen_by(viewer_, range);
  }
  void look_up(const std::vector<Bytes>& keys) {
    if (known_ == nullptr) return;
    std::vector<std::string_view> ids;
    ids.reserve(keys.size());
    for (const auto& key : keys) ids.emplace_back(id_at_end(key));
    kinds_ = known_->find(type_.name, ids);
  }
  bool hides(std::size_t entry) {
    if (known_ == nullptr || kinds_[entry] == KnownStandings::kUnknown) return false;
    const auto [at, fresh] = shown_.try_emplace(kinds_[entry], false);
    if (fresh) at->second = verdict(schema_, principal_, type_, known_->standing(kinds_[entry])).visible;
    return !at->second;
  }
  bool visible(const Record& record, const Standing& standing) {
    met_.emplace_back(record.id, standing);
    return verdict(schema_, principal_, type_, standing).visible;
  }
  // Between two places in the index, whichever comes first, `passed` entries with these among them that may be seen.
  void went_through(const Bytes& one, const Bytes& other, std::size_t passed, std::set<Bytes> seen) {
    if (known_ != nullptr && passed > kWorthwhile * (seen.size() + 1))
      known_->seen(followed_, viewer_, std::min(one, other), std::max(one, other), std::move(seen));
  }
  void remember() const {
    if (known_ != nullptr) known_->met(followed_, type_.name, met_);
  }

 private:
  static constexpr std::size_t kWorthwhile = 4;  // whoever sees more steps over little

  // All that decides what somebody sees of a type, to whom nothing is lent.
  static std::string sees_as(const Principal& principal, const schema::TypeDecl& type) {
    std::string viewer = std::to_string(principal.clearance);
    for (const auto& role : principal.roles) viewer += " " + role;
    viewer += principal.all_departments ? "\n*" : "\n";
    for (const auto& department : principal.scope) viewer += " " + department;
    return type.owner_field.empty() ? viewer : viewer + "\n" + principal.id;
  }

  KnownStandings* const known_;
  const std::uint64_t followed_;
  const Principal& principal_;
  const schema::Schema& schema_;
  const schema::TypeDecl& type_;
  const std::string viewer_;
  std::vector<KnownStandings::Kind> kinds_;
  std::unordered_map<KnownStandings::Kind, bool> shown_;
  std::vector<std::pair<std::string, Standing>> met_;
};

// The entries of a list, chunk by chunk: of what is remembered, or of the index.
class ListEntries {
 public:
  ListEntries(const storage::ReadView& view, storage::ScanRange range, ListMemory& memory)
      : view_(view), range_(std::move(range)), memory_(memory) {}

  // False: there are no more.
  bool next() {
    went_through(place());
    if (!more_) return false;
    keys_.clear();
    if (auto part = memory_.seen(range_)) {
      remembered_ = true;
      keys_ = std::move(part->keys);
      go_on(std::move(part->rest));
      more_ = range_.begin < range_.end;
    } else {
      remembered_ = false;
      begun_ = place();
      auto page = view_.scan(KeySpace::indexes, range_);
      for (auto& entry : page.entries) keys_.push_back(std::move(entry.key));
      more_ = page.more && !keys_.empty();
      memory_.look_up(keys_);
      if (more_)
        go_on(beyond(keys_.back()));
      else
        go_on(range_.reverse ? range_.begin : range_.end);
      range_.limit = std::min(kLargestChunk, std::max(kScanChunk, 2 * range_.limit));
    }
    return true;
  }
  const std::vector<Bytes>& keys() const { return keys_; }
  bool remembered() const { return remembered_; }  // then none of them is known to be hidden
  bool hides(std::size_t entry) { return !remembered_ && memory_.hides(entry); }
  bool more_after(std::size_t entry) const { return more_ || entry + 1 < keys_.size(); }
  void may_be_seen(std::size_t entry) {
    if (!remembered_) seen_.insert(keys_[entry]);
  }
  void stop_after(std::size_t entry) {
    keys_.resize(entry + 1);
    went_through(beyond(keys_.back()));
  }

 private:
  // Where the list is: everything on the other side has been looked at.
  const Bytes& place() const { return range_.reverse ? range_.end : range_.begin; }
  void go_on(Bytes place) { (range_.reverse ? range_.end : range_.begin) = std::move(place); }
  Bytes beyond(Bytes key) const {
    if (!range_.reverse) key.push_back(0);
    return key;
  }
  void went_through(const Bytes& to) {
    if (begun_) memory_.went_through(*begun_, to, keys_.size(), std::move(seen_));
    begun_.reset();
    seen_.clear();
  }

  const storage::ReadView& view_;
  storage::ScanRange range_;
  ListMemory& memory_;
  std::vector<Bytes> keys_;
  bool more_ = true, remembered_ = false;
  std::optional<Bytes> begun_;  // of a chunk of the index, where it began
  std::set<Bytes> seen_;        // of it
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
  ListMemory memory(known, followed, principal, in.schema(), plan.type());
  ListEntries entries(*view, std::move(range), memory);
  ListPage page;
  std::size_t scanned = 0;
  while (entries.next()) {
    for (std::size_t i = 0; i < entries.keys().size(); ++i) {
      const auto& key = entries.keys()[i];
      const bool last_of_page = ++scanned >= kListScanLimit;
      if (entries.hides(i) && !last_of_page) continue;
      const auto record = load(*view, plan.type().name, id_at_end(key));
      if (!record && entries.remembered()) continue;
      if (!record) throw Error(ErrorCode::data_loss, "an index entry names a record that is not there");
      const bool stands = !record->deleted && (!entries.remembered() || query.stands_at(*record, key));
      const bool wanted = stands && query.holds(*record);
      const bool visible = wanted && (memory.follows() ? memory.visible(*record, access.standing(plan, *record))
                                                       : access.visible(plan, *record));
      if (visible) page.records.push_back(masked(principal, plan.type(), *record));
      if (visible || !wanted) entries.may_be_seen(i);
      if (page.records.size() < request.limit && !last_of_page) continue;
      if (entries.more_after(i)) page.next_page_token = query.token_after(*record);
      entries.stop_after(i);
      memory.remember();
      return page;
    }
  }
  memory.remember();
  return page;
}

// Of those `access` may see; null: of all.
std::uint64_t RecordEngine::Impl::count(const storage::ReadView& view, const TypePlan& plan, Access* access) const {
  const auto& name = plan.type().name;
  const auto prefix = index_prefix(name, kIdIndex);
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
