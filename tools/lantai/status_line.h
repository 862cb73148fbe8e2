// How does an operator see that something goes on? One line on standard error, written over; nothing where that is no
// terminal. Thread-confined.
#pragma once

#include <cstdint>
#include <string_view>

namespace lantai::cli {

class StatusLine {
 public:
  StatusLine();
  ~StatusLine() { clear(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  bool shown() const { return terminal_; }
  void show(std::string_view text);
  // A bar before the text; a `total` below `done` counts as reached.
  void show(std::uint64_t done, std::uint64_t total, std::string_view text);
  // Before anything else is written to the terminal.
  void clear();

 private:
  const bool terminal_;
  bool written_ = false;
};

}  // namespace lantai::cli
