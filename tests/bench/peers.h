// What do other engines from Debian take for the same texts? The same rows are indexed, committed and asked.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lantai::bench {

struct Row {
  std::string id, source, date, title, body;
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual void index(const std::vector<Row>& rows) = 0;     // durable on return
  virtual std::size_t phrase(const std::string& text) = 0;  // the ten best; how many there were of them
};

// Xapian's TermGenerator and QueryParser with CJK n-grams and positions.
std::unique_ptr<Peer> make_xapian_ngrams(const std::filesystem::path& directory);
// SQLite FTS5 with its trigram tokenizer. Phrases need three characters.
std::unique_ptr<Peer> make_sqlite_trigrams(const std::filesystem::path& directory);

}  // namespace lantai::bench
