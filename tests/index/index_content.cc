#include "index/index_content.h"

#include <set>

namespace lantai::index::testing {

Content content_of(const Snapshot& snapshot) {
  Content content;
  const auto key = [&](const DocumentEntry& entry) {
    return snapshot.columns->types().at(entry.type) + "/" + entry.id;
  };
  std::map<std::string, std::map<std::string, std::uint32_t>> postings;
  for (const auto& segment : snapshot.segments) {
    const auto reader = segment->reader();
    std::set<std::string> terms;
    reader->each_term("", [&](const std::string& term) {
      terms.insert(term);
      return true;
    });
    for (const auto& term : terms) {
      const auto cursor = reader->open(term);
      for (; cursor->doc() != kNoDoc; cursor->next()) {
        const auto& entry = snapshot.columns->at(cursor->doc());
        if (snapshot.alive(entry, snapshot.state)) postings[term][key(entry)] = cursor->wdf();
      }
    }
  }
  for (const auto& [term, records] : postings) {
    std::string& line = content["term " + term];
    for (const auto& [record, wdf] : records) line += record + "=" + std::to_string(wdf) + " ";
  }
  for (DocId doc = 1; doc < snapshot.end; ++doc) {
    const auto& entry = snapshot.columns->at(doc);
    if (entry.id.empty() || !snapshot.alive(entry, snapshot.state)) continue;
    std::string& line = content["record " + key(entry)];
    line = std::to_string(entry.version) + "|" + entry.code_key + "|" + entry.date + "|" +
           std::to_string(snapshot.columns->length(doc).terms()) + "|" +
           std::string(snapshot.text(doc, std::chrono::steady_clock::now()).value()) + "|";
    for (const auto& term : snapshot.columns->access_set(snapshot.columns->standing(doc).access())) line += term + ",";
    for (const auto& name : snapshot.columns->field_names()) {
      const auto* column = snapshot.columns->find_field(name);
      column->each(doc, [&](std::uint32_t value) { line += "|" + name + "=" + column->dictionary().at(value); });
    }
  }
  return content;
}

}  // namespace lantai::index::testing
