#include "openapi.h"

#include <algorithm>

#include "header_text.h"

namespace lantai::http {
namespace {

Json parameter_schema(ParameterKind kind) {
  switch (kind) {
    case ParameterKind::text:
      return {{"type", "string"}};
    case ParameterKind::integer:
      return {{"type", "integer"}, {"minimum", 0}};
    case ParameterKind::flag:
      return {{"type", "string"}, {"enum", {"0", "1", "true", "false"}}};
    case ParameterKind::list:
      return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case ParameterKind::members:
      return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
  }
  return Json::object();
}

Json parameters(const Route& route) {
  Json result = Json::array();
  for (std::size_t at = route.path.find('{'); at != std::string::npos; at = route.path.find('{', at + 1)) {
    const auto name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    result.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  for (const auto& one : route.query) {
    Json parameter{
        {"name", one.name}, {"in", "query"}, {"description", one.about}, {"schema", parameter_schema(one.kind)}};
    if (one.kind == ParameterKind::members) parameter["style"] = "deepObject";
    result.push_back(std::move(parameter));
  }
  result.push_back({{"$ref", "#/components/parameters/lang"}});
  if (route.if_match) result.push_back({{"$ref", "#/components/parameters/ifMatch"}});
  if (route.operation == "createRecord") result.push_back({{"$ref", "#/components/parameters/idempotencyKey"}});
  if (route.operation == "continueUpload") result.push_back({{"$ref", "#/components/parameters/uploadOffset"}});
  return result;
}

Json content(const std::string& media_type, const std::string& schema) {
  Json shape = schema.empty() ? Json::object() : Json{{"$ref", "#/components/schemas/" + schema}};
  return {{media_type, {{"schema", std::move(shape)}}}};
}

Json request_body(const Route& route) {
  switch (route.body) {
    case BodyKind::json:
      return {{"required", true}, {"content", content("application/json", route.request_schema)}};
    case BodyKind::form:
      return {{"required", true}, {"content", content("multipart/form-data", "ImportForm")}};
    case BodyKind::bytes: {
      if (route.media_types.empty()) return {{"content", content("application/octet-stream", route.request_schema)}};
      Json taken = Json::object();
      for (const auto& type : route.media_types) taken.update(content(type, route.request_schema));
      return {{"required", true}, {"content", std::move(taken)}};
    }
    case BodyKind::none:
      return nullptr;
  }
  return nullptr;
}

Json responses(const Route& route) {
  Json answer{{"description", reason_phrase(route.success)}};
  if (!route.answer_schema.empty()) {
    answer["content"] = content("application/json", route.answer_schema);
  } else if (route.success == 200) {
    answer["content"] = content("application/octet-stream", "");
  }
  return {{std::to_string(route.success), std::move(answer)},
          {"default",
           {{"description", "Problem details in the caller's language"},
            {"content", content("application/problem+json", "Problem")}}}};
}

Json security(const Route& route) {
  if (route.need == Need::nothing) return Json::array();
  return Json::array({Json{{"session", Json::array()}}, Json{{"token", Json::array()}}});
}

Json shared_parameters() {
  auto header = [](const char* name, bool required, const char* about) {
    return Json{{"name", name},
                {"in", "header"},
                {"required", required},
                {"description", about},
                {"schema", {{"type", "string"}}}};
  };
  return {{"lang",
           {{"name", "lang"},
            {"in", "query"},
            {"description", "language of labels and messages; else Accept-Language"},
            {"schema", {{"type", "string"}, {"enum", {"zh-Hans", "zh-Hant", "en"}}}}}},
          {"ifMatch", header("If-Match", true, "the version that is changed, as in ETag")},
          {"idempotencyKey", header("Idempotency-Key", false, "the same key gives the same record again")},
          {"uploadOffset", header("Upload-Offset", true, "where these bytes begin")}};
}

}  // namespace

Json openapi_document(const std::vector<Route>& table) {
  Json paths = Json::object();
  for (const auto& route : table) {
    Json operation{{"operationId", route.operation},
                   {"summary", route.summary},
                   {"parameters", parameters(route)},
                   {"responses", responses(route)},
                   {"security", security(route)}};
    if (auto body = request_body(route); !body.is_null()) operation["requestBody"] = std::move(body);
    paths[route.path][lowered(route.method)] = std::move(operation);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Lantai"},
            {"version", "1"},
            {"license", {{"name", "GPL-3.0-or-later"}, {"identifier", "GPL-3.0-or-later"}}}}},
          {"servers", Json::array({Json{{"url", "/"}}})},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", openapi_schemas()},
            {"parameters", shared_parameters()},
            {"securitySchemes",
             {{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "lantai_session"}}},
              {"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace lantai::http
