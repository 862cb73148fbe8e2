// Where do log lines go? To standard error, one line an event, through spdlog, which no other header shows.
// Never pass secrets, passwords, tokens or file content.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace lantai::log {

enum class Level { debug, info, warning, error };

void set_level(Level level);
void write(Level level, std::string_view line);  // thread-safe

template <typename... A>
void info(fmt::format_string<A...> format, A&&... a) {
  write(Level::info, fmt::format(format, std::forward<A>(a)...));
}
template <typename... A>
void warning(fmt::format_string<A...> format, A&&... a) {
  write(Level::warning, fmt::format(format, std::forward<A>(a)...));
}
template <typename... A>
void error(fmt::format_string<A...> format, A&&... a) {
  write(Level::error, fmt::format(format, std::forward<A>(a)...));
}
template <typename... A>
void debug(fmt::format_string<A...> format, A&&... a) {
  write(Level::debug, fmt::format(format, std::forward<A>(a)...));
}

}  // namespace lantai::log
