#include "docx_numbering.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// The `index`-th character of a text of Han characters.
std::string han(std::string_view characters, std::size_t index) { return std::string(characters.substr(index * 3, 3)); }

// 一百零五, 二十三, 十
std::string chinese(std::uint32_t value, std::string_view digits, std::string_view units) {
  if (value == 0 || value > 9999) return std::to_string(value);
  std::string text;
  bool zero = false;
  for (std::size_t place = 4; place-- > 0;) {
    std::uint32_t unit = 1;
    for (std::size_t i = 0; i < place; ++i) unit *= 10;
    const auto digit = value / unit % 10;
    if (digit == 0) {
      zero = !text.empty();
      continue;
    }
    if (zero) text += han(digits, 0);
    zero = false;
    const bool plain_ten = place == 1 && digit == 1 && text.empty();
    if (!plain_ten) text += han(digits, digit);
    if (place > 0) text += han(units, place - 1);
  }
  return text;
}

std::string roman(std::uint32_t value) {
  constexpr std::array<std::pair<std::uint32_t, const char*>, 13> kParts = {{{1000, "M"},
                                                                             {900, "CM"},
                                                                             {500, "D"},
                                                                             {400, "CD"},
                                                                             {100, "C"},
                                                                             {90, "XC"},
                                                                             {50, "L"},
                                                                             {40, "XL"},
                                                                             {10, "X"},
                                                                             {9, "IX"},
                                                                             {5, "V"},
                                                                             {4, "IV"},
                                                                             {1, "I"}}};
  if (value > 3999) return std::to_string(value);
  std::string text;
  for (const auto& [part, letters] : kParts)
    for (; value >= part; value -= part) text += letters;
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// 17.18.59; what is not listed counts in digits.
std::string in_format(std::uint32_t value, std::string_view format) {
  constexpr std::string_view kStems = "甲乙丙丁戊己庚辛壬癸", kBranches = "子丑寅卯辰巳午未申酉戌亥";
  if (format == "bullet" || format == "none") return {};
  if (format.find("LegalSimplified") != std::string_view::npos) return chinese(value, "零壹贰叁肆伍陆柒捌玖", "拾佰仟");
  if (format.find("Counting") != std::string_view::npos || format == "chineseCountingThousand")
    return chinese(value, "零一二三四五六七八九", "十百千");
  if (format == "ideographTraditional" && value >= 1 && value <= 10) return han(kStems, value - 1);
  if (format == "ideographZodiac" && value >= 1 && value <= 12) return han(kBranches, value - 1);
  if (format.substr(0, 21) == "decimalEnclosedCircle" && value >= 1 && value <= 20) {
    std::string circle;
    append_utf8(circle, U'①' + value - 1);
    return circle;
  }
  if (format == "upperRoman") return roman(value);
  if (format == "lowerRoman") return lower(roman(value));
  const bool letters = (format == "upperLetter" || format == "lowerLetter") && value >= 1 && value <= 780;
  if (!letters) return std::to_string(value);
  const std::string text((value - 1) / 26 + 1, static_cast<char>('A' + (value - 1) % 26));
  return format == "upperLetter" ? text : lower(text);
}

std::uint32_t value_of(const pugi::xml_node& parent, std::string_view name, std::uint32_t otherwise) {
  const auto text = attribute(child(parent, name), "val");
  return text.empty() ? otherwise : static_cast<std::uint32_t>(std::strtoul(std::string(text).c_str(), nullptr, 10));
}

}  // namespace

DocxNumbering::DocxNumbering(const pugi::xml_document& numbering, const pugi::xml_document& styles) {
  for (const auto& node : numbering.document_element().children()) {
    if (is_named(node, "abstractNum")) read_list(node);
    if (is_named(node, "num")) read_use(node);
  }
  for (const auto& node : styles.document_element().children())
    if (is_named(node, "style")) styles_[std::string(attribute(node, "styleId"))] = node;
}

