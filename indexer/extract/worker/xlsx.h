// What do a workbook's cells show (ECMA-376 part 1, 18)? Shared strings, numbers and dates as text. Thread-confined.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ooxml.h"

namespace lantai::extract::worker {

struct Sheet {
  std::string name;
  std::string part;
  bool hidden = false;
};

class Workbook {
 public:
  // The package must outlive it. Throws Fault damaged.
  Workbook(const Package& package, Report& report);

  const std::vector<Sheet>& sheets() const { return sheets_; }
  // Rows from the first that has a cell; gaps between cells are empty strings, empty rows are empty.
  using OnRow = std::function<void(const std::vector<std::string>&)>;
  void rows(const Sheet& sheet, const OnRow& on_row) const;

 private:
  void read_shared_strings(const std::string& part, Report& report);
  void read_styles(const std::string& part, Report& report);
  std::string cell_text(const pugi::xml_node& cell) const;

  const Package& package_;
  bool from_1904_ = false;
  std::vector<Sheet> sheets_;
  std::vector<std::string> strings_;
  enum class Show : std::uint8_t { number, date, time, date_time, percent };
  static Show show_for(unsigned format_id, std::string_view code);
  std::vector<Show> styles_;
};

}  // namespace lantai::extract::worker
