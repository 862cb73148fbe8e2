// How is a declaration file read so that nothing in it goes unnoticed? Through MappingReader: every key is taken once,
// and what nobody took, or stands twice, is an error with file and line. Confined to one thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lantai/schema/label.h"

namespace lantai::schema {

// Throws invalid_argument `file:line: what`.
[[noreturn]] void fail_at(const std::string& place, std::string_view what);

// A node and where it stands, `file:line`.
struct Placed {
  YAML::Node node;
  std::string file;
  std::string place() const;
};

Placed parse_yaml(const std::string& file, const std::string& text);

std::string scalar(const Placed& value);
bool boolean(const Placed& value);
std::int64_t integer(const Placed& value);
double number(const Placed& value);
Label label(const Placed& value);  // [简体, 繁體, English]
std::vector<std::string> strings(const Placed& value);
std::vector<Placed> sequence(const Placed& value);
std::vector<std::pair<std::string, Placed>> mapping(const Placed& value);  // in order, no key twice

class MappingReader {
 public:
  explicit MappingReader(const Placed& mapping);

  std::optional<Placed> take(std::string_view key);
  Placed require(std::string_view key);
  std::string text(std::string_view key);  // empty when absent
  bool flag(std::string_view key, bool otherwise = false);
  std::optional<std::int64_t> whole(std::string_view key);
  Label optional_label(std::string_view key);
  std::vector<std::string> list(std::string_view key);  // empty when absent
  // Throws on the first key nobody took.
  void finish() const;
  const std::string& place() const { return place_; }

 private:
  struct Entry {
    std::string key;
    Placed value;
    bool taken = false;
  };
  std::vector<Entry> entries_;
  std::string place_;
};

}  // namespace lantai::schema
