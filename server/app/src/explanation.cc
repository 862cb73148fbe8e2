#include "lantai/app/explanation.h"

namespace lantai::app {
namespace {

std::string shown(const search::ExplainedPart& part) {
  return part.field.empty() ? part.text : part.field + ":" + part.text;
}

void add_files(const std::vector<ExplainedFile>& files, std::vector<Reason>& reasons) {
  for (const auto& file : files) {
    if (file.state == archive::TextState::waiting) {
      reasons.push_back({"explain.text_waiting", file.name});
    } else if (file.state == archive::TextState::failed) {
      reasons.push_back({"explain.text_failed", file.name});
    } else if (file.characters == 0) {
      reasons.push_back({"explain.no_text", file.name});
    }
  }
}

void add_parts(const search::Explanation& index, std::vector<Reason>& reasons) {
  for (const auto& field : index.failed_filters) reasons.push_back({"explain.filter", field});
  for (const auto& part : index.parts) {
    if (part.excluded && part.held) {
      reasons.push_back({"explain.excluded", shown(part)});
    } else if (!part.excluded && !part.held) {
      std::string missing;
      for (const auto& one : part.missing) missing += (missing.empty() ? "" : " ") + one;
      reasons.push_back({"explain.part_missing",
                         missing.empty() || missing == part.text ? shown(part) : shown(part) + " (" + missing + ")"});
    }
  }
}

}  // namespace

FoundOrNot conclude(const records::Record& record, std::vector<ExplainedFile> files, search::Explanation index,
                    std::uint64_t position) {
  FoundOrNot out;
  out.version = record.version;
  out.position = position;
  const bool current = index.version == record.version;
  out.found = index.version.has_value() && index.visible && (index.matches || index.by_any_part || index.by_sound) &&
              index.failed_filters.empty() && !index.text_damaged;
  if (out.found) {
    out.reasons.push_back({index.matches    ? "explain.found"
                           : index.by_sound ? "explain.found_by_sound"
                                            : "explain.found_by_any_part",
                           ""});
    if (!index.matches) add_parts(index, out.reasons);
  } else {
    if (!index.version) {
      out.reasons.push_back({"explain.not_indexed", ""});
    } else {
      if (!current) out.reasons.push_back({"explain.older_version", std::to_string(*index.version)});
      if (index.text_damaged) out.reasons.push_back({"explain.text_damaged", ""});
      if (!index.visible) out.reasons.push_back({"explain.not_visible", ""});
      add_parts(index, out.reasons);
    }
    add_files(files, out.reasons);
  }
  out.files = std::move(files);
  out.index = std::move(index);
  return out;
}

schema::Json to_json(const FoundOrNot& explained) {
  using schema::Json;
  const auto& index = explained.index;
  Json parts = Json::array(), files = Json::array();
  for (const auto& part : index.parts) {
    parts.push_back({{"text", part.text},
                     {"field", part.field},
                     {"excluded", part.excluded},
                     {"held", part.held},
                     {"missing", part.missing}});
  }
  for (const auto& file : explained.files) {
    files.push_back({{"number", file.number},
                     {"name", file.name},
                     {"state", archive::name(file.state)},
                     {"characters", file.characters},
                     {"error", file.error_code}});
  }
  return {{"found", explained.found},
          {"version", explained.version},
          {"indexed_version", index.version ? Json(*index.version) : Json()},
          {"position", explained.position},
          {"indexed_position", index.position},
          {"visible", index.visible},
          {"parts", std::move(parts)},
          {"failed_filters", index.failed_filters},
          {"files", std::move(files)}};
}

}  // namespace lantai::app
