// What do drawings in Office documents say? DrawingML text (ECMA-376 part 1, 21.1.2) of slides, text boxes, SmartArt
// and charts, and comments beside them: paragraphs to lines, table rows to lines of cells. Thread-confined.
#pragma once

#include <string>

#include "ooxml.h"

namespace lantai::extract::worker {

std::string drawing_text(const Package& package, const std::string& part, Report& report);

// The same for what `part` refers to: charts, SmartArt, comments, and drawings with what they refer to.
std::string related_drawing_text(const Package& package, const std::string& part, Report& report, unsigned depth = 0);

}  // namespace lantai::extract::worker
