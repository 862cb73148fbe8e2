#include "lantai/records/department_tree.h"

#include <algorithm>
#include <limits>

namespace lantai::records {
namespace {

constexpr const char* kType = "department";
constexpr std::size_t kChangesAtOnce = 1000;

Principal reader() {
  Principal principal;
  principal.id = principal.name = "service:departments";
  principal.clearance = std::numeric_limits<int>::max();
  principal.service = true;
  return principal;
}

}  // namespace

std::set<std::string> DepartmentTree::with_those_below(const std::vector<std::string>& departments) {
  std::lock_guard lock(mutex_);
  refresh();
  std::set<std::string> found;
  std::vector<std::string> waiting = departments;
  while (!waiting.empty()) {
    const auto id = std::move(waiting.back());
    waiting.pop_back();
    if (!found.insert(id).second) continue;
    const auto [begin, end] = below_.equal_range(id);
    for (auto child = begin; child != end; ++child) waiting.push_back(child->second);
  }
  return found;
}

void DepartmentTree::refresh() {
  bool changed = !read_;
  if (!read_) position_ = store_.changes().last_position();
  for (bool more = true; more && read_;) {
    const auto changes = store_.changes().read(position_, kChangesAtOnce);
    for (const auto& change : changes) {
      changed = changed || change.subject == kType;
      position_ = change.position;
    }
    more = changes.size() == kChangesAtOnce;
  }
  if (!changed) return;
  const auto* type = engine_.schema().find_type(kType);
  below_.clear();
  read_ = true;
  if (type == nullptr || type->parent_field.empty()) return;
  ListRequest request;
  request.limit = 1000;
  do {
    auto page = engine_.list(reader(), kType, request);
    for (const auto& record : page.records) {
      const auto parent = record.fields.value(type->parent_field, std::string());
      if (!parent.empty()) below_.emplace(parent, record.id);
    }
    request.page_token = std::move(page.next_page_token);
  } while (!request.page_token.empty());
}

}  // namespace lantai::records
