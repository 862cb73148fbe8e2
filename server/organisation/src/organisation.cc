#include "lantai/organisation/organisation.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace lantai::organisation {
namespace {

using records::Record;

constexpr const char* kDepartment = "department";
constexpr const char* kPerson = "person";
constexpr const char* kAppointment = "appointment";
constexpr const char* kGroup = "group";
constexpr std::size_t kChangesAtOnce = 1000;
constexpr std::uint64_t kChangesFollowed = 20'000;

records::Principal reader() {
  records::Principal principal;
  principal.id = principal.name = "service:organisation";
  principal.clearance = std::numeric_limits<int>::max();
  principal.service = true;
  return principal;
}

std::string text(const Record& record, const char* field) {
  const auto found = record.fields.find(field);
  return found != record.fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag(const Record& record, const char* field) {
  const auto found = record.fields.find(field);
  return found != record.fields.end() && found->is_boolean() && found->get<bool>();
}

// A month or a year begins with its first day and ends with its last.
bool holds_on(const std::string& from, const std::string& to, std::string_view day) {
  return from <= day && (to.empty() || day.substr(0, to.size()) <= to);
}

template <typename One>
bool holds_on(const One& one, std::string_view day) {
  return holds_on(one.from, one.to, day);
}

template <typename Links>
void link(Links& links, const std::string& from, const std::string& to) {
  if (!from.empty()) links[from].insert(to);
}

template <typename Links>
void unlink(Links& links, const std::string& from, const std::string& to) {
  const auto found = links.find(from);
  if (found == links.end()) return;
  found->second.erase(to);
  if (found->second.empty()) links.erase(found);
}

template <typename Links>
const std::set<std::string>& linked(const Links& links, std::string_view from) {
  static const std::set<std::string> kNone;
  const auto found = links.find(from);
  return found == links.end() ? kNone : found->second;
}

}  // namespace

std::string Organisation::today() const { return format_date(records::office_day(clock_.now())); }

std::set<std::string> Organisation::with_those_below(const std::vector<std::string>& departments) {
  std::lock_guard lock(mutex_);
  refresh();
  std::set<std::string> found;
  std::vector<std::string> waiting = departments;
  while (!waiting.empty()) {
    const auto id = std::move(waiting.back());
    waiting.pop_back();
    if (!found.insert(id).second) continue;
    const auto& below = linked(below_, id);
    waiting.insert(waiting.end(), below.begin(), below.end());
  }
  return found;
}

std::vector<Department> Organisation::departments(std::string_view day) {
  std::lock_guard lock(mutex_);
  refresh();
  std::vector<Department> out;
  for (const auto& [id, one] : departments_) {
    if (holds_on(one, day)) out.push_back(one);
  }
  std::sort(out.begin(), out.end(), [](const Department& a, const Department& b) {
    return std::tie(a.order, a.code, a.name, a.id) < std::tie(b.order, b.code, b.name, b.id);
  });
  return out;
}

std::vector<Post> Organisation::appointments_of(std::string_view person, std::string_view day) {
  std::lock_guard lock(mutex_);
  refresh();
  std::vector<Post> out;
  for (const auto& id : linked(by_person_, person)) {
    const auto& post = appointments_.at(id);
    if (day.empty() || holds_on(post, day)) out.push_back(post);
  }
  std::sort(out.begin(), out.end(), [&](const Post& a, const Post& b) {
    if (!day.empty() && a.main != b.main) return a.main;
    return std::tie(b.from, a.id) < std::tie(a.from, b.id);
  });
  return out;
}

std::optional<Post> Organisation::appointment(std::string_view id) {
  std::lock_guard lock(mutex_);
  refresh();
  const auto found = appointments_.find(id);
  return found == appointments_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Post> Organisation::posts_in(std::string_view department, std::string_view day) const {
  std::vector<Post> out;
  for (const auto& id : linked(by_department_, department)) {
    const auto& post = appointments_.at(id);
    if (holds_on(post, day)) out.push_back(post);
  }
  for (const auto& person : linked(at_home_, department)) {
    const auto& post = people_.at(person);
    const auto& held = linked(by_person_, person);
    const bool appointed =
        std::any_of(held.begin(), held.end(), [&](const auto& id) { return holds_on(appointments_.at(id), day); });
    if (!appointed && holds_on(post, day)) out.push_back(post);
  }
  return out;
}

std::vector<Post> Organisation::people_in(std::string_view department, std::string_view day) {
  std::lock_guard lock(mutex_);
  refresh();
  auto out = posts_in(department, day);
  std::stable_sort(out.begin(), out.end(), [](const Post& a, const Post& b) {
    return std::tuple(!a.head, !a.main, a.from) < std::tuple(!b.head, !b.main, b.from);
  });
  return out;
}

std::vector<Post> Organisation::heads_of(std::string_view department, std::string_view day) {
  const auto now = today();
  std::lock_guard lock(mutex_);
  refresh();
  auto out = posts_in(department, day);
  std::erase_if(out, [](const Post& post) { return !post.head; });
  const auto declared = departments_.find(department);
  if (out.empty() && day == now && declared != departments_.end() && !declared->second.head.empty()) {
    const auto person = people_.find(declared->second.head);
    const bool works_here = person != people_.end() && person->second.department == department;
    out.push_back({{},
                   declared->second.head,
                   std::string(department),
                   works_here ? person->second.position : std::string(),
                   false,
                   true,
                   {},
                   {}});
  }
  return out;
}

std::vector<std::string> Organisation::groups_of(std::string_view person, std::string_view day) {
  std::lock_guard lock(mutex_);
  refresh();
  std::vector<std::string> out;
  for (const auto& id : linked(in_groups_, person)) {
    if (holds_on(groups_.at(id), day)) out.push_back(id);
  }
  return out;
}

std::map<std::string, std::size_t> Organisation::sizes(std::string_view day) {
  std::lock_guard lock(mutex_);
  refresh();
  std::map<std::string, std::size_t> out;
  for (const auto& [id, one] : departments_) {
    std::set<std::string> people;
    for (auto& post : posts_in(id, day)) people.insert(std::move(post.person));
    if (!people.empty()) out[id] = people.size();
  }
  return out;
}

void Organisation::take(const std::string& type, const std::string& id, const Record* record) {
  if (type == kDepartment) {
    if (const auto was = departments_.find(id); was != departments_.end()) {
      unlink(below_, was->second.parent, id);
      departments_.erase(was);
    }
    if (record == nullptr) return;
    const auto order = record->fields.find("order");
    Department one{id,
                   text(*record, "name"),
                   text(*record, "code"),
                   text(*record, "parent"),
                   text(*record, "head"),
                   text(*record, "effective_from"),
                   text(*record, "effective_to"),
                   order != record->fields.end() && order->is_number_integer() ? order->get<std::int64_t>() : 0};
    link(below_, one.parent, id);
    departments_[id] = std::move(one);
  } else if (type == kAppointment) {
    if (const auto was = appointments_.find(id); was != appointments_.end()) {
      unlink(by_person_, was->second.person, id);
      unlink(by_department_, was->second.department, id);
      appointments_.erase(was);
    }
    if (record == nullptr) return;
    Post post{id,
              text(*record, "person"),
              text(*record, "department"),
              text(*record, "position"),
              flag(*record, "main"),
              flag(*record, "head"),
              text(*record, "from"),
              text(*record, "to")};
    link(by_person_, post.person, id);
    link(by_department_, post.department, id);
    appointments_[id] = std::move(post);
  } else if (type == kPerson) {
    if (const auto was = people_.find(id); was != people_.end()) {
      unlink(at_home_, was->second.department, id);
      people_.erase(was);
    }
    if (record == nullptr) return;
    Post post{{},   id,    text(*record, "department"),  text(*record, "position"),
              true, false, text(*record, "active_from"), text(*record, "active_to")};
    link(at_home_, post.department, id);
    people_[id] = std::move(post);
  } else if (type == kGroup) {
    if (const auto was = groups_.find(id); was != groups_.end()) {
      for (const auto& member : was->second.members) unlink(in_groups_, member, id);
      groups_.erase(was);
    }
    if (record == nullptr) return;
    Group group{{}, text(*record, "effective_from"), text(*record, "effective_to")};
    const auto members = record->fields.value("members", schema::Json::array());
    for (const auto& member : members) group.members.insert(member.get<std::string>());
    for (const auto& member : group.members) link(in_groups_, member, id);
    groups_[id] = std::move(group);
  }
}

void Organisation::read_all(const char* type) {
  if (engine_.schema().find_type(type) == nullptr) return;
  records::ListRequest request;
  request.limit = 1000;
  do {
    auto page = engine_.list(reader(), type, request);
    for (const auto& record : page.records) take(type, record.id, &record);
    request.page_token = std::move(page.next_page_token);
  } while (!request.page_token.empty());
}

void Organisation::refresh() {
  static const std::set<std::string, std::less<>> kFollowed{kDepartment, kPerson, kAppointment, kGroup};
  const auto last = store_.changes().last_position();
  if (read_ && last == position_) return;
  // After a long import it is quicker to read the few records anew than all that was written.
  if (!read_ || last < position_ || last - position_ > kChangesFollowed) {
    departments_.clear();
    appointments_.clear();
    people_.clear();
    groups_.clear();
    for (auto* links : {&below_, &by_person_, &by_department_, &at_home_, &in_groups_}) links->clear();
    position_ = last;
    for (const auto& type : kFollowed) read_all(type.c_str());
    read_ = true;
  }
  for (bool more = true; more;) {
    const auto changes = store_.changes().read(position_, kChangesAtOnce);
    for (const auto& change : changes) {
      position_ = change.position;
      if (change.kind != "record" || !kFollowed.contains(change.subject)) continue;
      const auto record = engine_.find(reader(), change.subject, change.id);
      take(change.subject, change.id, record ? &*record : nullptr);
    }
    more = changes.size() == kChangesAtOnce;
  }
}

void refuse_ends_before_beginning(records::RuleContext& context) {
  if (context.after.deleted) return;
  static const std::pair<const char*, const char*> kSpans[] = {
      {"from", "to"}, {"effective_from", "effective_to"}, {"active_from", "active_to"}};
  for (const auto& [from, to] : kSpans) {
    const auto begins = text(context.after, from), ends = text(context.after, to);
    if (!ends.empty() && begins.substr(0, ends.size()) > ends)
      throw Error("it ends before it begins", {FieldProblem{to, "field.ends_before", {{"begins", begins}}}});
  }
}

}  // namespace lantai::organisation
