// What do a workbook's cells show (ECMA-376 part 1, 18)? Shared strings, numbers and dates as text. Thread-confined.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "number_format.h"
#include "ooxml.h"

namespace lantai::extract::worker {

struct Sheet {
  std::string name;
  std::string part;
  bool hidden = false;
};

// For people as the sheet shows them; for records as values: dates in ISO order, numbers without separators.
enum class Cells : std::uint8_t { as_shown, as_values };

class Workbook {
 public:
  // The package must outlive it. Throws Fault damaged.
  Workbook(const Package& package, Report& report, Cells cells);

  const std::vector<Sheet>& sheets() const { return sheets_; }
  // Rows from the first that has a cell; gaps between cells are empty strings, empty rows are empty.
  using OnRow = std::function<void(const std::vector<std::string>&)>;
  void rows(const Sheet& sheet, const OnRow& on_row) const;
  // Lines of what is printed above and below.
  std::string page_furniture(const Sheet& sheet) const;

 private:
  void read_shared_strings(const std::string& part, Report& report);
  void read_styles(const std::string& part, Report& report);
  std::string cell_text(const pugi::xml_node& cell) const;
  std::string number_text(double value, unsigned style) const;

  const Package& package_;
  bool from_1904_ = false;
  std::vector<Sheet> sheets_;
  std::vector<std::string> strings_;
  const Cells cells_;
  std::vector<NumberFormat> styles_;
};

}  // namespace lantai::extract::worker
