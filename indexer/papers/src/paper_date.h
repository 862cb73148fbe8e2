// Where does a line say a day? In Arabic or Chinese numerals, with what OCR makes of them. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "paper_line.h"

namespace lantai::papers {

struct PaperDate {
  std::size_t begin = 0, end = 0;  // of the folded line
  std::string date;                // 2021-03-05
};
// The last one; only days that exist.
std::optional<PaperDate> last_date(const Line& line);

}  // namespace lantai::papers
