#include "line_places.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

using Piece = std::pair<int, int>;  // columns [first, last)

constexpr unsigned kDark = 128;  // and darker
// Of the line's height. Characters stand closer, columns of a table farther apart.
constexpr double kWideGap = 0.9;

// Which columns of the line hold ink.
std::vector<bool> inked_columns(Pix* pix, const PixelBox& line) {
  std::vector<bool> inked(static_cast<std::size_t>(std::max(0, line.right - line.left)), false);
  for (int x = line.left; x < line.right; ++x) {
    for (int y = line.top; y < line.bottom && !inked[static_cast<std::size_t>(x - line.left)]; ++y) {
      l_uint32 value = 255;
      inked[static_cast<std::size_t>(x - line.left)] = pixGetPixel(pix, x, y, &value) == 0 && value < kDark;
    }
  }
  return inked;
}

std::vector<Piece> pieces_of(const std::vector<bool>& inked, int left, double wide) {
  std::vector<Piece> pieces;
  for (int i = 0; i < static_cast<int>(inked.size()); ++i) {
    if (!inked[static_cast<std::size_t>(i)]) continue;
    const int x = left + i;
    if (pieces.empty() || x - pieces.back().second > wide) pieces.emplace_back(x, x);
    pieces.back().second = x + 1;
  }
  return pieces;
}

double width_of(const std::string& text) {
  std::size_t at = 0;
  const char32_t first = next_code_point(text, at);
  return first < 0x2E80 ? 1.0 : 2.0;
}

std::size_t nearest(const std::vector<Piece>& pieces, double x) {
  const auto distance = [x](const Piece& piece) {
    return std::max({0.0, piece.first - x, x - static_cast<double>(piece.second)});
  };
  const auto found = std::min_element(pieces.begin(), pieces.end(), [&](const Piece& one, const Piece& other) {
    return distance(one) < distance(other);
  });
  return static_cast<std::size_t>(found - pieces.begin());
}

}  // namespace

std::vector<PixelBox> place_in_line(const Image& image, const PixelBox& line,
                                    const std::vector<LineCharacter>& characters) {
  const PixelBox within{std::max(0, line.left), std::max(0, line.top), std::min(image.width(), line.right),
                        std::min(image.height(), line.bottom)};
  auto pieces = pieces_of(inked_columns(image.get(), within), within.left, kWideGap * (within.bottom - within.top));
  if (pieces.empty()) pieces.emplace_back(within.left, within.right);
  std::vector<std::vector<std::size_t>> members(pieces.size());
  std::size_t last = 0;  // characters and pieces are both in order
  for (std::size_t i = 0; i < characters.size(); ++i) {
    last = std::max(last, nearest(pieces, characters[i].middle));
    members[last].push_back(i);
  }
  std::vector<PixelBox> places(characters.size(), within);
  for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
    double whole = 0, before = 0;
    for (const std::size_t i : members[piece]) whole += width_of(characters[i].text);
    const auto at = [&, first = pieces[piece].first, length = pieces[piece].second - pieces[piece].first](double part) {
      return first + static_cast<int>(std::lround(length * part / whole));
    };
    for (const std::size_t i : members[piece]) {
      places[i].left = at(before);
      before += width_of(characters[i].text);
      places[i].right = at(before);
    }
  }
  return places;
}

}  // namespace lantai::extract::worker
