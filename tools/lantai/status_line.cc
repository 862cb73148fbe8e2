#include "status_line.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

namespace lantai::cli {

StatusLine::StatusLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

void StatusLine::show(std::string_view text) {
  if (!terminal_) return;
  clear();
  std::cerr << text << std::flush;
  written_ = true;
}

void StatusLine::show(std::uint64_t done, std::uint64_t total, std::string_view text) {
  constexpr std::uint64_t kWidth = 30;
  const auto filled = kWidth * std::min(done, total) / std::max(total, std::uint64_t{1});
  show("[" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "] " + std::string(text));
}

void StatusLine::clear() {
  if (written_) std::cerr << "\r\033[K" << std::flush;  // back to the begin, erase to the end
  written_ = false;
}

}  // namespace lantai::cli
