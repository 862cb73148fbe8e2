#include "lantai/text/mention.h"

namespace lantai::text {
namespace {

constexpr std::string_view kYear = "年", kMonth = "月", kDay = "日", kNumber = "号", kOrdinal = "第";

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_plain(char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'z'); }
bool is_joiner(char c) { return c == '-' || c == '/' || c == '.'; }

// Reads what it is told to, or stops for good.
struct Reader {
  std::string_view text;
  std::size_t at = 0;
  bool good = true;

  bool accept(std::string_view piece) {
    const bool found = good && text.substr(at).starts_with(piece);
    if (found) at += piece.size();
    return found;
  }
  void expect(std::string_view piece) { good = accept(piece); }
  std::uint64_t number(std::size_t least, std::size_t most) {
    const std::size_t begin = at;
    std::uint64_t value = 0;
    while (good && at < text.size() && is_ascii_digit(text[at])) {
      if (at - begin < most) value = value * 10 + static_cast<std::uint64_t>(text[at] - '0');
      ++at;
    }
    good = good && at - begin >= least && at - begin <= most;
    return value;
  }
};

bool stands_apart(std::string_view text, std::size_t begin, std::size_t end, bool written_out) {
  if (begin > 0 && is_plain(text[begin - 1])) return false;
  if (begin > 1 && is_joiner(text[begin - 1]) && is_plain(text[begin - 2])) return false;
  if (written_out || end >= text.size()) return true;
  if (is_plain(text[end])) return false;
  return !(is_joiner(text[end]) && end + 1 < text.size() && is_plain(text[end + 1]));
}

std::string two_digits(std::uint64_t number) { return (number < 10 ? "-0" : "-") + std::to_string(number); }

std::optional<DateMention> date_at(std::string_view text, std::size_t begin) {
  Reader in{text, begin};
  const std::string year(text.substr(begin, 4));
  in.number(4, 4);
  if (!in.good) return std::nullopt;
  const bool written_out = in.accept(kYear);
  std::string_view separator = kMonth;
  if (!written_out) {
    separator = text.substr(in.at, 1);
    if (separator.empty() || !is_joiner(separator[0])) return std::nullopt;
    ++in.at;
  }
  const std::uint64_t month = in.number(1, 2);
  in.expect(separator);
  if (!in.good || month < 1 || month > 12) return std::nullopt;
  DateMention mention{begin, in.at, year + two_digits(month)};
  const std::uint64_t day = in.number(1, 2);
  if (written_out && !in.accept(kDay)) in.expect(kNumber);
  if (in.good && day >= 1 && day <= 31) {
    mention.end = in.at;
    mention.date += two_digits(day);
  } else if (!written_out) {
    return std::nullopt;
  }
  return stands_apart(text, begin, mention.end, written_out) ? std::optional(mention) : std::nullopt;
}

std::optional<NumberMention> number_before(std::string_view text, std::size_t open) {
  Reader in{text, open + 1};
  NumberMention mention{open, open};
  mention.year = static_cast<unsigned>(in.number(4, 4));
  in.expect(")");
  in.accept(kOrdinal);
  mention.serial = in.number(1, 12);
  in.expect(kNumber);
  mention.end = in.at;
  return in.good ? std::optional(mention) : std::nullopt;
}

}  // namespace

std::optional<DateMention> next_date(std::string_view folded, std::size_t from) {
  for (std::size_t at = from; at + 4 < folded.size();) {
    if (!is_ascii_digit(folded[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < folded.size() && is_ascii_digit(folded[end])) ++end;
    if (end - at == 4) {
      if (auto found = date_at(folded, at)) return found;
    }
    at = end;
  }
  return std::nullopt;
}

std::optional<NumberMention> next_number(std::string_view folded, std::size_t from) {
  for (std::size_t open = folded.find('(', from); open != std::string_view::npos; open = folded.find('(', open + 1)) {
    if (auto found = number_before(folded, open)) return found;
  }
  return std::nullopt;
}

}  // namespace lantai::text
