#include "link_step.h"

#include <algorithm>
#include <iterator>

#include "lantai/storage/key_codec.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

constexpr std::size_t kMaxDepth = 100;  // of a tree
constexpr std::size_t kNamed = 5;

std::set<Link> links_of(const TypePlan& plan, const Record* record) {
  return record == nullptr ? std::set<Link>() : plan.links(*record);
}

std::set<Link> without(const std::set<Link>& all, const std::set<Link>& some) {
  std::set<Link> out;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::inserter(out, out.end()));
  return out;
}

std::string text_of(const Record& record, const std::string& field) {
  const auto found = record.fields.find(field);
  return found != record.fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

bool LinkStep::exists(const Link& link) {
  const auto* plan = catalogue_.find_plan(link.target_type);
  if (plan == nullptr) return false;
  const auto target = load(transaction_, link.target_type, link.target_id);
  return target && !target->deleted && access_.visible(*plan, *target);
}

std::vector<FieldProblem> LinkStep::problems(const Record* before, const Record& after) {
  std::vector<FieldProblem> out;
  for (const auto& link : without(links_of(plan_, &after), links_of(plan_, before))) {
    if (link.target_type == after.type && link.target_id == after.id) continue;
    if (!exists(link)) out.push_back({link.field, "field.no_such_record", {{"value", link.target_id}}});
  }
  if (out.empty() && makes_cycle(after)) out.push_back({plan_.type().parent_field, "field.cycle", {}});
  if (out.empty()) {
    if (auto unlike = unlike_parent(before, after)) out.push_back(std::move(*unlike));
  }
  return out;
}

// A tree is of one kind: what `like_parent` names is the same in all of it.
std::optional<FieldProblem> LinkStep::unlike_parent(const Record* before, const Record& after) {
  const auto& type = plan_.type();
  const auto parent_id = type.like_parent.empty() ? std::string() : text_of(after, type.parent_field);
  const auto parent = parent_id.empty() ? std::nullopt : load(transaction_, after.type, parent_id);
  for (const auto& name : type.like_parent) {
    const auto value = after.fields.value(name, Json());
    const bool differs = parent && parent->fields.value(name, Json()) != value;
    const bool left_behind = before != nullptr && before->fields.value(name, Json()) != value && has_children(after);
    if (differs || left_behind) {
      return FieldProblem{
          name,
          "field.contradicts",
          {{"value", value.is_string() ? value.get<std::string>() : value.dump()}, {"other", type.parent_field}}};
    }
  }
  return std::nullopt;
}

// Reads the touch key, so that a child that comes at the same time is noticed.
bool LinkStep::has_children(const Record& record) {
  transaction_.get(KeySpace::links, link_touch_key(record.type, record.id));
  auto begin = links_from_prefix(record.type, record.id, record.type);
  const auto end = storage::after_prefix(begin);
  const auto page = transaction_.scan(KeySpace::links, {begin, end, storage::kMaxPageEntries, false});
  return std::any_of(page.entries.begin(), page.entries.end(),
                     [&](const auto& entry) { return parse_link_key(entry.key).field == plan_.type().parent_field; });
}

bool LinkStep::makes_cycle(const Record& after) {
  const auto& parent_field = plan_.type().parent_field;
  const auto* declared = parent_field.empty() ? nullptr : plan_.type().find_field(parent_field);
  if (declared == nullptr || declared->target != after.type) return false;
  auto parent = text_of(after, parent_field);
  for (std::size_t depth = 0; !parent.empty(); ++depth) {
    if (parent == after.id || depth >= kMaxDepth) return true;
    const auto ancestor = load(transaction_, after.type, parent);
    if (!ancestor) return false;
    parent = text_of(*ancestor, parent_field);
  }
  return false;
}

std::string LinkStep::name_of(const LinkKey& link) {
  const auto* plan = catalogue_.find_plan(link.source_type);
  const auto record = load(transaction_, link.source_type, link.source_id);
  if (plan == nullptr || !record || !access_.visible(*plan, *record)) return {};
  const auto code = plan->type().code_field.empty() ? std::string() : text_of(*record, plan->type().code_field);
  const auto title = text_of(*record, plan->type().title_field);
  return code.empty() ? title : code + " " + title;
}

void LinkStep::require_unused(const Record& record) {
  auto begin = link_touch_key(record.type, record.id);
  transaction_.get(KeySpace::links, begin);
  const auto end = storage::after_prefix(begin);
  begin.push_back(0);
  const auto page = transaction_.scan(KeySpace::links, {begin, end, kNamed + 1, false});
  std::size_t used = 0;
  std::string names;
  for (const auto& entry : page.entries) {
    const auto link = parse_link_key(entry.key);
    if (link.source_type == record.type && link.source_id == record.id) continue;
    const auto named = ++used <= kNamed ? name_of(link) : std::string();
    if (!named.empty()) names += (names.empty() ? "" : "; ") + named;
  }
  if (used == 0) return;
  throw Error(ErrorCode::failed_precondition, "other records link to " + record.type + "/" + record.id, "record.in_use",
              {{"records", names}, {"more", used > kNamed ? "true" : "false"}});
}

void LinkStep::write(const Record* before, const Record& after) {
  const auto had = links_of(plan_, before), has = links_of(plan_, &after);
  const auto key = [&](const Link& link) {
    return link_key({link.target_type, link.target_id, after.type, after.id, link.field});
  };
  for (const auto& link : without(had, has)) transaction_.erase(KeySpace::links, key(link));
  for (const auto& link : without(has, had)) {
    transaction_.put(KeySpace::links, key(link), {});
    transaction_.put(KeySpace::links, link_touch_key(link.target_type, link.target_id), to_bytes(after.id));
  }
}

}  // namespace lantai::records