void DocxNumbering::read_list(const pugi::xml_node& node) {
  List& list = lists_[std::string(attribute(node, "abstractNumId"))];
  for (const auto& given : node.children()) {
    const auto index = given.attribute("w:ilvl").as_uint(kLevels);
    if (!is_named(given, "lvl") || index >= kLevels) continue;
    Level& level = list.levels.at(index);
    level.start = value_of(given, "start", 1);
    if (const auto format = attribute(child(given, "numFmt"), "val"); !format.empty()) level.format = format;
    level.text = to_valid_utf8(attribute(child(given, "lvlText"), "val"));
    if (attribute(child(given, "suff"), "val") == "nothing") level.gap.clear();
  }
}

void DocxNumbering::read_use(const pugi::xml_node& node) {
  Use& use = uses_[std::string(attribute(node, "numId"))];
  use.list = attribute(child(node, "abstractNumId"), "val");
  for (const auto& change : node.children()) {
    const auto index = change.attribute("w:ilvl").as_uint(kLevels);
    if (is_named(change, "lvlOverride") && index < kLevels && child(change, "startOverride"))
      use.restarts[index] = value_of(change, "startOverride", 1);
  }
}

// From the paragraph itself, else from its style and what that is based on.
DocxNumbering::Place DocxNumbering::place_of(const pugi::xml_node& paragraph_properties, unsigned depth) const {
  constexpr unsigned kDeepest = 10;
  const auto given = child(paragraph_properties, "numPr");
  Place place;
  if (const auto number = attribute(child(given, "numId"), "val"); !number.empty()) {
    place.number = number;
    place.level = value_of(given, "ilvl", 0);
    return place;
  }
  const auto style = styles_.find(std::string(attribute(child(paragraph_properties, "pStyle"), "val")));
  if (style == styles_.end() || depth == kDeepest) return place;
  place = place_of(child(style->second, "pPr"), depth + 1);
  if (place.number.empty()) {
    const auto base = styles_.find(std::string(attribute(child(style->second, "basedOn"), "val")));
    if (base != styles_.end()) place = place_of(child(base->second, "pPr"), depth + 1);
  }
  if (given) place.level = value_of(given, "ilvl", 0);
  return place;
}

std::string DocxNumbering::label(const pugi::xml_node& paragraph) {
  const auto place = place_of(child(paragraph, "pPr"));
  const auto use = uses_.find(place.number);
  if (use == uses_.end() || place.level >= kLevels) return {};
  const auto found = lists_.find(use->second.list);
  if (found == lists_.end()) return {};
  List& list = found->second;
  const auto restart = use->second.restarts.find(place.level);
  if (restart != use->second.restarts.end()) {
    list.counts.at(place.level) = restart->second;
    use->second.restarts.erase(restart);
  } else {
    auto& count = list.counts.at(place.level);
    count = list.begun.at(place.level) ? count + 1 : list.levels.at(place.level).start;
  }
  list.begun.at(place.level) = true;
  std::fill(list.begun.begin() + static_cast<std::ptrdiff_t>(place.level) + 1, list.begun.end(), false);
  return written(list, place.level);
}

// `%1.%2` with the counts of the levels put in.
std::string DocxNumbering::written(const List& list, std::size_t level) {
  const Level& own = list.levels.at(level);
  if (own.format == "bullet" || own.text.empty()) return {};
  std::string text;
  for (std::size_t at = 0; at < own.text.size(); ++at) {
    const bool place =
        own.text[at] == '%' && at + 1 < own.text.size() && own.text[at + 1] >= '1' && own.text[at + 1] <= '9';
    if (!place) {
      text += own.text[at];
      continue;
    }
    const auto other = static_cast<std::size_t>(own.text[++at] - '1');
    const auto& of = list.levels.at(other);
    text += in_format(list.begun.at(other) ? list.counts.at(other) : of.start, of.format);
  }
  return text + own.gap;
}

}  // namespace lantai::extract::worker
