#include "problem.h"

#include <array>
#include <utility>

#include "lantai/schema/value.h"

namespace lantai::http {
namespace {

using schema::Json;

struct ByMessage {
  std::string_view id;
  int status;
};
// Where the message says more than the code.
constexpr ByMessage kByMessage[] = {
    {"request.too_large", 413},
    {"upload.too_large", 413},
    {"record.too_large", 413},
    {"import.too_many_rows", 413},
    {"request.bad_range", 416},
    {"request.unsupported_media_type", 415},
    {"request.method_not_allowed", 405},
    {"request.precondition_required", 428},
    {"request.timeout", 408},
    {"request.too_many", 429},
    {"request.wrong_host", 421},
    {"upload.offset", 409},
    {"upload.offset_mismatch", 409},
};

int by_code(ErrorCode code, bool has_problems) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return has_problems ? 422 : 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::permission_denied:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::already_exists:
    case ErrorCode::failed_precondition:
      return 409;
    case ErrorCode::conflict:
      return 412;
    case ErrorCode::resource_exhausted:
      return 507;
    case ErrorCode::unavailable:
    case ErrorCode::cancelled:
      return 503;
    case ErrorCode::deadline_exceeded:
      return 504;
    case ErrorCode::data_loss:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

std::string detail_of(const schema::Schema& schema, const Error& error, schema::Language language) {
  const bool ours = error.code() == ErrorCode::internal || error.code() == ErrorCode::data_loss;
  if (error.code() == ErrorCode::data_loss) return schema.message("store.damaged", language);
  if (ours) return schema.message("request.internal", language);
  return schema.message(error, language);
}

}  // namespace

int status_of(const Error& error) {
  for (const auto& [id, status] : kByMessage) {
    if (error.message_id() == id) return status;
  }
  // Too much asked of us is 429; too little disk is 507.
  if (error.code() == ErrorCode::resource_exhausted && error.arguments().contains("seconds")) return 429;
  return by_code(error.code(), !error.problems().empty());
}

Response problem_response(const schema::Schema& schema, const Error& error, schema::Language language,
                          const std::string& request_id, std::optional<int> as) {
  const int status = as.value_or(status_of(error));
  Json problem{{"type", "about:blank"},
               {"title", reason_phrase(status)},
               {"status", status},
               {"code", name(error.code())},
               {"detail", detail_of(schema, error, language)},
               {"message_id", error.message_id()},
               {"errors", problem_list(schema, error.problems(), language)},
               {"request_id", request_id}};
  Response response;
  response.status = status;
  response.set("Content-Type", "application/problem+json; charset=utf-8");
  response.set("Content-Language", std::string(tag(language)));
  response.set("Cache-Control", "no-store");
  if (status == 429 || status == 503) {
    const auto seconds = error.arguments().find("seconds");
    response.set("Retry-After", seconds == error.arguments().end() ? "2" : seconds->second);
  }
  if (status == 401) response.set("WWW-Authenticate", "Bearer realm=\"lantai\"");
  response.body = problem.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Json problem_list(const schema::Schema& schema, const std::vector<FieldProblem>& problems, schema::Language language) {
  Json list = Json::array();
  for (const auto& one : problems) {
    list.push_back(
        {{"field", one.field}, {"rule", one.rule}, {"message", schema.message(one.rule, language, one.arguments)}});
  }
  return list;
}

Json problem_list(const schema::Schema& schema, const Error& error, schema::Language language) {
  if (!error.problems().empty()) return problem_list(schema, error.problems(), language);
  const auto field = error.arguments().find("field");
  return Json::array({Json{{"field", field == error.arguments().end() ? "" : field->second},
                           {"rule", error.message_id()},
                           {"message", detail_of(schema, error, language)}}});
}

Error request_error(int status) {
  switch (status) {
    case 405:
      return {ErrorCode::invalid_argument, "method not allowed", "request.method_not_allowed"};
    case 408:
      return {ErrorCode::deadline_exceeded, "the request stopped coming", "request.timeout"};
    case 413:
      return {ErrorCode::invalid_argument, "body too large", "request.too_large"};
    case 431:
      return {ErrorCode::invalid_argument, "header too large", "request.header_too_large"};
    case 503:
      return {ErrorCode::unavailable, "no room for more requests", "request.overloaded"};
    default:
      return {ErrorCode::invalid_argument, "malformed request", "request.malformed"};
  }
}

}  // namespace lantai::http
