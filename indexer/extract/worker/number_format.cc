#include "number_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

namespace lantai::extract::worker {
namespace {

constexpr double kMaxSerial = 2'958'466;  // 9999-12-31
constexpr double kMaxDigits = 1e21;

// A piece of a format: what is written as it stands, or a run of one letter that stands for something.
struct Piece {
  bool literal = false;
  std::string text;
};

// Without colours, conditions and the widths of skipped or repeated characters; [h] stays as `h`.
std::vector<Piece> pieces_of(std::string_view section) {
  std::vector<Piece> pieces;
  const auto add = [&](bool literal, std::string_view text) {
    const bool goes_on =
        !pieces.empty() && pieces.back().literal == literal && (literal || pieces.back().text.back() == text.front());
    if (!goes_on) pieces.push_back({literal, {}});
    pieces.back().text += text;
  };
  for (std::size_t i = 0; i < section.size(); ++i) {
    const char c = section[i];
    if (c == '"') {
      const auto end = std::min(section.find('"', i + 1), section.size());
      if (end > i + 1) add(true, section.substr(i + 1, end - i - 1));
      i = end;
    } else if (c == '\\') {
      if (++i < section.size()) add(true, section.substr(i, 1));
    } else if (c == '_' || c == '*') {
      ++i;
    } else if (c == '[') {
      const auto end = std::min(section.find(']', i), section.size());
      const auto inside = section.substr(i + 1, end - i - 1);
      if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos)
        add(false, inside.substr(0, 1));
      if (inside.size() > 1 && inside[0] == '$' && inside[1] != '-')
        add(true, inside.substr(1, inside.find('-') == std::string_view::npos ? inside.size() : inside.find('-') - 1));
      i = end;
    } else if (std::string_view("0#?,.%ymdhsaeg@/").find(c) != std::string_view::npos) {
      add(false, section.substr(i, 1));
    } else if (c >= 'A' && c <= 'Z') {
      add(false, std::string(1, static_cast<char>(c + 32)));
    } else {
      add(true, section.substr(i, 1));
    }
  }
  return pieces;
}

std::vector<std::string_view> sections_of(std::string_view code) {
  std::vector<std::string_view> sections;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '"') quoted = !quoted;
    if (code[i] == '\\') ++i;
    if (i >= code.size() || quoted || code[i] != ';') continue;
    sections.push_back(code.substr(begin, i - begin));
    begin = i + 1;
  }
  sections.push_back(code.substr(begin));
  return sections;
}

// Serial 60 is the 29th of February 1900, which never was: before it the count is off by one.
std::chrono::year_month_day date_of(long days, bool from_1904) {
  using namespace std::chrono;
  const bool before_leap_error = !from_1904 && days < 60;
  return sys_days(from_1904 ? year(1904) / 1 / 1 : year(1899) / 12 / (before_leap_error ? 31 : 30)) +
         std::chrono::days(days);
}

