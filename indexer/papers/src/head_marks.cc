#include "head_marks.h"

#include <array>

namespace lantai::papers {
namespace {

using View = std::u32string_view;

bool is_plain_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

// Reads a folded line from the left.
struct Cursor {
  View text;
  std::size_t at = 0;

  bool done() const { return at >= text.size(); }
  bool accept(View words) {
    if (text.substr(at, words.size()) != words) return false;
    at += words.size();
    return true;
  }
  bool accept_any(View characters) {
    if (done() || characters.find(text[at]) == View::npos) return false;
    ++at;
    return true;
  }
  std::size_t count_digits() const {
    std::size_t count = 0;
    while (at + count < text.size() && digit(text[at + count]) >= 0) ++count;
    return count;
  }
};

constexpr View kStars = U"★☆*x×+";

// `10年`, `长期`, `6个月`; how it would be written.
std::string period(Cursor& in) {
  if (in.accept(U"长期")) return "长期";
  Cursor ahead = in;
  const auto count = ahead.count_digits();
  if (count == 0 || count > 2) return {};
  std::string number;
  for (std::size_t i = 0; i < count; ++i) number += std::to_string(digit(ahead.text[ahead.at + i]));
  ahead.at += count;
  const bool years = ahead.accept(U"年");
  if (!years && !ahead.accept(U"个月")) return {};
  in = ahead;
  return number + (years ? "年" : "个月");
}

bool read_secrecy(Cursor& in, const Line& line, std::vector<Element>& found) {
  constexpr std::array<std::pair<View, const char*>, 3> kLevels = {
      {{U"绝密", "绝密"}, {U"机密", "机密"}, {U"秘密", "秘密"}}};
  const auto begin = in.at;
  for (const auto& [folded, written] : kLevels) {
    if (!in.accept(folded)) continue;
    std::string value = written;
    const bool star = in.accept_any(kStars);
    if (auto how_long = period(in); !how_long.empty()) value += "★" + how_long;
    found.push_back(element(ElementKind::secrecy, std::move(value), line, begin, in.at, star ? 0.98 : 0.9));
    return true;
  }
  return false;
}

bool read_urgency(Cursor& in, const Line& line, std::vector<Element>& found) {
  constexpr std::array<std::pair<View, const char*>, 5> kDegrees = {
      {{U"特提", "特提"}, {U"特急", "特急"}, {U"加急", "加急"}, {U"平急", "平急"}, {U"急件", "加急"}}};
  const auto begin = in.at;
  for (const auto& [folded, written] : kDegrees) {
    if (!in.accept(folded)) continue;
    in.accept(U"件");
    found.push_back(element(ElementKind::urgency, written, line, begin, in.at, 0.95));
    return true;
  }
  return false;
}

bool read_copy_number(Cursor& in) {
  const auto count = in.count_digits();
  if (count < 3 || count > 8) return false;
  for (std::size_t i = 0; i < count; ++i)
    if (!is_plain_digit(in.text[in.at + i])) return false;
  in.at += count;
  return true;
}

bool read_label(Cursor& in) {
  for (const View label : {View(U"份号"), View(U"密级和保密期限"), View(U"密级"), View(U"紧急程度"), View(U"缓急程度")})
    if (in.accept(label)) return true;
  return false;
}

// `(2021)5号` read backwards from 号.
struct Serial {
  std::size_t begin = 0;  // of the bracket
  std::string year, number;
};

std::optional<Serial> serial_before(View text, std::size_t mark) {
  Serial found;
  std::size_t at = mark;
  bool certain = false;  // at least one digit that is one
  while (at > 0 && mark - at < 7 && digit(text[at - 1]) >= 0) {
    certain |= is_plain_digit(text[--at]);
    found.number.insert(0, std::to_string(digit(text[at])));
  }
  if (!certain) return std::nullopt;
  if (at > 0 && text[at - 1] == U'第') --at;
  bool bracket = false;
  if (at > 0 && View(U")>»」』").find(text[at - 1]) != View::npos) {
    bracket = true;
    --at;
  }
  if (at < 5) return std::nullopt;
  int year = 0;
  for (std::size_t i = at - 4; i < at; ++i) {
    if (digit(text[i]) < 0) return std::nullopt;
    year = year * 10 + digit(text[i]);
  }
  at -= 4;
  if (View(U"(<«「『c").find(text[at - 1]) != View::npos) {
    bracket |= text[at - 1] != U'c';
    --at;
  }
  if (!bracket || year < 1949 || year > 2100) return std::nullopt;
  found.begin = at;
  found.year = std::to_string(year);
  found.number.erase(0, std::min(found.number.find_first_not_of('0'), found.number.size() - 1));
  return found;
}

// The code word of the organ before `end`: where it begins.
std::size_t organ_before(View text, std::size_t end) {
  constexpr std::size_t kLongest = 24;
  std::size_t at = end;
  while (at > 0 && end - at <= kLongest && (text::is_word_char(text[at - 1]) || text[at - 1] == U'.')) --at;
  // The head of the page and the number, run together.
  constexpr View kHead = U"文件";
  const auto head = text.substr(at, end - at).rfind(kHead);
  return head == View::npos ? at : at + head + kHead.size();
}

}  // namespace

std::vector<Element> head_marks(const Line& line) {
  constexpr std::size_t kLongest = 40;
  std::vector<Element> found;
  Cursor in{line.text};
  if (line.text.size() > kLongest) return found;
  while (!in.done()) {
    if (in.accept_any(U" :.,;-()")) continue;
    if (read_secrecy(in, line, found) || read_urgency(in, line, found) || read_label(in) || read_copy_number(in))
      continue;
    return {};
  }
  return found;
}

std::optional<Element> document_number(const Line& line) {
  const View text = line.text;
  const auto mark = text.find(U'号');
  if (mark == View::npos) return std::nullopt;
  for (auto at = mark; at != View::npos; at = text.find(U'号', at + 1)) {
    const auto serial = serial_before(text, at);
    if (!serial) continue;
    const auto begin = organ_before(text, serial->begin);
    const auto organ = text.substr(begin, serial->begin - begin);
    bool any_han = false;
    for (const char32_t c : organ) any_han |= text::is_han(c);
    if (!any_han) return std::nullopt;
    const auto before = text.substr(0, begin), after = text.substr(at + 1);
    const bool labelled = before.empty() || before.back() == U':' || before.ends_with(U"文件");
    if (!labelled || !(after.empty() || after.starts_with(U"签发人") || after.starts_with(U"(签"))) return std::nullopt;
    auto value = as_written(line, begin, serial->begin) + "〔" + serial->year + "〕" + serial->number + "号";
    return element(ElementKind::document_number, std::move(value), line, begin, at + 1, 0.97);
  }
  return std::nullopt;
}

std::vector<Element> signatories(const Line& line) {
  constexpr View kLabel = U"签发人";
  auto at = line.text.find(kLabel);
  if (at == std::u32string::npos) return {};
  at += kLabel.size();
  while (at < line.text.size() && View(U":;. ").find(line.text[at]) != View::npos) ++at;
  if (line.text.size() - at > 40) return {};
  return names(ElementKind::signatory, line, at, line.text.size(), true, 0.95);
}

}  // namespace lantai::papers
