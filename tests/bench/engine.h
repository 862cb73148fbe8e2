// One engine that indexes and finds the same texts as the others. Thread-confined.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lantai::bench {

struct Row {
  std::string id, source, date, title, body;
};

// Phrases that all must occur; pieces of Han characters.
using Query = std::vector<std::string>;

// As query parsers take it: "…" AND "…"
inline std::string joined(const Query& query) {
  std::string text;
  for (const auto& phrase : query) text += (text.empty() ? "\"" : " AND \"") + phrase + "\"";
  return text;
}

class Engine {
 public:
  virtual ~Engine() = default;
  virtual void prepare(const std::vector<Row>&) {}       // what is not measured
  virtual void index(const std::vector<Row>& rows) = 0;  // durable and merged on return
  virtual void open() = 0;                               // for searching
  virtual std::size_t find(const Query& query) = 0;      // the ten best; how many of them there were
  virtual bool rebuild() { return false; }  // when it is open: as index(), from what it keeps; false: cannot
  virtual std::size_t count_facets(const std::string&) { return 0; }  // of matches of a phrase in two fields; 0: cannot
};

// Engines keep what they make in `directory`, and nothing else there.
std::unique_ptr<Engine> make_lantai(const std::filesystem::path& directory);
// Xapian's TermGenerator and QueryParser with CJK n-grams and positions; facets with ValueCountMatchSpy.
std::unique_ptr<Engine> make_xapian_ngrams(const std::filesystem::path& directory);
// SQLite FTS5 with its trigram tokenizer. Phrases need three characters.
std::unique_ptr<Engine> make_sqlite_trigrams(const std::filesystem::path& directory);
// Groonga's TokenBigram with NormalizerAuto, built after loading. nullptr: not built in.
std::unique_ptr<Engine> make_groonga(const std::filesystem::path& directory);

}  // namespace lantai::bench
