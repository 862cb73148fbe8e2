#include "call.h"

#include <algorithm>

namespace lantai::http {
namespace {

constexpr int kMaxDepth = 64;

[[noreturn]] void bad_member(const std::string& name, const char* rule, const char* kind) {
  throw Error("bad member " + name, {FieldProblem{name, rule, {{"kind", kind}, {"name", name}}}});
}

const Json* member(const Json& object, const std::string& name) {
  if (!object.is_object()) throw Error(ErrorCode::invalid_argument, "not an object", "request.bad_json");
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Response response_of(int status, std::string body) {
  Response response;
  response.status = status;
  response.set("Content-Type", "application/json; charset=utf-8");
  response.body = std::move(body);
  return response;
}

}  // namespace

void forbid() { throw Error(ErrorCode::permission_denied, "of another role", "auth.forbidden"); }

std::string_view cookie(const Headers& headers, std::string_view name) {
  for (const auto& [field, value] : headers.all()) {
    if (field != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto one = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
      if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) return one.substr(name.size() + 1);
    }
  }
  return {};
}

std::string media_type(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ')) value.remove_suffix(1);
  std::string type(value);
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

Response json_response(int status, const Json& body) {
  return response_of(status, body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Response written_response(int status, JsonText body) { return response_of(status, body.take()); }

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Json parse_json(std::string_view text) {
  try {
    return Json::parse(text, [](int depth, Json::parse_event_t, const Json&) {
      // Deep nesting is an attack on whoever walks the value recursively.
      if (depth > kMaxDepth) throw Error(ErrorCode::invalid_argument, "JSON nested too deeply", "request.bad_json");
      return true;
    });
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::invalid_argument, std::string("bad JSON: ") + error.what(), "request.bad_json");
  }
}

std::string text_member(const Json& object, const std::string& name, std::optional<std::string> otherwise) {
  const auto* value = member(object, name);
  if (value == nullptr && otherwise) return *std::move(otherwise);
  if (value == nullptr) bad_member(name, "field.required", "text");
  if (!value->is_string()) bad_member(name, "field.wrong_kind", "text");
  return value->get<std::string>();
}

bool flag_member(const Json& object, const std::string& name, bool otherwise) {
  const auto* value = member(object, name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) bad_member(name, "field.wrong_kind", "boolean");
  return value->get<bool>();
}

std::uint64_t number_member(const Json& object, const std::string& name, std::optional<std::uint64_t> otherwise) {
  const auto* value = member(object, name);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) bad_member(name, "field.required", "integer");
  if (!value->is_number_unsigned()) bad_member(name, "field.wrong_kind", "integer");
  return value->get<std::uint64_t>();
}

}  // namespace lantai::http
