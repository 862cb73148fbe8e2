#include "lantai/extract/page_layout.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

using nlohmann::json;

constexpr double kUnit = 10'000;  // stored boxes are whole numbers of it

bool on_one_line(const Box& line, const Box& next) {
  const double middle = (next.top + next.bottom) / 2;
  return middle > line.top && middle < line.bottom && next.right > line.left;
}

void widen(Box& line, const Box& by) {
  line = {std::min(line.left, by.left), std::min(line.top, by.top), std::max(line.right, by.right),
          std::max(line.bottom, by.bottom)};
}

int stored(double fraction) { return static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kUnit + 0.5); }

}  // namespace

std::string PageLayout::text() const {
  std::string text;
  for (const auto& character : characters) text.append(character.text).append(character.after);
  return text;
}

std::vector<Box> PageLayout::boxes(std::size_t begin, std::size_t end) const {
  std::vector<Box> lines;
  std::size_t at = 0;
  bool line_ended = true;
  for (const auto& character : characters) {
    if (at >= end) break;
    const std::size_t text_end = at + character.text.size();
    if (text_end > begin) {
      if (line_ended || !on_one_line(lines.back(), character.box)) {
        lines.push_back(character.box);
      } else {
        widen(lines.back(), character.box);
      }
      line_ended = character.after == "\n";
    }
    at = text_end + character.after.size();
  }
  return lines;
}

Bytes to_cbor(const PageLayout& layout) {
  json characters = json::array();
  for (const auto& [text, after, box, confidence] : layout.characters) {
    characters.push_back(
        {text, after, stored(box.left), stored(box.top), stored(box.right), stored(box.bottom), confidence});
  }
  return json::to_cbor(json{{"ocr", layout.from_ocr}, {"characters", std::move(characters)}});
}

PageLayout page_layout_from_cbor(ByteView bytes) {
  try {
    const json read = json::from_cbor(bytes.begin(), bytes.end());
    PageLayout layout;
    layout.from_ocr = read.at("ocr");
    for (const auto& one : read.at("characters")) {
      const auto fraction = [&one](std::size_t index) { return one.at(index).get<int>() / kUnit; };
      layout.characters.push_back(
          {one.at(0), one.at(1), {fraction(2), fraction(3), fraction(4), fraction(5)}, one.at(6)});
    }
    return layout;
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("the layout of a page is not readable: ") + error.what());
  }
}

}  // namespace lantai::extract
