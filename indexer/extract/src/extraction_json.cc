#include <nlohmann/json.hpp>

#include "lantai/base/error.h"
#include "lantai/extract/extraction.h"

namespace lantai::extract {
namespace {

using Json = nlohmann::ordered_json;

Json pages_to_json(const std::vector<PageText>& pages) {
  Json out = Json::array();
  for (const auto& page : pages) {
    Json item = {{"number", page.number}, {"text", page.text}};
    if (page.from_ocr) item["ocr"] = true;
    out.push_back(std::move(item));
  }
  return out;
}

std::vector<PageText> pages_from_json(const Json& json) {
  std::vector<PageText> pages;
  for (const auto& item : json) {
    pages.push_back(
        {item.at("number").get<std::uint32_t>(), item.at("text").get<std::string>(), item.value("ocr", false)});
  }
  return pages;
}

Json embedded_to_json(const Embedded& embedded) {
  Json item = {{"path", embedded.path},
               {"raw_name_hex", to_hex(embedded.raw_name)},
               {"media_type", embedded.media_type},
               {"size", embedded.size}};
  if (!embedded.pages.empty()) item["pages"] = pages_to_json(embedded.pages);
  if (!embedded.error.empty()) item["error"] = embedded.error;
  return item;
}

Embedded embedded_from_json(const Json& item) {
  Embedded embedded;
  embedded.path = item.at("path").get<std::string>();
  embedded.raw_name = from_hex(item.at("raw_name_hex").get<std::string>());
  embedded.media_type = item.at("media_type").get<std::string>();
  embedded.size = item.at("size").get<std::uint64_t>();
  if (item.contains("pages")) embedded.pages = pages_from_json(item.at("pages"));
  embedded.error = item.value("error", std::string());
  return embedded;
}

Extraction parse(std::string_view text) {
  const Json json = Json::parse(text);
  Extraction out;
  out.media_type = json.at("media_type").get<std::string>();
  out.format = json.at("format").get<std::string>();
  out.puid = json.value("puid", std::string());
  out.evidence = json.value("evidence", std::string());
  out.title = json.at("title").get<std::string>();
  for (const auto& [key, value] : json.at("metadata").items()) out.metadata[key] = value.get<std::string>();
  out.pages = pages_from_json(json.at("pages"));
  for (const auto& item : json.at("embedded")) out.embedded.push_back(embedded_from_json(item));
  for (const auto& item : json.at("warnings"))
    out.warnings.push_back({item.at("code").get<std::string>(), item.at("detail").get<std::string>()});
  if (const auto& error = json.at("error"); !error.is_null())
    out.failure = Failure{error.at("code").get<std::string>(), error.at("detail").get<std::string>()};
  return out;
}

}  // namespace

std::string to_json(const Extraction& extraction) {
  Json json;
  json["media_type"] = extraction.media_type;
  json["format"] = extraction.format;
  json["puid"] = extraction.puid;
  json["evidence"] = extraction.evidence;
  json["title"] = extraction.title;
  json["metadata"] = Json::object();
  for (const auto& [key, value] : extraction.metadata) json["metadata"][key] = value;
  json["pages"] = pages_to_json(extraction.pages);
  json["embedded"] = Json::array();
  for (const auto& embedded : extraction.embedded) json["embedded"].push_back(embedded_to_json(embedded));
  json["warnings"] = Json::array();
  for (const auto& warning : extraction.warnings)
    json["warnings"].push_back({{"code", warning.code}, {"detail", warning.detail}});
  json["error"] = nullptr;
  if (extraction.failure) json["error"] = {{"code", extraction.failure->code}, {"detail", extraction.failure->detail}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Extraction from_json(std::string_view json) {
  try {
    return parse(json);
  } catch (const Json::exception& problem) {
    throw Error(ErrorCode::data_loss, std::string("not an extraction: ") + problem.what());
  } catch (const Error& problem) {
    throw Error(ErrorCode::data_loss, "not an extraction: " + problem.message());
  }
}

}  // namespace lantai::extract
