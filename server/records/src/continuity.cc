// Which numbers of the reference codes were given, and which are missing?
#include <algorithm>

#include "engine_impl.h"
#include "lantai/storage/key_codec.h"
#include "list_query.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

[[noreturn]] void bad_token() {
  throw Error(ErrorCode::invalid_argument, "the page token is not of this list", "record.bad_page_token");
}

void require_everything_visible(const Catalogue& catalogue, const Principal& principal, const TypePlan& plan) {
  // What belongs to single people has no numbers.
  const bool numbered = plan.type().owner_field.empty();
  if (!allowed(catalogue.schema(), principal, Action::update, plan.type()) ||
      (numbered && !sees_all(catalogue.schema(), principal, plan.type()))) {
    throw Denied(ErrorCode::permission_denied, "the numbers tell of records that the principal may not see",
                 "record.permission_denied");
  }
}

// The scope that the page begins with.
std::string scope_of(const std::string& token) {
  try {
    const auto bytes = from_hex(token);
    if (is_valid_utf8(as_chars(bytes))) return std::string(as_chars(bytes));
  } catch (const Error&) {
    bad_token();
  }
  bad_token();
}

class ContinuityReader {
 public:
  ContinuityReader(const storage::ReadView& view, std::string_view type) : view_(view), type_(type) {}

  RecordEngine::ContinuityPage page(const RecordEngine::ContinuityRequest& request) {
    storage::ScanRange range{counter_prefix(type_), storage::after_prefix(counter_prefix(type_)),
                             storage::kMaxPageEntries, false};
    if (!request.page_token.empty()) range.begin = counter_prefix(type_, scope_of(request.page_token));
    for (bool more = true; more;) {
      const auto found = view_.scan(KeySpace::counters, range);
      more = found.more && !found.entries.empty();
      if (more) (range.begin = found.entries.back().key).push_back(0);
      for (const auto& entry : found.entries) {
        auto key = parse_counter_key(entry.key);
        if (page_.scopes.empty() || page_.scopes.back().scope != key.scope) {
          if (page_.scopes.size() == request.limit) {
            page_.next_page_token = to_hex(as_bytes(key.scope));
            return std::move(page_);
          }
          page_.scopes.push_back({std::move(key.scope), 0, {}, 0});
        }
        add(key.number, !entry.value.empty());
      }
    }
    return std::move(page_);
  }

 private:
  void add(std::uint64_t number, bool has_record) {
    auto& scope = page_.scopes.back();
    const auto end = has_record ? number : number + 1;
    scope.missing_count += end - (scope.highest + 1);
    for (auto missing = scope.highest + 1; missing < end && scope.missing.size() < RecordEngine::kMissingLimit;
         ++missing) {
      scope.missing.push_back(missing);
    }
    scope.highest = number;
  }

  const storage::ReadView& view_;
  std::string_view type_;
  RecordEngine::ContinuityPage page_;
};

}  // namespace

RecordEngine::ContinuityPage RecordEngine::continuity(const Principal& principal, std::string_view type,
                                                      const ContinuityRequest& request) const {
  return impl_->audited(principal, "list", subject(type), [&] {
    const auto catalogue = impl_->current();
    require_everything_visible(*catalogue, principal, catalogue->plan(type));
    require_page_limit(request.limit);
    return ContinuityReader(*impl_->store.read_view(), type).page(request);
  });
}

}  // namespace lantai::records
