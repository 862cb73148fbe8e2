#include "lantai/text/segmentation.h"

#include <boost/test/unit_test.hpp>

#include "lantai/text/folding.h"

namespace text = lantai::text;

namespace {

std::string segmented(std::string_view original) {
  text::Segmenter segmenter;
  const auto folded = text::fold_only(original);
  std::vector<text::Word> words;
  segmenter.words(folded, words);
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += '|';
    out += text::to_utf8(std::u32string_view(folded).substr(word.begin, word.end - word.begin));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(segmentation)

BOOST_AUTO_TEST_CASE(han_is_cut_by_the_dictionary) { BOOST_TEST(segmented("学校会议") == "学校|会议"); }

BOOST_AUTO_TEST_CASE(more_than_three_single_characters_in_a_row_are_rather_a_name) {
  const auto kept = [](const std::vector<std::size_t>& sizes, std::size_t gap_before) {
    std::vector<text::Word> words;
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (i == gap_before) ++at;
      words.push_back({at, at + sizes[i], true});
      at += sizes[i];
    }
    text::leave_out_unknown_names(words);
    std::string out;
    for (const auto& word : words) out += std::to_string(word.end - word.begin);
    return out;
  };
  BOOST_TEST(kept({2, 1, 1, 1, 2, 1}, 99) == "211121");
  BOOST_TEST(kept({2, 1, 1, 1, 1, 2, 1}, 99) == "221");
  BOOST_TEST(kept({1, 1, 1, 1}, 2) == "1111");  // a comma between them
  BOOST_TEST(kept({1, 1, 1, 1, 1}, 99).empty());
  std::vector<text::Word> letters(5, {0, 1, false});
  text::leave_out_unknown_names(letters);
  BOOST_TEST(letters.size() == 5U);
}

BOOST_AUTO_TEST_CASE(latin_and_digits_are_runs) {
  BOOST_TEST(segmented("PDF 2021年A4纸, don't") == "pdf|2021|年|a4|纸|don|t");
}

BOOST_AUTO_TEST_CASE(characters_beyond_the_basic_plane_keep_their_place) {
  const std::string cut = segmented("𠮷野家会议");
  BOOST_TEST(cut.ends_with("会议"));
  std::string joined = cut;
  std::erase(joined, '|');
  BOOST_TEST(joined == "𠮷野家会议");
}

BOOST_AUTO_TEST_CASE(nothing_holds_no_words) { BOOST_TEST(segmented("。，！") == ""); }

BOOST_AUTO_TEST_SUITE_END()
