#include "list_query.h"

#include <algorithm>
#include <charconv>

#include "index_value.h"
#include "lantai/base/error.h"
#include "lantai/storage/blob_store.h"
#include "lantai/storage/key_codec.h"
#include "record_keys.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using schema::FieldDecl;
using schema::FieldKind;

constexpr std::size_t kDigestLetters = 16;

[[noreturn]] void bad_field(const std::string& field, const std::string& rule) {
  throw Error("the list cannot use the field " + field, std::vector<FieldProblem>{{field, rule, {{"name", field}}}});
}

[[noreturn]] void bad_token() {
  throw Error(ErrorCode::invalid_argument, "the page token is not of this list", "record.bad_page_token");
}

Json field_value(const Json& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? Json() : *found;
}

std::optional<std::string> canonical_bound(const FieldDecl& field, const std::optional<std::string>& bound) {
  if (!bound || field.kind != FieldKind::date) return bound;
  const auto date = schema::normalise_date(*bound, true);
  return date ? date : bound;
}

bool within(const ComponentBounds& range, const Bytes& component) {
  return component >= range.begin && (range.end.empty() || component < range.end);
}

}  // namespace

Json canonical_value(const Catalogue& catalogue, const TypePlan& plan, const FieldDecl& field, const Json& value) {
  if (value.is_null()) return value;
  Json fields{{field.name, value}};
  schema::validate(catalogue.schema(), plan.type(), fields);  // only to normalise: other fields are not given
  const auto normal = field_value(fields, field.name);
  if (normal.is_array() && normal.size() == 1) return normal[0];
  return normal.is_null() || normal.is_structured() ? value : normal;
}

bool ResolvedCondition::holds(const Json& fields) const {
  const auto& field = *index->fields.front();
  const auto fits = [&](const Json& one) {
    const auto component = index->component(0, one);
    return equals ? component == *equals : within(range, component);
  };
  const auto stored = field_value(fields, field.name);
  if (!stored.is_array()) return fits(stored);
  return stored.empty() ? fits(nullptr) : std::any_of(stored.begin(), stored.end(), fits);
}

void require_page_limit(std::size_t limit) {
  constexpr std::size_t kMost = 1000;
  if (limit >= 1 && limit <= kMost) return;
  throw Error(ErrorCode::invalid_argument, "the limit of a page is 1 to 1000", "record.bad_limit",
              {{"min", "1"}, {"max", std::to_string(kMost)}});
}

ListQuery::ListQuery(const Catalogue& catalogue, const TypePlan& plan, const ListRequest& request)
    : plan_(plan), descending_(request.descending), token_(request.page_token) {
  require_page_limit(request.limit);
  resolve(catalogue, request);
  resolve_order(request);
  choose_index();
  digest_ = digest(request);
}

void ListQuery::resolve(const Catalogue& catalogue, const ListRequest& request) {
  for (const auto& given : request.where) {
    const auto* index = plan_.find_index(given.field);
    if (index == nullptr || index->fields.size() != 1) bad_field(given.field, "field.not_indexed");
    const auto& field = *index->fields.front();
    ResolvedCondition condition;
    condition.index = index;
    condition.given = given;
    if (given.equals) {
      condition.value = canonical_value(catalogue, plan_, field, *given.equals);
      condition.equals = index->component(0, condition.value);
    } else {
      condition.range = index->bounds(0, canonical_bound(field, given.from), canonical_bound(field, given.to));
    }
    conditions_.push_back(std::move(condition));
  }
}

void ListQuery::resolve_order(const ListRequest& request) {
  const FieldDecl* wanted = nullptr;
  if (!request.order_by.empty()) {
    const auto* index = plan_.find_index(request.order_by);
    if (index == nullptr || index->fields.size() != 1 || index->many) bad_field(request.order_by, "field.not_sortable");
    wanted = index->fields.front();
    if (!index->absent_too && !has_value(wanted->name)) bad_field(request.order_by, "field.not_sortable");
  } else {
    const auto ranged =
        std::find_if(conditions_.begin(), conditions_.end(), [](const auto& c) { return !c.equals && !c.index->many; });
    if (ranged != conditions_.end()) wanted = ranged->index->fields.front();
  }
  // Ordered by what is the same in all of them is ordered by id.
  if (wanted != nullptr && equality_on(wanted->name) == nullptr) order_ = wanted;
}

// Does a condition leave out records without one?
bool ListQuery::has_value(const std::string& field) const {
  return std::any_of(conditions_.begin(), conditions_.end(), [&](const auto& c) {
    return c.index->fields.front()->name == field && !(c.equals && c.value.is_null());
  });
}

