// A file of postings gives back what was written into it, term by term and by the beginning of terms; merged files are
// the file of all; a damaged one is refused, or gives something else within its bounds, and breaks nothing.
#include "posting_file.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "lantai/base/error.h"
#include "lantai/index/terms.h"
#include "lantai/text/folding.h"
#include "support/temporary_directory.h"

using namespace lantai;
using namespace lantai::index;
namespace fs = std::filesystem;

namespace {

using Plain = std::map<DocId, std::uint32_t>;
using Terms = std::map<std::string, Plain>;

constexpr DocId kLast = 30'000;

// Terms of one to four characters that share beginnings, one long one; from one posting to all documents.
Terms some_terms(unsigned seed) {
  std::mt19937 random(seed);
  Terms terms;
  for (int i = 0; i < 700; ++i) {
    std::string term = i % 3 == 0 ? "Ftitle\x01" : "B";
    for (unsigned c = 0; c <= i % 4U; ++c) text::append_utf8(0x4E00 + random() % 12, term);
    const DocId apart = i % 50 == 0 ? 2 : i % 7 == 0 ? 200 : 60'000;
    for (DocId doc = 1 + random() % apart; doc <= kLast; doc += 1 + random() % apart)
      terms[term][doc] = i % 3 == 0 ? 0 : 1 + random() % (i % 5 == 0 ? 300 : 3);
  }
  terms["B" + std::string(kMaxTermBytes - 1, 'x')] = {{1, 1}, {kLast, 2}};
  return terms;
}

void write(const fs::path& path, const Terms& terms, DocId from = 1, DocId to = kLast) {
  PostingFileWriter out(path);
  for (const auto& [term, plain] : terms) {
    std::vector<Posting> postings;
    for (auto at = plain.lower_bound(from); at != plain.end() && at->first <= to; ++at)
      postings.push_back({at->first, at->second});
    if (!postings.empty()) out.add(term, postings);
  }
  out.finish();
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Plain read(const PostingFile& file, const PostingFile::Postings& postings) {
  Plain plain;
  for (PackedCursor cursor(file, postings); cursor.doc() != kNoDoc; cursor.next()) {
    BOOST_REQUIRE(plain.empty() || plain.rbegin()->first < cursor.doc());
    BOOST_REQUIRE(cursor.doc() >= file.first() && cursor.doc() <= file.last());
    plain[cursor.doc()] = cursor.wdf();
  }
  return plain;
}

std::vector<std::string> terms_from(const PostingFile& file, const std::string& prefix, std::size_t most = 100'000) {
  std::vector<std::string> terms;
  file.each_term(prefix, [&](const std::string& term) {
    terms.push_back(term);
    return terms.size() < most;
  });
  return terms;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(posting_files)

BOOST_AUTO_TEST_CASE(every_term_gives_back_its_postings_and_no_other_is_found) {
  const TemporaryDirectory directory;
  const Terms terms = some_terms(1);
  write(directory.path() / "grams", terms);
  const PostingFile file(directory.path() / "grams", 1, kLast);
  for (const auto& [term, plain] : terms) {
    const auto found = file.find(term);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->count == plain.size());
    Plain expected;
    for (const auto& [doc, count] : plain) expected[doc] = std::min(count, kMostCounted);
    BOOST_TEST((read(file, *found) == expected));
    for (const auto& other : {term + "x", term.substr(0, term.size() - 1)})
      BOOST_TEST(file.find(other).has_value() == terms.contains(other));
  }
  for (const char* other : {"", "A", "Z", "B\x01"}) BOOST_TEST(!file.find(other));
}

BOOST_AUTO_TEST_CASE(terms_are_met_in_order_from_any_beginning) {
  const TemporaryDirectory directory;
  const Terms terms = some_terms(2);
  write(directory.path() / "grams", terms);
  const PostingFile file(directory.path() / "grams", 1, kLast);
  for (const auto& prefix : {std::string(), std::string("B"), std::string("F"), std::string("Ftitle\x01一"),
                             std::string("B丅"), std::string("C"), terms.rbegin()->first}) {
    std::vector<std::string> expected;
    for (auto at = terms.lower_bound(prefix); at != terms.end() && at->first.starts_with(prefix); ++at)
      expected.push_back(at->first);
    BOOST_TEST(terms_from(file, prefix) == expected, boost::test_tools::per_element());
    if (expected.size() > 3) expected.resize(3);
    BOOST_TEST(terms_from(file, prefix, 3) == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_file_without_terms_is_one) {
  const TemporaryDirectory directory;
  write(directory.path() / "grams", {});
  const PostingFile file(directory.path() / "grams", 1, kLast);
  BOOST_TEST(!file.find("B"));
  BOOST_TEST(terms_from(file, "").empty());
}

BOOST_AUTO_TEST_CASE(merged_files_are_the_file_of_all) {
  const TemporaryDirectory directory;
  const Terms terms = some_terms(3);
  write(directory.path() / "all", terms);
  std::vector<fs::path> parts;
  for (const auto& [from, to] : std::vector<std::pair<DocId, DocId>>{{1, 9'999}, {10'000, 10'000}, {10'001, kLast}}) {
    parts.push_back(directory.path() / std::to_string(from));
    write(parts.back(), terms, from, to);
  }
  merge_posting_files(directory.path() / "merged", parts);
  BOOST_TEST((bytes_of(directory.path() / "merged") == bytes_of(directory.path() / "all")));
}

BOOST_AUTO_TEST_CASE(a_posting_takes_little_room) {
  const TemporaryDirectory directory;
  Terms terms;
  std::mt19937 random(4);
  std::size_t count = 0;
  for (char c = 'a'; c <= 'z'; ++c)
    for (DocId doc = 1 + random() % 60; doc <= kLast; doc += 1 + random() % 60, ++count)
      terms[std::string("B") + c][doc] = 1 + random() % 2;
  write(directory.path() / "grams", terms);
  // A gap below 60 takes 6 bits, one of two counts 1; heads and tables of blocks the rest.
  BOOST_TEST(bytes_of(directory.path() / "grams").size() < count * 8 / 8);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_refused_or_stays_within_its_bounds) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "grams";
  const Terms terms = some_terms(5);
  write(path, terms);
  const std::string whole = bytes_of(path);
  std::mt19937 random(6);
  int refused = 0;
  for (int round = 0; round < 1'500; ++round) {
    std::string bytes = whole;
    // Postings, terms, and what lies behind them.
    const std::size_t from = round % 3 == 0 ? 0 : round % 3 == 1 ? whole.size() * 9 / 10 : whole.size() - 200;
    for (int i = 0; i <= round % 4; ++i)
      bytes[from + random() % (whole.size() - from)] ^= static_cast<char>(1 + random() % 255);
    if (round % 10 == 0) bytes.resize(random() % bytes.size());
    const auto damaged = directory.path() / "damaged";
    std::ofstream(damaged, std::ios::binary) << bytes;
    try {
      const PostingFile file(damaged, 1, kLast);
      for (const auto& [term, plain] : terms)
        if (const auto found = file.find(term)) read(file, *found);
      terms_from(file, "");
    } catch (const Error& error) {
      BOOST_TEST((error.code() == ErrorCode::data_loss));
      ++refused;
    }
  }
  BOOST_TEST(refused > 500);
  BOOST_CHECK_THROW(PostingFile(directory.path() / "none", 1, kLast), Error);
}

BOOST_AUTO_TEST_SUITE_END()
