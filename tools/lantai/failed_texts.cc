// lantai stats --failed: which files gave no text, and why.
#include <iostream>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "remote.h"
#include "texts.h"

namespace lantai::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kMost = 10'000;

OrderedJson line_of(const archive::FailedText& file) {
  return {{"digest", to_hex(file.digest)},
          {"record", file.summary.record},
          {"media_type", file.summary.media_type},
          {"error", {{"code", file.summary.error_code}, {"detail", file.summary.error_detail}}},
          {"attempts", file.summary.attempts}};
}

OrderedJson failed_files(const Shared& shared) {
  if (!shared.server.empty()) return Remote(shared).failed_texts(kMost);
  OrderedJson files = OrderedJson::array();
  for (const auto& file : shared.open(false)->texts().failed(kMost)) files.push_back(line_of(file));
  return files;
}

}  // namespace

int list_failed_texts(const Shared& shared) {
  const OrderedJson files = failed_files(shared);
  for (const auto& file : files) {
    if (shared.json) {
      std::cout << file.dump() << "\n";
    } else {
      std::cout << file["record"].get<std::string>() << "\t" << file["error"]["code"].get<std::string>() << "\t"
                << file["error"]["detail"].get<std::string>() << "\t" << file["digest"].get<std::string>() << "\n";
    }
  }
  if (!shared.json) std::cout << say(Text::failed_texts, shared.lang(), files.size()) << "\n";
  return kDone;
}

}  // namespace lantai::cli