const ResolvedCondition* ListQuery::equality_on(const std::string& field) const {
  const auto found = std::find_if(conditions_.begin(), conditions_.end(),
                                  [&](const auto& c) { return c.equals && c.index->fields.front()->name == field; });
  return found == conditions_.end() ? nullptr : &*found;
}

void ListQuery::choose_index() {
  for (const auto& index : plan_.indexes()) {
    std::size_t covered = 0;
    while (covered < index.fields.size() && equality_on(index.fields[covered]->name) != nullptr) ++covered;
    const bool fits = order_ == nullptr ? covered == index.fields.size()
                                        : covered < index.fields.size() && index.fields[covered] == order_;
    const bool all_there = index.absent_too || has_value(index.fields.front()->name);
    const bool usable = fits && all_there && (!index.many || covered == 1);
    if (!usable || (index_ != nullptr && covered <= equalities_)) continue;
    index_ = &index;
    equalities_ = covered;
  }
  if (index_ == nullptr) return;
  for (std::size_t i = 0; i < equalities_; ++i) {
    append_bytes(prefix_, index_->component(i, equality_on(index_->fields[i]->name)->value));
  }
}

// Of everything that decides which records come and in which order.
std::string ListQuery::digest(const ListRequest& request) const {
  Json all = Json::array({plan_.type().name, request.order_by, request.descending});
  for (const auto& c : request.where) {
    all.push_back(Json::array({c.field, c.equals ? Json::array({*c.equals}) : Json(), c.from ? Json(*c.from) : Json(),
                               c.to ? Json(*c.to) : Json()}));
  }
  return to_hex(storage::sha256(as_bytes(all.dump(-1, ' ', false, Json::error_handler_t::replace))))
      .substr(0, kDigestLetters);
}

Bytes ListQuery::key_of(const Record& record) const {
  if (index_ == nullptr) return index_key(plan_.type().name, kIdIndex, {}, record.id);
  auto components = prefix_;
  for (std::size_t i = equalities_; i < index_->fields.size(); ++i) {
    append_bytes(components, index_->component(i, field_value(record.fields, index_->fields[i]->name)));
  }
  return index_key(plan_.type().name, index_->name, components, record.id);
}

storage::ScanRange ListQuery::range(const storage::ReadView& view) const {
  storage::ScanRange range;
  range.reverse = descending_;
  range.begin = index_prefix(plan_.type().name, index_ == nullptr ? kIdIndex : index_->name, prefix_);
  range.end = storage::after_prefix(range.begin);
  for (const auto& condition : conditions_) {
    if (order_ == nullptr || condition.equals || condition.index->fields.front() != order_) continue;
    const auto bounds = index_->bounds(equalities_, canonical_bound(*order_, condition.given.from),
                                       canonical_bound(*order_, condition.given.to));
    const auto base = range.begin;
    append_bytes(range.begin, bounds.begin);
    if (!bounds.end.empty()) (range.end = base).insert(range.end.end(), bounds.end.begin(), bounds.end.end());
    break;
  }
  if (token_.empty()) return range;
  auto key = key_of(token_record(view));
  if (descending_) {
    range.end = std::min(range.end, key);
  } else {
    key.push_back(0);
    range.begin = std::max(range.begin, key);
  }
  return range;
}

// The record that the last page ended with, as it was then.
Record ListQuery::token_record(const storage::ReadView& view) const {
  const auto dot = kDigestLetters + 1 + kIdBytes;
  if (token_.size() <= dot + 1 || token_[kDigestLetters] != '.' || token_[dot] != '.' ||
      token_.compare(0, kDigestLetters, digest_) != 0) {
    bad_token();
  }
  std::uint64_t version = 0;
  const auto* const last = token_.data() + token_.size();
  const auto [end, error] = std::from_chars(token_.data() + dot + 1, last, version);
  if (error != std::errc() || end != last) bad_token();
  auto found = load_version(view, plan_.type().name, token_.substr(kDigestLetters + 1, kIdBytes), version);
  if (!found) bad_token();
  return std::move(found->record);
}

bool ListQuery::holds(const Record& record) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const auto& c) { return c.holds(record.fields); });
}

// An index of several values is only used for one of them, and whether the record has that is a condition.
bool ListQuery::stands_at(const Record& record, const Bytes& key) const { return key_of(record) == key; }

// Id and version, from which the place is computed: the token tells nothing of a record that may not be seen.
std::string ListQuery::token_after(const Record& last) const {
  return digest_ + "." + last.id + "." + std::to_string(last.version);
}

}  // namespace lantai::records
