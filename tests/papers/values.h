// What was read, by element.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lantai/papers/official_document.h"

namespace lantai::papers::test {

using Values = std::map<std::string, std::vector<std::string>>;

inline Values values_of(const std::vector<Element>& elements) {
  Values values;
  for (const auto& one : elements) values[std::string(name(one.kind))].push_back(one.value);
  return values;
}

inline std::vector<Element> read(const std::vector<std::string>& texts) {
  std::vector<Page> pages;
  for (const auto& text : texts) pages.push_back({static_cast<std::uint32_t>(pages.size() + 1), text});
  return read_official_document(pages);
}

}  // namespace lantai::papers::test
