// Files that gave no text, for those who run the system.
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

Response list_failed_texts(Call& call) {
  Json list = Json::array();
  for (const auto& [digest, summary] : call.app().texts().failed(call.query.number("limit", 100, 1, 10'000))) {
    list.push_back({{"digest", to_hex(digest)},
                    {"record", summary.record},
                    {"media_type", summary.media_type},
                    {"error", {{"code", summary.error_code}, {"detail", summary.error_detail}}},
                    {"attempts", summary.attempts}});
  }
  return json_response(200, {{"files", std::move(list)}});
}

}  // namespace

void add_failed_text_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/extraction/failed",
                   .operation = "listFailedTexts",
                   .summary = "Files that could not be read, with the reason and the record that first brought them",
                   .need = Need::administrator,
                   .query = {{"limit", ParameterKind::integer, "1 to 10,000"}},
                   .answer_schema = "FailedTexts",
                   .handle = list_failed_texts});
}

}  // namespace lantai::http
