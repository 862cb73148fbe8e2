#include "lantai/papers/official_document.h"

#include <algorithm>
#include <array>
#include <optional>

#include "head_marks.h"
#include "paper_date.h"
#include "paper_line.h"

namespace lantai::papers {
namespace {

using View = std::u32string_view;

constexpr std::size_t kPages = 3;  // at each end
constexpr std::size_t kLines = 150;

// 党政机关公文处理工作条例 (2012), article 8; 命令 is written 令 too.
constexpr std::array<std::pair<View, const char*>, 16> kTypes = {{{U"决议", "决议"},
                                                                  {U"决定", "决定"},
                                                                  {U"命令", "命令"},
                                                                  {U"令", "命令"},
                                                                  {U"公报", "公报"},
                                                                  {U"公告", "公告"},
                                                                  {U"通告", "通告"},
                                                                  {U"意见", "意见"},
                                                                  {U"通知", "通知"},
                                                                  {U"通报", "通报"},
                                                                  {U"报告", "报告"},
                                                                  {U"请示", "请示"},
                                                                  {U"批复", "批复"},
                                                                  {U"议案", "议案"},
                                                                  {U"函", "函"},
                                                                  {U"纪要", "纪要"}}};

// `…的通知(试行)`: what stands in brackets behind the title.
View without_bracket(View text) {
  if (text.empty() || text.back() != U')') return text;
  const auto open = text.rfind(U'(');
  return open == View::npos || text.size() - open > 14 ? text : text.substr(0, open);
}

const char* type_at_end(View title) {
  const auto words = without_bracket(title);
  for (const auto& [folded, written] : kTypes)
    if (words.size() > folded.size() && words.ends_with(folded)) return written;
  return nullptr;
}

bool is_sentence(View text) { return text.find_first_of(U"。;!?") != View::npos; }
bool ends_with_colon(const Line& line) { return line.text.back() == U':'; }
bool is_head(const Line& line) {
  return line.text.size() > 2 && line.text.size() <= 42 && View(line.text).ends_with(U"文件") &&
         !is_sentence(line.text);
}
bool is_copied(const Line& line) {
  return line.starts_with(U"抄送") || line.starts_with(U"抄报") || line.starts_with(U"分送");
}
bool is_printed(const Line& line) { return View(line.text).ends_with(U"印发") || View(line.text).ends_with(U"印"); }

// Goes down the document once: marks, number, title, recipients; then up from its end: date, signature, copies.
class Reader {
 public:
  explicit Reader(const std::vector<Page>& pages) {
    for (std::size_t i = 0; i < pages.size() && i < kPages; ++i) append(head_, lines_of(pages[i], kLines, false));
    const auto from = pages.size() > kPages ? pages.size() - kPages : 0;
    for (std::size_t i = from; i < pages.size(); ++i) append(tail_, lines_of(pages[i], kLines, true));
  }

  std::vector<Element> read() {
    read_marks();
    read_title();
    read_recipients();
    read_foot();
    const bool official = has(ElementKind::document_number) ||
                          (has(ElementKind::title) && (has(ElementKind::main_recipient) || has(ElementKind::date)));
    if (!official) keep_only_secrecy();
    std::stable_sort(found_.begin(), found_.end(), [](const Element& a, const Element& b) { return a.kind < b.kind; });
    return std::move(found_);
  }

