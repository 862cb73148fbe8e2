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