struct Moment {
  long days = 0, seconds = 0;  // of the day
  static std::optional<Moment> of(double serial) {
    if (!(serial >= 0) || serial >= kMaxSerial) return std::nullopt;
    Moment moment{static_cast<long>(serial), 0};
    moment.seconds = std::lround((serial - static_cast<double>(moment.days)) * 86'400);
    if (moment.seconds == 86'400) moment = {moment.days + 1, 0};
    return moment;
  }
};

std::string iso_text(Moment moment, bool from_1904, bool with_date, bool with_time) {
  std::string text;
  if (with_date) {
    const auto date = date_of(moment.days, from_1904);
    text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
  }
  if (!with_time || (with_date && moment.seconds == 0)) return text;
  const long seconds = with_date ? moment.seconds : moment.seconds + moment.days * 86'400;  // durations exceed a day
  if (with_date) text += ' ';
  text += fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  return seconds % 60 == 0 ? text : text + fmt::format(":{:02}", seconds % 60);
}

// 2019年3月1日, 8时05分: what a format with Chinese units makes of a moment.
std::string chinese_text(Moment moment, bool from_1904, std::string_view code) {
  const auto date = date_of(moment.days, from_1904);
  std::string text;
  bool minutes = false;  // `m` behind an hour
  for (const auto& piece : pieces_of(code)) {
    const bool two = piece.text.size() > 1;
    const auto number = [&](long value) { text += two ? fmt::format("{:02}", value) : std::to_string(value); };
    const char letter = piece.literal ? '\0' : piece.text.front();
    if (letter == 'y') {
      const int year = static_cast<int>(date.year());
      text += piece.text.size() > 2 ? fmt::format("{:04}", year) : fmt::format("{:02}", year % 100);
    } else if (letter == 'm') {
      number(minutes ? moment.seconds / 60 % 60 : static_cast<long>(static_cast<unsigned>(date.month())));
    } else if (letter == 'd' && piece.text.size() < 3) {
      number(static_cast<long>(static_cast<unsigned>(date.day())));
    } else if (letter == 'h') {
      number(moment.seconds / 3600);
    } else if (letter == 's') {
      number(moment.seconds % 60);
    } else if (piece.literal) {
      text += piece.text;
    }
    if (letter != '\0') minutes = letter == 'h';
  }
  return text;
}

std::string with_separators(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

// How the digits of one section are to be written.
struct Digits {
  std::string before, behind;
  int least_whole = 0, least_part = 0, most_part = 0, percents = 0;
  bool separated = false;
  bool any = false, plain = true;  // plain: nothing but zeros

  std::string written(double value) const {
    for (int i = 0; i < percents; ++i) value *= 100;
    std::string text = fmt::format("{:.{}f}", value, most_part);
    const auto point = std::min(text.find('.'), text.size());
    std::string whole = text.substr(0, point), part = text.substr(std::min(point + 1, text.size()));
    while (static_cast<int>(part.size()) > least_part && part.back() == '0') part.pop_back();
    if (static_cast<int>(whole.size()) < least_whole)
      whole.insert(0, static_cast<std::size_t>(least_whole) - whole.size(), '0');
    if (separated) whole = with_separators(whole);
    return before + whole + (part.empty() ? "" : "." + part) + behind;
  }
};

// nullopt: a format that is not understood here (fractions, exponents, scaling, signs among the digits).
std::optional<Digits> digits_of(std::string_view section) {
  Digits digits;
  bool in_part = false, ended = false, comma = false;
  for (const auto& piece : pieces_of(section)) {
    const char c = piece.literal ? '\0' : piece.text.front();
    const int count = static_cast<int>(piece.text.size());
    if (c == '0' || c == '#' || c == '?') {
      if (ended || count > 30) return std::nullopt;
      digits.separated = digits.separated || comma;
      digits.plain = digits.plain && c == '0' && !in_part && !comma;
      digits.any = true;
      if (in_part || c == '0') (in_part ? digits.most_part : digits.least_whole) += count;
      if (in_part && c == '0') digits.least_part = digits.most_part;
    } else if (c == '.' && count == 1 && !in_part && !ended) {
      in_part = true;
    } else if (c == ',' && digits.any && !in_part) {
      comma = true;
      continue;
    } else if (piece.literal || c == '%') {
      ended = digits.any;
      if (c == '%') digits.percents += count;
      digits.plain = false;
      (digits.any ? digits.behind : digits.before) += piece.text;
    } else {
      return std::nullopt;
    }
    if (comma && ended) return std::nullopt;  // divided by a thousand
    comma = false;
  }
  if (comma) return std::nullopt;
  return digits;
}

constexpr std::array kChineseUnits = {"年", "月", "日", "时", "時", "分"};

bool has_chinese_units(std::string_view code) {
  return std::any_of(kChineseUnits.begin(), kChineseUnits.end(),
                     [&](const char* unit) { return code.find(unit) != std::string_view::npos; });
}

}  // namespace

std::string show_number(double value) {
  if (!std::isfinite(value) || value != std::trunc(value) || std::fabs(value) >= kMaxDigits)
    return fmt::format("{:.15g}", value);
  if (std::fabs(value) < 1e15) return fmt::format("{:.0f}", value);
  // Fifteen digits are known, as in `3.20102199001011E+17`.
  const std::string text = fmt::format("{:.14e}", value);
  const auto point = text.find('.'), exponent = text.find('e');
  std::string digits = text.substr(0, point) + text.substr(point + 1, exponent - point - 1);
  const auto sign = static_cast<std::size_t>(value < 0);
  digits.resize(sign + static_cast<std::size_t>(std::stoi(text.substr(exponent + 1))) + 1, '0');
  return digits;
}

std::string built_in_format(unsigned id) {
  constexpr std::string_view kYear = "yyyy\"年\"m\"月\"", kDay = "m\"月\"d\"日\"";
  if (id == 1) return "0";
  if (id == 2) return "0.00";
  if (id == 3 || id == 37 || id == 38) return "#,##0";
  if (id == 4 || id == 39 || id == 40 || id == 43 || id == 44) return "#,##0.00";
  if (id == 9) return "0%";
  if (id == 10) return "0.00%";
  if (id == 22) return "yyyy-mm-dd hh:mm";
  if (id == 31) return std::string(kYear) + "d\"日\"";
  if (id == 27 || id == 36 || id == 50 || id == 52 || id == 57) return std::string(kYear);
  if (id == 28 || id == 29 || id == 51 || id == 53 || id == 54 || id == 58) return std::string(kDay);
  if (id == 32) return "h\"时\"mm\"分\"";
  if (id == 33) return "h\"时\"mm\"分\"ss\"秒\"";
  if ((id >= 14 && id <= 17) || id == 30) return "yyyy-mm-dd";
  if ((id >= 18 && id <= 21) || id == 34 || id == 35 || (id >= 45 && id <= 47) || id == 55 || id == 56) return "hh:mm";
  return "General";
}

NumberFormat::Kind NumberFormat::kind_of(std::string_view code) {
  bool date = false, time = false;
  for (const auto& piece : pieces_of(sections_of(code).front())) {
    if (piece.literal) continue;
    const char c = piece.text.front();
    if (c == 'g') return Kind::number;  // General
    date = date || c == 'y' || c == 'd';
    time = time || c == 'h' || c == 's';
  }
  if (date || time) return date && time ? Kind::date_time : (date ? Kind::date : Kind::time);
  return has_chinese_units(code) && code.find('m') != std::string_view::npos ? Kind::date : Kind::number;
}

std::string NumberFormat::shown(double value, bool from_1904) const {
  const auto sections = sections_of(code_);
  if (kind_ != Kind::number) {
    const auto moment = Moment::of(value);
    if (!moment || !has_chinese_units(code_)) return plain(value, from_1904);
    return chinese_text(*moment, from_1904, sections.front());
  }
  const bool negative = value < 0 && sections.size() > 1;
  const auto section = sections[negative ? 1 : (value == 0 && sections.size() > 2 ? 2 : 0)];
  const bool has_condition = code_.find("[<") != std::string::npos || code_.find("[>") != std::string::npos ||
                             code_.find("[=") != std::string::npos;
  const auto digits = digits_of(section);
  if (has_condition || !digits || !std::isfinite(value) || std::fabs(value) >= 1e15) return show_number(value);
  if (!digits->any) return digits->before.empty() ? show_number(value) : digits->before;
  if (negative) return digits->written(-value);
  return value < 0 ? "-" + digits->written(-value) : digits->written(value);
}

std::string NumberFormat::plain(double value, bool from_1904) const {
  if (kind_ != Kind::number) {
    const auto moment = Moment::of(value);
    if (!moment) return show_number(value);
    return iso_text(*moment, from_1904, kind_ != Kind::time, kind_ != Kind::date);
  }
  const auto digits = digits_of(sections_of(code_).front());
  if (!digits || value < 0 || std::fabs(value) >= 1e15) return show_number(value);
  if (digits->percents == 1) return show_number(std::round(value * 1e8) / 1e6) + "%";
  return digits->any && digits->plain && value == std::trunc(value) ? digits->written(value) : show_number(value);
}

}  // namespace lantai::extract::worker
