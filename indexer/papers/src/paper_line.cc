#include "paper_line.h"

#include <algorithm>

namespace lantai::papers {
namespace {

constexpr std::size_t kLongestLine = 2048;

bool is_blank(char32_t c) { return c == U' ' || c == U'\t' || c == U'\u3000' || c == U'\u00A0'; }

bool is_page_number(std::u32string_view text) {
  const auto is_mark = [](char32_t c) { return c == U'-' || c == U'.' || is_blank(c) || (c >= U'0' && c <= U'9'); };
  return text.size() <= 8 && std::all_of(text.begin(), text.end(), is_mark);
}

Line fold_line(const Page& page, std::size_t begin, std::size_t end) {
  const auto folded = text::fold(page.text.substr(begin, end - begin));
  Line line{page.number, page.text, {}, {}};
  for (std::size_t i = 0; i < folded.text.size(); ++i) {
    if (is_blank(folded.text[i])) continue;
    line.text += folded.text[i];
    line.origin.push_back(begin + folded.origin[i]);
  }
  line.origin.push_back(end);
  return line;
}

// `202l年`: letters that OCR read for digits, in a number with one digit at least, before what numbers stand before.
void mend_numbers(std::u32string& text) {
  constexpr std::u32string_view kLike = U"0123456789OoIl|", kBehind = U"年月日号號";
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_not_of(kLike, at), text.size());
    const auto run = text.substr(at, end - at);
    if (end < text.size() && kBehind.find(text[end]) != std::u32string_view::npos &&
        run.find_first_of(U"0123456789") != std::u32string::npos)
      for (std::size_t i = at; i < end; ++i) text[i] = U'0' + static_cast<char32_t>(digit(text[i]));
    at = end + 1;
  }
}

bool is_separator(char32_t c) { return c == U'、' || c == U',' || c == U';' || c == U'.' || c == U'。'; }

}  // namespace

std::vector<Line> lines_of(const Page& page, std::size_t most, bool from_end) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::size_t at = 0; at < page.text.size();) {
    const auto end = std::min(page.text.find('\n', at), page.text.size());
    if (end > at && end - at <= kLongestLine) places.emplace_back(at, end);
    if (!from_end && places.size() >= most) break;
    at = end + 1;
  }
  if (places.size() > most) places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(most));
  std::vector<Line> lines;
  for (const auto& [begin, end] : places) {
    auto line = fold_line(page, begin, end);
    if (!line.text.empty() && !is_page_number(line.text)) lines.push_back(std::move(line));
  }
  return lines;
}

std::string as_written(const Line& line, std::size_t begin, std::size_t end) {
  const auto written = text::to_utf32(line.source.substr(line.origin[begin], line.origin[end] - line.origin[begin]));
  std::u32string out;
  bool blank = false;
  for (const char32_t c : written) {
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    const auto is_letter = [](char32_t one) { return text::is_word_char(one) && !text::is_han(one); };
    if (blank && !out.empty() && is_letter(out.back()) && is_letter(c)) out += U' ';
    blank = false;
    out += c;
  }
  mend_numbers(out);
  return text::to_utf8(out);
}

Element element(ElementKind kind, std::string value, const Line& line, std::size_t begin, std::size_t end,
                double confidence) {
  return {kind, std::move(value), line.page, line.origin[begin], line.origin[end], confidence};
}

std::vector<Element> names(ElementKind kind, const Line& line, std::size_t begin, std::size_t end, bool blanks,
                           double confidence) {
  std::vector<Element> found;
  // Folded away beside Han characters, a blank shows as a gap between the origins.
  const auto gap_before = [&](std::size_t at) {
    const auto before = line.source.substr(line.origin[at - 1], line.origin[at] - line.origin[at - 1]);
    return before.find(' ') != std::string_view::npos || before.find('\t') != std::string_view::npos ||
           before.find("\u3000") != std::string_view::npos;
  };
  // Blanks between all characters come from OCR and say nothing, unless there are too many for one name.
  constexpr std::size_t kLongestName = 4;
  bool spread = end - begin <= kLongestName;
  for (std::size_t at = begin + 1; at < end; ++at) spread = spread && gap_before(at);
  std::size_t from = begin;
  int depth = 0;
  const auto take = [&](std::size_t to) {
    if (to > from)
      if (auto value = as_written(line, from, to); !value.empty())
        found.push_back(element(kind, std::move(value), line, from, to, confidence));
  };
  for (std::size_t at = begin; at < end; ++at) {
    depth += line.text[at] == U'(' ? 1 : line.text[at] == U')' && depth > 0 ? -1 : 0;
    if (depth > 0) continue;
    // `张 三` is one name, `张三 李四` are two.
    if (blanks && !spread && at > from + 1 && gap_before(at)) {
      take(at);
      from = at;
    }
    if (!is_separator(line.text[at])) continue;
    take(at);
    from = at + 1;
  }
  take(end);
  return found;
}

int digit(char32_t c) {
  if (c >= U'0' && c <= U'9') return static_cast<int>(c - U'0');
  constexpr std::u32string_view kDigits = U"〇一二三四五六七八九", kZeros = U"零oO○◯", kOnes = U"lIi|";
  if (const auto at = kDigits.find(c); at != std::u32string_view::npos) return static_cast<int>(at);
  if (kZeros.find(c) != std::u32string_view::npos) return 0;
  return kOnes.find(c) != std::u32string_view::npos ? 1 : -1;
}

bool is_name(std::u32string_view text) {
  const auto is_part = [](char32_t c) { return text::is_word_char(c) || c == U'(' || c == U')' || c == U'.'; };
  return text.size() >= 2 && text.size() <= 40 && std::any_of(text.begin(), text.end(), text::is_han) &&
         std::all_of(text.begin(), text.end(), is_part);
}

}  // namespace lantai::papers
