// Search.
#include <algorithm>
#include <chrono>

#include "encode.h"
#include "lantai/base/id.h"
#include "lantai/base/time.h"
#include "route.h"
#include "wait.h"

namespace lantai::http {
namespace {

constexpr std::size_t kPastCompleted = 3;
constexpr std::size_t kPopularShown = 8;

[[noreturn]] void bad(const std::string& name) {
  throw Error(ErrorCode::invalid_argument, "bad parameter", "request.bad_parameter", {{"name", name}});
}

// `field:value`, `field:2019..2021`, `field:2019..`; several of one field are alternatives.
std::vector<search::FieldFilter> filters(const Query& query) {
  std::vector<search::FieldFilter> result;
  for (const auto& text : query.all("filter")) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) bad("filter");
    const auto field = text.substr(0, colon);
    const auto value = text.substr(colon + 1);
    auto known = std::find_if(result.begin(), result.end(), [&](const auto& one) { return one.field == field; });
    if (known == result.end()) known = result.insert(result.end(), search::FieldFilter{field, {}, {}, {}});
    const auto dots = value.find("..");
    if (dots == std::string::npos) {
      known->any_of.push_back(value);
      continue;
    }
    if (known->from || known->to || value.size() == 2) bad("filter");
    if (dots > 0) known->from = value.substr(0, dots);
    if (dots + 2 < value.size()) known->to = value.substr(dots + 2);
  }
  return result;
}

search::Sort sort(const Query& query) {
  static const std::map<std::string, search::Sort> kSorts{
      {"relevance", search::Sort::relevance}, {"recent", search::Sort::recent},
      {"date", search::Sort::date_ascending}, {"-date", search::Sort::date_descending},
      {"code", search::Sort::code_ascending}, {"-code", search::Sort::code_descending}};
  const auto found = kSorts.find(query.text("sort", "relevance"));
  if (found == kSorts.end()) bad("sort");
  return found->second;
}

// Where the policy asks what for. A program says it with each search. Does the policy ask?
bool require_purpose(Call& call) {
  auto& principal = call.caller->principal;
  const auto stated = call.query.text("purpose");
  if (stated.size() > identity::kMaxPurpose) bad("purpose");
  if (!stated.empty()) principal.purpose = stated;
  const bool wanted = purpose_wanted(call, principal);
  if (!wanted || !principal.purpose.empty()) return wanted;
  throw Error(ErrorCode::failed_precondition, "the policy asks what for", "auth.purpose_required");
}

void note_search_with_purpose(Call& call, std::uint64_t found) {
  Json detail{{"query", call.query.text("q")}, {"found", found}};
  for (const auto& filter : call.query.all("filter")) detail["filters"].push_back(filter);
  call.context.reads.note(call.app().store(), call.principal(), "search", {}, detail);
}

Response get_search(Call& call) {
  const auto began = std::chrono::steady_clock::now();
  const bool noted = require_purpose(call);
  search::SearchRequest request;
  request.query = call.query.text("q");
  request.all_words = call.query.flag("all_words");
  request.filters = filters(call.query);
  request.facets = call.query.all("facet");
  if (request.facets.size() > 20 || request.filters.size() > 50) bad("facet");
  request.sort = sort(call.query);
  request.limit = call.query.number("limit", 20, 1, 1000);
  request.page_token = call.query.text("page_token");
  request.strict = call.query.flag("strict");
  request.exact_counts = call.query.flag("exact_counts");
  request.types = call.query.text("type");
  if (const auto after = call.query.text("made_after"); !after.empty()) {
    const auto time = parse_rfc3339(after);
    if (!time) bad("made_after");
    request.ids_after = last_id_at(*time);
  }
  if (const auto position = call.query.number("wait", 0, 0, UINT64_MAX); position > 0) wait_searchable(call, position);
  const auto asked = format_rfc3339(call.app().clock().now());
  const auto result = call.app().search(call.principal(), request);
  if (noted && request.page_token.empty() && !request.exact_counts) note_search_with_purpose(call, result.total);
  JsonText answer;
  answer.begin_object();
  write_search(call, result, answer);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  answer.member("asked_at", asked).member("took_ms", static_cast<std::uint64_t>(took.count()));
  answer.end_object();
  return written_response(200, std::move(answer));
}

Response get_completions(Call& call) {
  require_purpose(call);
  search::CompletionRequest request;
  request.typed = call.query.text("q");
  request.types = call.query.text("type");
  request.limit = call.query.number("limit", 8, 1, 50);
  Json json = encode_completions(call.app().complete(call.principal(), request));
  if (request.types.empty()) {
    Json searches = Json::array();
    for (const auto& past : call.app().search_history().completing(call.principal().id, request.typed, kPastCompleted))
      searches.push_back(past.query);
    json["searches"] = std::move(searches);
  }
  return json_response(200, json);
}

Response get_past_searches(Call& call) {
  Json past = Json::array(), popular = Json::array();
  for (const auto& one : call.app().search_history().of(call.principal().id))
    past.push_back({{"query", one.query}, {"at", format_rfc3339(one.at)}});
  for (const auto& one : call.app().popular_searches(call.principal(), kPopularShown))
    popular.push_back({{"query", one.query}, {"people", one.people}});
  return json_response(200, {{"past", std::move(past)}, {"popular", std::move(popular)}});
}

