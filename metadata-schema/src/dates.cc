// Dates as people and papers write them.
#include <fmt/format.h>

#include <array>

#include "fold.h"
#include "lantai/base/time.h"
#include "lantai/schema/schema.h"

namespace lantai::schema {
namespace {

constexpr std::size_t kMaxWritten = 64;

int han_digit(char32_t c) {
  constexpr std::u32string_view kDigits = U"零一二三四五六七八九";
  if (c == U'〇' || c == U'○' || c == U'Ｏ' || c == U'O') return 0;
  const auto at = kDigits.find(c);
  return at == std::u32string_view::npos ? -1 : static_cast<int>(at);
}

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

// 十 → 10, 十五 → 15, 二十 → 20, 三十一 → 31, 廿三 → 23; otherwise digit by digit: 二〇二一 → 2021.
std::string han_number(const std::u32string& run) {
  const auto ten = run.find_first_of(U"十廿卅");
  if (ten == std::u32string::npos) {
    std::string digits;
    for (const auto c : run) digits += static_cast<char>('0' + han_digit(c));
    return digits;
  }
  int tens = run[ten] == U'廿' ? 2 : run[ten] == U'卅' ? 3 : ten == 0 ? 1 : han_digit(run[ten - 1]);
  const int ones = ten + 1 < run.size() ? han_digit(run[ten + 1]) : 0;
  return run.size() > 3 || tens < 0 || ones < 0 ? "?" : std::to_string(tens * 10 + ones);
}

// Full-width and Han digits become ASCII, white space goes.
std::u32string plain(std::string_view written) {
  std::u32string result, han;
  const auto flush = [&] {
    if (!han.empty())
      for (const char c : han_number(han)) result.push_back(static_cast<unsigned char>(c));
    han.clear();
  };
  for (auto c : code_points(written)) {
    c = narrow(c);
    if (han_digit(c) >= 0 || c == U'十' || c == U'廿' || c == U'卅') {
      han.push_back(c);
      continue;
    }
    flush();
    result.push_back(c);
  }
  flush();
  return result;
}

struct Parts {
  std::array<std::string, 3> number;
  std::size_t count = 0;
  bool ok = true;
};

// Runs of digits between the separators people use; anything else is not a date.
Parts split(const std::u32string& text) {
  if (text.empty() || !is_digit(text.front())) return {{}, 0, false};
  Parts parts;
  bool in_number = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = text[i];
    if (is_digit(c)) {
      if (!in_number && ++parts.count > 3) return {{}, 0, false};
      in_number = true;
      parts.number[parts.count - 1].push_back(static_cast<char>(c));
    } else if (std::u32string_view(U"-/.年月日号號–—－． ").find(c) != std::u32string_view::npos) {
      in_number = false;
    } else {
      return {{}, 0, false};
    }
  }
  return parts;
}

std::optional<std::string> assemble(const std::string& year, const std::string& month, const std::string& day) {
  if (year.size() != 4 || year < "0001" || month.size() > 2 || day.size() > 2) return std::nullopt;
  if (month.empty()) return year;
  const int m = std::stoi(month);
  if (m < 1 || m > 12) return std::nullopt;
  if (day.empty()) return fmt::format("{}-{:02}", year, m);
  auto date = fmt::format("{}-{:02}-{:02}", year, m, std::stoi(day));
  if (!parse_date(date)) return std::nullopt;
  return date;
}

// A time of day that a spreadsheet put behind a date: ` 00:00:00`, `T00:00:00Z`.
std::u32string without_midnight(std::u32string text) {
  const auto colon = text.find(U':');
  if (colon == std::u32string::npos) return text;
  const auto start = text.find_last_of(U" T", colon);
  if (start == std::u32string::npos || start == 0) return text;
  if (text.substr(start + 1).find_first_not_of(U"0:.Z") != std::u32string::npos) return text;
  return text.substr(0, start);
}

// What an archivist inferred stands in brackets and is kept as it was written: [19450815], [1945?], [194-].
std::optional<std::string> bracketed(std::string_view written) {
  std::string kept;
  for (auto c : code_points(written)) {
    c = narrow(c);
    if (c == U'【' || c == U'〔') c = U'[';
    if (c == U'】' || c == U'〕') c = U']';
    if (!is_space(c)) append_utf8(kept, c);
  }
  if (kept.size() < 6 || kept.size() > 14 || kept.front() != '[' || kept.back() != ']') return std::nullopt;
  const auto inner = std::string_view(kept).substr(1, kept.size() - 2);
  if (inner.find_first_not_of("0123456789-?.") != std::string_view::npos || inner[0] < '0' || inner[0] > '9')
    return std::nullopt;
  return kept;
}

}  // namespace

std::optional<std::string> normalise_date(std::string_view written, bool uncertain) {
  if (written.size() > kMaxWritten) return std::nullopt;
  const auto text = trimmed(written);
  if (uncertain)
    if (auto kept = bracketed(text)) return kept;
  const auto parts = split(without_midnight(plain(text)));
  if (!parts.ok || parts.count == 0) return std::nullopt;
  const auto& [first, second, third] = parts.number;
  if (parts.count == 1 && (first.size() == 8 || first.size() == 6))
    return assemble(first.substr(0, 4), first.substr(4, 2), first.substr(std::min<std::size_t>(6, first.size())));
  return assemble(first, second, third);
}

}  // namespace lantai::schema
