// What has changed since …, among what the caller may see.
#include <algorithm>

#include "encode.h"
#include "route.h"
#include "wait.h"

namespace lantai::http {
namespace {

constexpr std::size_t kScan = 1000;          // changes read at once
constexpr std::size_t kMaxScanned = 20'000;  // looked at for one answer

// Of a record that is gone, the version that says so decides: it carries the level it had.
bool visible(Call& call, const storage::Change& change) {
  if (change.kind != "record" || call.app().schema().find_type(change.subject) == nullptr) return false;
  if (call.app().records().find(call.principal(), change.subject, change.id)) return true;
  if (change.operation != "delete") return false;
  try {
    call.app().records().get_version(call.principal(), change.subject, change.id, change.version);
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found || error.code() == ErrorCode::permission_denied) return false;
    throw;
  }
}

Json encode_change(const storage::Change& change) {
  return {{"position", change.position},
          {"time", format_rfc3339(change.time)},
          {"kind", change.kind},
          {"subject", change.subject},
          {"id", change.id},
          {"version", change.version},
          {"operation", change.operation}};
}

// Appends what may be seen beyond `position`, which moves on over everything looked at.
void collect(Call& call, std::uint64_t& position, std::size_t limit, Json& found) {
  for (std::size_t scanned = 0; scanned < kMaxScanned && found.size() < limit;) {
    const auto changes = call.app().store().changes().read(position, kScan);
    if (changes.empty()) return;
    for (const auto& change : changes) {
      if (found.size() >= limit) return;
      position = change.position;
      ++scanned;
      if (visible(call, change)) found.push_back(encode_change(change));
    }
  }
}

Response get_changes(Call& call) {
  auto position = call.query.number("since", 0, 0, UINT64_MAX);
  const auto limit = call.query.number("limit", 1000, 1, 1000);
  const auto wait = call.query.number("wait", 0, 0, 60);
  Json found = Json::array();
  collect(call, position, limit, found);
  if (found.empty() && wait > 0) {
    const WaitPlace place(call.context);  // without one: answered at once, as if nothing had come
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(wait);
    auto& changes = call.app().store().changes();
    while (place.held() && found.empty() && changes.wait_beyond(position, deadline, call.context.stopping)) {
      collect(call, position, limit, found);
    }
  }
  const auto& identity = call.app().store().identity();
  return json_response(200, {{"changes", std::move(found)},
                             {"position", position},
                             {"store", {{"uuid", identity.uuid}, {"epoch", identity.epoch}}}});
}

}  // namespace

void add_change_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/changes",
                   .operation = "getChanges",
                   .summary = "Changes of records after a position",
                   .query = {{"since", ParameterKind::integer, "a position; 0: from the beginning"},
                             {"limit", ParameterKind::integer, "1 to 1000"},
                             {"wait", ParameterKind::integer, "seconds to wait for one, at most 60"}},
                   .answer_schema = "Changes",
                   .handle = get_changes});
}

}  // namespace lantai::http
