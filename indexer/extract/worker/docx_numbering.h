// Which number does Word put before this paragraph (ECMA-376 part 1, 17.9)? `第一条`, `（一）`, `1.2` are no text of
// the document but counted when it is shown. Keeps the counts: ask once for every paragraph, in order. Thread-confined.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "xml.h"

namespace lantai::extract::worker {

class DocxNumbering {
 public:
  // The parts numbering.xml and styles.xml; empty documents mean that nothing is numbered.
  DocxNumbering(const pugi::xml_document& numbering, const pugi::xml_document& styles);

  // With what stands between it and the text; empty for a paragraph without a number, or with a bullet.
  std::string label(const pugi::xml_node& paragraph);

 private:
  static constexpr std::size_t kLevels = 9;
  struct Level {
    std::uint32_t start = 1;
    std::string format = "decimal", text, gap = " ";
  };
  struct List {
    std::array<Level, kLevels> levels;
    std::array<std::uint32_t, kLevels> counts{};
    std::array<bool, kLevels> begun{};
  };
  struct Use {
    std::string list;  // abstractNumId
    std::map<std::size_t, std::uint32_t> restarts;
  };
  struct Place {
    std::string number;  // numId
    std::size_t level = 0;
  };

  void read_list(const pugi::xml_node& node);
  void read_use(const pugi::xml_node& node);
  Place place_of(const pugi::xml_node& paragraph_properties, unsigned depth = 0) const;
  static std::string written(const List& list, std::size_t level);

  std::map<std::string, List> lists_;
  std::map<std::string, Use> uses_;
  std::map<std::string, pugi::xml_node> styles_;  // into the caller's document
};

}  // namespace lantai::extract::worker
