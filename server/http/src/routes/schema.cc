// The declarations, and this API's own description.
#include "conditional.h"
#include "encode.h"
#include "openapi.h"
#include "route.h"

namespace lantai::http {
namespace {

Response get_schema(Call& call) {
  const auto etag = '"' + call.app().schema().hash().substr(0, 32) + "-" + std::string(tag(call.language)) + '"';
  const bool send = none_match(call.head.headers, etag);
  auto response = send ? json_response(200, call.app().schema().describe(call.language)) : Response{};
  if (!send) response.status = 304;
  response.set("ETag", etag).set("Cache-Control", "private, no-cache").set("Vary", "Accept-Language");
  return response;
}

Response get_openapi(Call&) {
  static const Json kDocument = openapi_document(all_routes());
  return json_response(200, kDocument);
}

}  // namespace

void add_schema_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/schema",
                   .operation = "getSchema",
                   .summary = "Record types, vocabularies and texts in the caller's language",
                   .answer_schema = "SchemaDescription",
                   .handle = get_schema});
  table.push_back({.method = "GET",
                   .path = "/api/v1/openapi.json",
                   .operation = "getOpenApi",
                   .summary = "This document",
                   .need = Need::nothing,
                   .answer_schema = "OpenApi",
                   .handle = get_openapi});
}

}  // namespace lantai::http
