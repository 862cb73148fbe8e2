// Where in the picture of a line does each of its characters stand? The models of OCR know the order of characters well
// and their places only to half a character. The ink of the line is exact: it is cut where there are wide gaps, and
// each piece is shared out among its characters by their width, since Han characters stand at equal distances.
// Thread-compatible.
#pragma once

#include <string>
#include <vector>

#include "image.h"

namespace lantai::extract::worker {

struct PixelBox {
  int left = 0, top = 0, right = 0, bottom = 0;
};

struct LineCharacter {
  std::string text;
  double middle = 0;  // about where, in pixels
};

// Places for the characters, in their order. Costs a look at each pixel of the line.
std::vector<PixelBox> place_in_line(const Image& image, const PixelBox& line,
                                    const std::vector<LineCharacter>& characters);

}  // namespace lantai::extract::worker
