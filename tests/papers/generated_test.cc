// Documents made in every combination of bracket, width, spacing, date and layout, and again with the noise of OCR:
// what was put in has to come out.
#include <boost/test/unit_test.hpp>
#include <random>

#include "values.h"

namespace lantai::papers::test {
namespace {

struct Style {
  std::string open, close;
  bool wide_digits, spaced, padded, chinese_date, head, signed_above, two_lines, copied;
};

struct Made {
  std::string text;
  Values elements;
};

std::string wide(const std::string& digits) {
  std::string out;
  for (const char c : digits) out += std::string("\xEF\xBC") + static_cast<char>(0x90 + (c - '0'));
  return out;
}

std::string chinese_day(int value) {
  static const std::vector<std::string> kDigits = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  if (value < 10) return kDigits[static_cast<std::size_t>(value)];
  return (value >= 20 ? kDigits[static_cast<std::size_t>(value / 10)] : "") + "十" +
         (value % 10 ? kDigits[static_cast<std::size_t>(value % 10)] : "");
}

std::string chinese_year(int value) {
  std::string out;
  for (const char c : std::to_string(value)) out += chinese_day(c - '0');
  return out;
}

template <typename T>
const T& one_of(const std::vector<T>& all, std::mt19937& random) {
  return all[random() % all.size()];
}

Made make(const Style& style, std::mt19937& random) {
  const auto organ = one_of<std::string>({"校办", "一中办", "滨教人", "附中党", "教职成厅函"}, random);
  const auto school = one_of<std::string>({"滨海市第一中学", "东湖大学附属中学", "第三小学"}, random);
  const auto signer = one_of<std::string>({school, school + "办公室", school + "教务处"}, random);
  const auto matter =
      one_of<std::string>({"做好2021年秋季开学工作", "开展固定资产清查", "增加教师编制", "表彰优秀班主任"}, random);
  const auto type = one_of<std::string>({"通知", "通报", "请示", "报告", "意见", "函", "决定", "批复"}, random);
  const int year = 1995 + static_cast<int>(random() % 30), month = 1 + static_cast<int>(random() % 12),
            day = 1 + static_cast<int>(random() % 28);
  const auto serial = std::to_string(1 + random() % 300);
  const auto shown = [&](const std::string& digits) { return style.wide_digits ? wide(digits) : digits; };
  const std::string gap = style.spaced ? " " : "";
  Made made;
  std::string& text = made.text;
  if (style.head) text += school + "文件\n";
  text += organ + gap + style.open + shown(std::to_string(year)) + style.close + gap + (style.padded ? "第0" : "") +
          shown(serial) + gap + "号\n";
  made.elements["document_number"] = {organ + "〔" + std::to_string(year) + "〕" + serial + "号"};
  text += school + "关于" + matter + (style.two_lines ? "\n" : "") + "的" + type + "\n";
  made.elements["title"] = {school + "关于" + matter + "的" + type};
  made.elements["document_type"] = {type};
  text += "各处室、各年级组：\n";
  made.elements["main_recipient"] = {"各处室", "各年级组"};
  text += "为做好有关工作，经研究，现将有关事项说明如下。\n一、高度重视。\n二、按时完成，于" + std::to_string(year) +
          "年12月31日前上报。\n";
  const std::string date = style.chinese_date
                               ? chinese_year(year) + "年" + chinese_day(month) + "月" + chinese_day(day) + "日"
                               : shown(std::to_string(year)) + gap + "年" + gap + shown(std::to_string(month)) + gap +
                                     "月" + gap + shown(std::to_string(day)) + gap + "日";
  text += signer + (style.signed_above ? "\n" : "  ") + date + "\n";
  made.elements["issuer"] = {signer};
  char iso[16];
  std::snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
  made.elements["date"] = {iso};
  if (style.copied) {
    text += "抄送：市教育局，各党支部。\n" + signer + " " + std::to_string(year) + "年12月30日印发\n";
    made.elements["copied"] = {"市教育局", "各党支部"};
  }
  return made;
}

// Blanks between Han characters, letters for digits, other brackets, empty lines.
std::string with_noise(const std::string& text, std::mt19937& random) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = 1;
    while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0U) == 0x80U) ++size;
    auto one = text.substr(at, size);
    at += size;
    const bool line_goes_on = at < text.size() && text[at] != '\n' && one != "\n";
    if (one == "0" && random() % 8 == 0) one = "O";
    if (one == "1" && random() % 8 == 0) one = "l";
    if (one == "〔" && random() % 3 == 0) one = random() % 2 == 0 ? "[" : "(";
    if (one == "〕" && random() % 3 == 0) one = random() % 2 == 0 ? "]" : "】";
    if (one == "：" && random() % 4 == 0) one = ":";
    if (one == "\n" && random() % 6 == 0) one = "\n\n";
    out += one;
    if (line_goes_on && size == 3 && random() % 4 == 0) out += ' ';
  }
  return out;
}

struct Score {
  int wanted = 0, got = 0, right = 0;
  double recall() const { return static_cast<double>(right) / wanted; }
  double precision() const { return static_cast<double>(right) / got; }
};

std::map<std::string, Score> measure(bool noise) {
  constexpr unsigned kSeed = 97'041'204;
  std::mt19937 random(kSeed);
  std::map<std::string, Score> scores;
  const std::vector<std::pair<std::string, std::string>> brackets = {
      {"〔", "〕"}, {"［", "］"}, {"[", "]"}, {"【", "】"}, {"(", ")"}, {"（", "）"}, {"〈", "〉"}};
  for (const auto& [open, close] : brackets) {
    for (unsigned bits = 0; bits < 256; ++bits) {
      const auto bit = [&](unsigned number) { return (bits >> number & 1U) != 0; };
      auto made = make({open, close, bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7)}, random);
      if (noise) made.text = with_noise(made.text, random);
      auto values = values_of(read({made.text}));
      for (const auto& [element, wanted] : made.elements) {
        Score& score = scores[element];
        const auto& got = values[element];
        ++score.wanted;
        score.got += got.empty() ? 0 : 1;
        score.right += got == wanted ? 1 : 0;
        if (got != wanted && score.wanted - score.right <= 2)
          BOOST_TEST_MESSAGE(element << " of\n" << made.text << "came out as " << (got.empty() ? "nothing" : got[0]));
      }
    }
  }
  for (const auto& [element, score] : scores)
    BOOST_TEST_MESSAGE((noise ? "OCR " : "clean ")
                       << element << ": recall " << score.recall() << ", precision " << score.precision() << " of "
                       << score.wanted << ", seed " << kSeed);
  return scores;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Generated_documents)

BOOST_AUTO_TEST_CASE(elements_come_out_as_they_were_put_in) {
  for (const auto& [element, score] : measure(false)) {
    BOOST_TEST(score.recall() >= 0.99, element);
    BOOST_TEST(score.precision() >= 0.99, element);
  }
}

BOOST_AUTO_TEST_CASE(and_nearly_always_through_the_noise_of_ocr) {
  for (const auto& [element, score] : measure(true)) {
    BOOST_TEST(score.recall() >= 0.95, element);
    BOOST_TEST(score.precision() >= 0.95, element);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::papers::test