Response note_search(Call& call) {
  call.app().search_history().note(call.principal().id, text_member(call.body, "query"));
  return no_content();
}

Response forget_searches(Call& call) {
  auto& history = call.app().search_history();
  if (const auto query = call.query.text("q"); query.empty())
    history.forget_all(call.principal().id);
  else
    history.forget(call.principal().id, query);
  return no_content();
}

Response get_similar(Call& call) {
  const auto limit = call.query.number("limit", 5, 1, 50);
  JsonText answer;
  answer.begin_object();
  write_hits(call.app().similar(call.principal(), call.at("type"), call.at("id"), limit), answer);
  answer.end_object();
  return written_response(200, std::move(answer));
}

// For another account only by an archivist, who answers why somebody does not find it: it tells what that person may
// see.
std::optional<records::Principal> viewer(Call& call) {
  const auto login = call.query.text("viewer");
  if (login.empty()) return std::nullopt;
  if (!call.principal().roles.contains("archivist"))
    throw Error(ErrorCode::permission_denied, "only archivists ask for others", "auth.forbidden");
  const auto account = call.app().accounts().find_login(login);
  if (!account) bad("viewer");
  return call.app().accounts().principal_of(*account);
}

Response get_explanation(Call& call) {
  const auto record = call.query.text("record");
  const auto slash = record.find('/');
  if (slash == std::string::npos) bad("record");
  search::SearchRequest request;
  request.query = call.query.text("q");
  request.filters = filters(call.query);
  const auto other = viewer(call);
  const auto explained = call.app().explain(call.principal(), std::move(request), record.substr(0, slash),
                                            record.substr(slash + 1), other ? &*other : nullptr);
  return json_response(200, encode_explanation(call, record, explained));
}

}  // namespace

void add_search_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/search",
                   .operation = "search",
                   .summary = "Search by words and metadata, within what the caller may see",
                   .query = {{"q", ParameterKind::text, "what a person types; empty: everything"},
                             {"all_words", ParameterKind::flag, "a part of what was typed will not do"},
                             {"filter", ParameterKind::list, "field:value or field:from..to"},
                             {"facet", ParameterKind::list, "count the values of this field"},
                             {"sort", ParameterKind::text,
                              "relevance, recent (relevance, newer ones preferred), date, -date, code, -code"},
                             {"limit", ParameterKind::integer, "1 to 1000"},
                             {"page_token", ParameterKind::text, "from the last page"},
                             {"strict", ParameterKind::flag, "syntax errors are errors"},
                             {"exact_counts", ParameterKind::flag, "count every match, however many"},
                             {"type", ParameterKind::text, "one record type"},
                             {"purpose", ParameterKind::text, "what for, where the policy asks and none is stated"},
                             {"made_after", ParameterKind::text, "only records made after this time, RFC 3339"},
                             {"wait", ParameterKind::integer, "a change position to have seen"}},
                   .answer_schema = "SearchResult",
                   .handle = get_search});
  table.push_back(
      {.method = "GET",
       .path = "/api/v1/completions",
       .operation = "completeNames",
       .summary =
           "Names of records, and own past searches, that what is typed so far may become, by characters, pinyin "
           "or initials",
       .query = {{"q", ParameterKind::text, "what is typed so far"},
                 {"type", ParameterKind::text, "one record type, and no past searches"},
                 {"purpose", ParameterKind::text, "as of search"},
                 {"limit", ParameterKind::integer, "1 to 50"}},
       .answer_schema = "Completions",
       .handle = get_completions});
  table.push_back({.method = "GET",
                   .path = "/api/v1/searches",
                   .operation = "listSearches",
                   .summary = "What the caller looked for last, and what several people looked for lately",
                   .answer_schema = "Searches",
                   .handle = get_past_searches});
  table.push_back({.method = "POST",
                   .path = "/api/v1/searches",
                   .operation = "noteSearch",
                   .summary = "Remember that the caller looked for this",
                   .body = BodyKind::json,
                   .request_schema = "NewSearch",
                   .success = 204,
                   .handle = note_search});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/searches",
                   .operation = "forgetSearches",
                   .summary = "Forget one of the caller's past searches, or all",
                   .query = {{"q", ParameterKind::text, "this one; empty: all"}},
                   .success = 204,
                   .handle = forget_searches});
  table.push_back({.method = "GET",
                   .path = "/api/v1/records/{type}/{id}/similar",
                   .operation = "similarRecords",
                   .summary = "Records whose texts are like this one's, within what the caller may see",
                   .query = {{"limit", ParameterKind::integer, "1 to 50"}},
                   .answer_schema = "Similar",
                   .handle = get_similar});
  table.push_back({.method = "GET",
                   .path = "/api/v1/explain",
                   .operation = "explainSearch",
                   .summary = "Why a search finds a record, or does not",
                   .query = {{"record", ParameterKind::text, "type/id"},
                             {"q", ParameterKind::text, "what a person types"},
                             {"filter", ParameterKind::list, "field:value or field:from..to"},
                             {"viewer", ParameterKind::text, "for this account; archivists only"}},
                   .answer_schema = "Explanation",
                   .handle = get_explanation});
}

}  // namespace lantai::http