 private:
  static void append(std::vector<Line>& lines, std::vector<Line>&& more) {
    std::move(more.begin(), more.end(), std::back_inserter(lines));
  }
  bool has(ElementKind kind) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Element& one) { return one.kind == kind; });
  }
  void add(std::vector<Element>&& more) { std::move(more.begin(), more.end(), std::back_inserter(found_)); }

  // A mark that policy asks about is told wherever it stands; `秘密` alone is a word like others.
  void keep_only_secrecy() {
    const auto is_sure = [](const Element& one) { return one.kind == ElementKind::secrecy && one.confidence > 0.95; };
    found_.erase(std::remove_if(found_.begin(), found_.end(), [&](const Element& one) { return !is_sure(one); }),
                 found_.end());
  }

  void read_marks() {
    constexpr std::size_t kHeadLines = 25;
    for (std::size_t i = 0; i < std::min(head_.size(), kHeadLines); ++i) {
      const Line& line = head_[i];
      if (auto marks = head_marks(line); !marks.empty()) {
        for (auto& mark : marks)
          if (!has(mark.kind)) found_.push_back(std::move(mark));
        begin_ = i + 1;
        continue;
      }
      if (is_head(line) && !head_name_) {
        head_name_ = i;
        begin_ = i + 1;
      }
      if (auto number = document_number(line); number && !has(ElementKind::document_number)) {
        found_.push_back(std::move(*number));
        begin_ = i + 1;
      }
      if (auto who = signatories(line); !who.empty() && !has(ElementKind::signatory)) {
        add(std::move(who));
        begin_ = i + 1;
      }
      if (ends_with_colon(line) && !line.starts_with(U"签发人")) break;  // the recipients: the head is over
    }
  }

  // One to four lines, of which the last ends with a kind of document.
  void read_title() {
    constexpr std::size_t kTried = 12, kTitleLines = 4, kLongest = 120;
    for (std::size_t first = begin_; first < std::min(head_.size(), begin_ + kTried); ++first) {
      std::u32string title;
      std::size_t last = first;
      for (; last < head_.size() && last < first + kTitleLines; ++last) {
        const Line& line = head_[last];
        if (line.page != head_[first].page || is_sentence(line.text) || ends_with_colon(line) || is_head(line)) break;
        title += line.text;
        if (title.size() > kLongest || !type_at_end(title)) continue;
        while (last + 1 < head_.size() && goes_on(head_[last + 1])) title += head_[++last].text;
        if (!is_title(title, first, last)) break;
        return take_title(first, last, type_at_end(title));
      }
    }
  }
  // `关于转发…通知` `的通知`
  static bool goes_on(const Line& line) {
    return line.text.front() == U'的' && line.text.size() <= 12 && type_at_end(line.text) != nullptr;
  }
  bool is_title(View title, std::size_t first, std::size_t last) const {
    if (title.size() < 4) return false;
    const bool about = title.find(U"关于") != View::npos || title.ends_with(U"纪要");
    const bool in_place = has(ElementKind::document_number) && first < begin_ + 2;
    const bool addressed = last + 1 < head_.size() && ends_with_colon(head_[last + 1]);
    return in_place || (about && first < begin_ + 6) || addressed;
  }
  void take_title(std::size_t first, std::size_t last, const char* type) {
    const Line& begin = head_[first];
    const Line& end = head_[last];
    std::string value;
    for (std::size_t i = first; i <= last; ++i) {
      const auto part = as_written(head_[i], 0, head_[i].text.size());
      const bool letters = i > first && !text::is_han(head_[i].text.front()) &&
                           text::is_word_char(head_[i].text.front()) && !text::is_han(head_[i - 1].text.back()) &&
                           text::is_word_char(head_[i - 1].text.back());
      value += (letters ? " " : "") + part;
    }
    const double confidence = has(ElementKind::document_number) ? 0.95 : 0.8;
    found_.push_back(
        {ElementKind::title, std::move(value), begin.page, begin.origin.front(), end.origin.back(), confidence});
    const auto words = without_bracket(end.text);
    const auto size =
        std::min<std::size_t>(words.size(), View(end.text).ends_with(U"函") || words.ends_with(U"令") ? 1 : 2);
    found_.push_back(element(ElementKind::document_type, type, end, words.size() - size, words.size(), confidence));
    begin_ = last + 1;
  }

  // The first line behind the title that ends with a colon, with the one or two before it that it goes on from.
  void read_recipients() {
    constexpr std::size_t kBehind = 4;
    if (!has(ElementKind::title)) return;
    for (std::size_t i = begin_; i < std::min(head_.size(), begin_ + kBehind); ++i) {
      if (is_sentence(head_[i].text)) return;
      const auto colon = head_[i].text.find(U':');
      if (colon == std::u32string::npos) continue;
      const bool alone = colon + 1 == head_[i].text.size();
      if (!alone && colon > 30) return;
      std::size_t first = i;
      while (first > begin_ && is_unfinished_list(head_[first - 1])) --first;
      for (std::size_t line = first; line <= i; ++line) {
        const auto end = line == i ? colon : head_[line].text.size();
        for (const auto& one : names(ElementKind::main_recipient, head_[line], 0, end, false, alone ? 0.95 : 0.8))
          if (!is_label(one.value)) found_.push_back(one);
      }
      return;
    }
  }
  static bool is_unfinished_list(const Line& line) { return View(U"、,").find(line.text.back()) != View::npos; }
  static bool is_label(const std::string& value) {
    for (const auto* label : {"附件", "联系人", "时间", "地点", "抄送", "主持人", "出席", "主持"})
      if (value.starts_with(label)) return true;
    return false;
  }

  void read_foot() {
    std::size_t end = tail_.size();
    for (std::size_t i = tail_.size(); i-- > 0 && tail_.size() - i <= 40;) {
      if (is_copied(tail_[i])) {
        read_copies(i);
        end = i;
      } else if (is_printed(tail_[i])) {
        end = std::min(end, i);
      }
    }
    for (std::size_t i = end; i-- > 0;)
      if (read_date(i)) break;
    if (!has(ElementKind::issuer) && head_name_) name_of_head();
  }

  void read_copies(std::size_t first) {
    for (std::size_t i = first; i < tail_.size() && i < first + 6; ++i) {
      const Line& line = tail_[i];
      if (i > first && (is_printed(line) || is_copied(line) || last_date(line))) return;
      std::size_t begin = 0;
      if (i == first) {
        begin = line.text.find(U':') == 2 ? 3 : 2;
      }
      const auto stop = std::min(line.text.find(U'。', begin), line.text.size());
      add(names(ElementKind::copied, line, begin, stop, false, 0.95));
      if (stop < line.text.size()) return;
    }
  }

  // A line that is nothing but a date, or an organ and a date; the signature stands before it.
  bool read_date(std::size_t i) {
    const Line& line = tail_[i];
    const auto date = last_date(line);
    if (!date) return false;
    auto before = View(line.text).substr(0, date->begin), after = View(line.text).substr(date->end);
    const bool in_brackets = before == U"(" && (after.starts_with(U")") || after.ends_with(U"通过)"));
    if (!in_brackets && !after.empty()) return false;
    if (!in_brackets && !before.empty() && !is_organ(before)) return false;
    found_.push_back(element(ElementKind::date, date->date, line, date->begin, date->end, in_brackets ? 0.8 : 0.95));
    if (in_brackets) return true;
    if (!before.empty()) {
      found_.push_back(element(ElementKind::issuer, as_written(line, 0, date->begin), line, 0, date->begin, 0.9));
      return true;
    }
    std::size_t first = i;
    while (first > 0 && i - first < 4 && is_organ(tail_[first - 1].text) && tail_[first - 1].page == line.page) --first;
    if (first == i && i > 0 && is_name(tail_[i - 1].text) && tail_[i - 1].text.size() <= 24 &&
        !is_closing(tail_[i - 1]))
      --first;
    for (std::size_t at = first; at < i; ++at)
      found_.push_back(element(ElementKind::issuer, as_written(tail_[at], 0, tail_[at].text.size()), tail_[at], 0,
                               tail_[at].text.size(), 0.9));
    return true;
  }
  static bool is_closing(const Line& line) {
    for (const View words : {View(U"特此"), View(U"此复"), View(U"妥否"), View(U"专此"), View(U"以上"), View(U"附件"),
                             View(U"附"), View(U"此致")})
      if (line.starts_with(words)) return true;
    return false;
  }
  // Ends as names of organs do.
  static bool is_organ(View words) {
    constexpr View kEnds = U"处部室局厅委会府司科所馆心办组社团学院校园站系党";
    const auto name = without_bracket(words);
    return is_name(words) && !name.empty() && kEnds.find(name.back()) != View::npos;
  }

  void name_of_head() {
    const Line& line = head_[*head_name_];
    const auto end = line.text.size() - 2;
    add(names(ElementKind::issuer, line, 0, end, false, 0.85));
  }

  std::vector<Line> head_, tail_;
  std::vector<Element> found_;
  std::size_t begin_ = 0;  // of what has not been read of the head
  std::optional<std::size_t> head_name_;
};

}  // namespace

std::string_view name(ElementKind kind) {
  constexpr std::array<std::string_view, 10> kNames = {"secrecy", "urgency",       "document_number", "signatory",
                                                       "title",   "document_type", "main_recipient",  "issuer",
                                                       "date",    "copied"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::vector<Element> read_official_document(const std::vector<Page>& pages) { return Reader(pages).read(); }

}  // namespace lantai::papers
