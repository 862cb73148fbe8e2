// What search finds is exactly what plain scanning of the folded text finds.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <functional>
#include <map>

#include "generated.h"
#include "index/holdings.h"
#include "lantai/search/searcher.h"
#include "lantai/text/folding.h"

namespace search = lantai::search;
namespace text = lantai::text;
using namespace lantai::search::testing;
using lantai::TemporaryDirectory;
using lantai::index::Document;
using lantai::index::Indexer;
using lantai::index::testing::Holdings;

namespace {

constexpr std::size_t kMany = 50'000;

// LANTAI_ORACLE_DOCUMENTS: how many, for a longer proof (docs/performance.md).
std::size_t documents_wanted() {
  const char* given = std::getenv("LANTAI_ORACLE_DOCUMENTS");
  return given == nullptr ? 1500 : std::stoul(given);
}

// Some documents settled on disk, some replaced, some removed, some fresh.
struct ScannedArchive {
  explicit ScannedArchive(std::size_t count) : seed(std::random_device{}()), random(seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    documents = lantai::search::testing::holdings(random, count);
    const std::size_t half = documents.size() / 2;
    auto drafts = lantai::search::testing::holdings(random, half);
    holdings.save(drafts);
    {
      const auto first = Indexer::open(holdings.store(), holdings, {directory.path()});
      BOOST_REQUIRE(lantai::index::testing::wait(*first, holdings.store().changes().last_position()));
    }
    indexer = Indexer::open(holdings.store(), holdings, {directory.path()});
    for (std::size_t i = 0; i < documents.size(); i += 100) {
      holdings.save({documents.begin() + static_cast<std::ptrdiff_t>(i),
                     documents.begin() + static_cast<std::ptrdiff_t>(std::min(i + 100, documents.size()))});
    }
    std::uint64_t position = 0;
    for (int i = 0; i < 20; ++i) {
      position = holdings.erase(documents.back().type, documents.back().id);
      documents.pop_back();
    }
    BOOST_REQUIRE(lantai::index::testing::wait(*indexer, position));
    searcher = search::Searcher::make(*indexer, holdings, {.aliases = {{"标题", "title"}, {"年度", "fiscal_year"}}});
    scanned = scan(documents);
  }

  Ids find(search::SearchRequest request) const {
    request.limit = 1000;
    request.exact_counts = true;
    Ids ids;
    do {
      const auto result = searcher->search(request);
      for (const auto& hit : result.hits) ids.insert(hit.id);
      BOOST_REQUIRE_EQUAL(result.hits.empty() ? 0 : result.total, result.total);
      request.page_token = result.next_page_token;
    } while (!request.page_token.empty());
    return ids;
  }
  Ids find(const std::string& query) const {
    search::SearchRequest request;
    request.query = query;
    request.access.everything = true;
    return find(request);
  }

  std::uint64_t count(const std::string& query) const {
    search::SearchRequest request;
    request.query = query;
    request.access.everything = true;
    request.limit = 1;
    request.exact_counts = true;
    const auto result = searcher->search(request);
    BOOST_TEST(result.total_is_exact);
    return result.total;
  }

  // What the request's caller may see, of its type and within its filter of retention.
  Ids open_to(const search::SearchRequest& request) const {
    Ids ids;
    for (const auto& document : documents) {
      const auto& sees = request.access.any_of;
      const bool visible = request.access.everything ||
                           std::any_of(document.access.begin(), document.access.end(), [&](const std::string& term) {
                             return std::find(sees.begin(), sees.end(), term) != sees.end();
                           });
      const auto& retention = document.fields[3].values.front();
      const bool passes = request.filters.empty() || retention == "Y" || retention == "D30";
      const bool typed = request.types.empty() || document.type == request.types;
      if (visible && passes && typed) ids.insert(document.id);
    }
    return ids;
  }

  // A piece of some text of the holdings, as it is folded.
  std::u32string piece(std::size_t shortest, std::size_t longest) {
    while (true) {
      const auto& texts = scanned[random() % scanned.size()].texts;
      const auto& chosen = texts[random() % texts.size()];
      const std::size_t size = shortest + random() % (longest - shortest + 1);
      if (chosen.size() < size) continue;
      const auto found = chosen.substr(random() % (chosen.size() - size + 1), size);
      const bool sayable = found.find(U'"') == std::u32string::npos && found.front() != U' ' && found.back() != U' ' &&
                           std::any_of(found.begin(), found.end(), text::is_word_char);
      if (sayable) return found;
    }
  }

  TemporaryDirectory directory;
  unsigned seed;
  Random random;
  Holdings holdings;
  std::vector<Document> documents;
  std::vector<Scanned> scanned;
  std::unique_ptr<Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
};

ScannedArchive& archive() {
  static ScannedArchive made(documents_wanted());
  return made;
}

std::string value_of(const Document& document, const std::string& name) {
  for (const auto& field : document.fields) {
    if (field.name == name) return field.values.front();
  }
  return {};
}

Ids minus(const Ids& left, const Ids& right) {
  Ids out;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::inserter(out, out.end()));
  return out;
}
Ids both(const Ids& left, const Ids& right) {
  Ids out;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::inserter(out, out.end()));
  return out;
}
Ids either(Ids left, const Ids& right) {
  left.insert(right.begin(), right.end());
  return left;
}

std::vector<std::size_t> places_of(const std::u32string& piece, const std::u32string& text) {
  std::vector<std::size_t> places;
  for (auto at = text.find(piece); at != std::u32string::npos; at = text.find(piece, at + 1)) places.push_back(at);
  return places;
}

// Any choice of one place for each piece, told by definition.
bool stand_near(const std::vector<std::u32string>& pieces, const std::u32string& text, std::size_t distance) {
  std::size_t characters = 0;
  for (const auto& piece : pieces) characters += piece.size();
  const std::function<bool(std::size_t, std::size_t, std::size_t)> choose = [&](std::size_t next, std::size_t first,
                                                                                std::size_t end) {
    if (next == pieces.size()) return end - first <= distance + characters;
    const auto places = places_of(pieces[next], text);
    return std::any_of(places.begin(), places.end(), [&](std::size_t place) {
      return choose(next + 1, std::min(first, place), std::max(end, place + pieces[next].size()));
    });
  };
  return choose(0, std::u32string::npos, 0);
}

Ids of_years(const std::vector<Document>& documents, unsigned from, unsigned to) {
  Ids ids;
  for (const auto& document : documents) {
    const unsigned long year = std::stoul(document.date.substr(0, 4));
    if (year >= from && year <= to) ids.insert(document.id);
  }
  return ids;
}

// Now as one, now as another, and in some rounds narrowed.
void ask_as(search::SearchRequest& request, int round) {
  if (round % 3 == 0) request.access.any_of = {"public"};
  if (round % 3 == 1) request.access.any_of = {"staff", "nobody"};
  if (round % 3 == 2) request.access.everything = true;
  if (round % 2 == 0) request.types = "item";
  if (round % 5 == 0) request.filters.push_back({"retention", {"Y", "D30"}, {}, {}});
}

std::string quoted(const std::u32string& folded) { return "\"" + text::to_utf8(folded) + "\""; }

std::string sample(const Ids& ids) {
  std::string out;
  for (const auto& id : ids) {
    if (out.size() < 60) out += id + " ";
  }
  return out;
}

void phrases_find_what_contains_them(ScannedArchive& a, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    const auto folded = a.piece(1, 12);
    const std::string query = "\"" + typed_otherwise(a.random, folded) + "\"";
    const Ids expected = containing(a.scanned, folded);
    if (round % 8 != 0) {  // most rounds compare numbers only
      BOOST_REQUIRE_MESSAGE(a.count(query) == expected.size(), query << " seed " << a.seed);
      continue;
    }
    const Ids found = a.find(query);
    BOOST_REQUIRE_MESSAGE(found == expected, query << " for " << text::to_utf8(folded) << ": found " << found.size()
                                                   << " of " << expected.size() << ", missing "
                                                   << sample(minus(expected, found)) << " extra "
                                                   << sample(minus(found, expected)) << " seed " << a.seed);
  }
}

// Of phrases, phrases in a field and ranges, asked by who sees a part of it, with and without a filter.
void boolean_queries_are_set_algebra(ScannedArchive& a, int rounds) {
  struct Random {
    ScannedArchive& a;
    std::pair<std::string, Ids> leaf() {
      const auto kind = a.random() % 6;
      if (kind == 0) {
        const unsigned from = 2009 + a.random() % 14, to = from + a.random() % 6;
        return {"年度:" + std::to_string(from) + ".." + std::to_string(to), of_years(a.documents, from, to)};
      }
      const auto folded = a.piece(1, 4);
      return {(kind == 1 ? "标题:" : "") + quoted(folded), containing(a.scanned, folded, kind == 1)};
    }
    std::pair<std::string, Ids> query(int depth) {
      const auto pick = a.random() % (depth == 0 ? 1 : 5);
      if (pick == 0) return leaf();
      const auto left = query(depth - 1);
      const auto right = query(depth - 1);
      switch (pick) {
        case 1:
          return {"(" + left.first + " AND " + right.first + ")", both(left.second, right.second)};
        case 2:
          return {"(" + left.first + " OR " + right.first + ")", either(left.second, right.second)};
        case 3:
          return {"（" + left.first + " -" + right.first + "）", minus(left.second, right.second)};
        default:
          return {"(" + left.first + " NOT " + right.first + ")", minus(left.second, right.second)};
      }
    }
  } make{a};
  for (int round = 0; round < rounds; ++round) {
    const auto [query, expected] = make.query(3);
    search::SearchRequest request;
    request.query = query;
    ask_as(request, round);
    BOOST_REQUIRE_MESSAGE(a.find(request) == both(expected, a.open_to(request)), query << " seed " << a.seed);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(oracle)

BOOST_AUTO_TEST_CASE(an_exact_phrase_finds_exactly_the_documents_that_contain_it_however_it_is_typed) {
  phrases_find_what_contains_them(archive(), 3000);
}

BOOST_AUTO_TEST_CASE(near_finds_exactly_the_texts_in_which_the_pieces_stand_no_farther_apart) {
  ScannedArchive& a = archive();
  for (int round = 0; round < 600; ++round) {
    std::vector<std::u32string> pieces;
    while (pieces.size() < 2 + static_cast<std::size_t>(round % 2)) {
      const auto piece = a.piece(1, 4);
      if (piece.find(U' ') == std::u32string::npos) pieces.push_back(piece);
    }
    const std::size_t distance = a.random() % (round % 5 == 0 ? 1000 : 40);
    const std::string number = std::to_string(distance);
    std::string query;
    for (const auto& piece : pieces) {
      const std::string typed = round % 2 == 0 ? text::to_utf8(piece) : quoted(piece);
      query += (query.empty() ? "" : round % 2 == 0 ? " " : " NEAR/" + number + " ") + typed;
    }
    if (round % 2 == 0) query = "\"" + query + "\"~" + number;
    Ids expected;
    for (const auto& document : a.scanned) {
      for (const auto& text : document.texts)
        if (stand_near(pieces, text, distance)) expected.insert(document.id);
    }
    const Ids found = a.find(query);
    BOOST_REQUIRE_MESSAGE(found == expected, query << ": found " << found.size() << " of " << expected.size()
                                                   << ", missing " << sample(minus(expected, found)) << " extra "
                                                   << sample(minus(found, expected)) << " seed " << a.seed);
  }
}

BOOST_AUTO_TEST_CASE(a_phrase_in_a_field_finds_exactly_the_documents_whose_field_contains_it) {
  ScannedArchive& a = archive();
  for (int round = 0; round < 300; ++round) {
    const auto folded = a.piece(1, 5);
    BOOST_REQUIRE_MESSAGE(a.find("标题:" + quoted(folded)) == containing(a.scanned, folded, true),
                          text::to_utf8(folded) << " seed " << a.seed);
  }
}

BOOST_AUTO_TEST_CASE(boolean_queries_equal_set_algebra) { boolean_queries_are_set_algebra(archive(), 400); }

BOOST_AUTO_TEST_CASE(of_many_passages_it_is_the_same) {
  ScannedArchive many(kMany);
  phrases_find_what_contains_them(many, 2000);
  boolean_queries_are_set_algebra(many, 40);
}

BOOST_AUTO_TEST_CASE(fields_and_ranges_equal_what_the_records_say) {
  ScannedArchive& a = archive();
  for (unsigned from = 2009; from <= 2023; from += 3) {
    for (unsigned to = from; to <= 2023; to += 4) {
      const Ids expected = of_years(a.documents, from, to);
      BOOST_TEST(a.find("年度:" + std::to_string(from) + ".." + std::to_string(to)) == expected);
      BOOST_TEST(a.find("date:" + std::to_string(from) + ".." + std::to_string(to)) == expected);
    }
  }
  Ids expected;
  for (const auto& document : a.documents) {
    if (document.date >= "2015-03-12" && document.date <= "2016-02-11") expected.insert(document.id);
  }
  BOOST_TEST(a.find("date:2015年3月12日..2016/2/11") == expected);
  // Whole numbers are no beginnings of one another: 20 does not take in 200.
  for (const auto& [from, to] : std::vector<std::pair<int, int>>{{1, 20}, {0, 2}, {15, 150}, {200, 200}}) {
    Ids in;
    for (std::size_t i = 0; i < a.documents.size(); ++i) {
      const int pages = std::stoi(value_of(a.documents[i], "page_count"));
      if (pages >= from && pages <= to) in.insert(a.documents[i].id);
    }
    BOOST_TEST(a.find("page_count:" + std::to_string(from) + ".." + std::to_string(to)) == in);
  }
}

BOOST_AUTO_TEST_CASE(counts_facets_and_hits_come_from_what_the_caller_may_see) {
  ScannedArchive& a = archive();
  for (int round = 0; round < 60; ++round) {
    const auto folded = a.piece(1, 2);
    search::SearchRequest request;
    request.query = quoted(folded);
    request.facets = {"fiscal_year", "department"};
    request.facet_values = 100;
    request.exact_counts = true;
    ask_as(request, round);
    const Ids expected = both(containing(a.scanned, folded), a.open_to(request));
    std::map<std::string, std::uint64_t> years, departments;
    for (const auto& document : a.documents) {
      if (!expected.contains(document.id)) continue;
      ++years[document.date.substr(0, 4)];
      ++departments[document.department];
    }
    BOOST_TEST(a.find(request) == expected);
    const auto result = a.searcher->search(request);
    BOOST_TEST(result.total == expected.size());
    BOOST_REQUIRE_EQUAL(result.facets.size(), 2U);
    std::map<std::string, std::uint64_t> counted;
    for (const auto& value : result.facets[0].values) counted[value.value] = value.count;
    BOOST_TEST((counted == years));
    counted.clear();
    for (const auto& value : result.facets[1].values) counted[value.value] = value.count;
    BOOST_TEST((counted == departments));
    for (std::size_t i = 1; i < result.facets[0].values.size(); ++i) {
      BOOST_TEST(result.facets[0].values[i - 1].count >= result.facets[0].values[i].count);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_mark_stands_on_characters_that_fold_to_what_was_asked) {
  ScannedArchive& a = archive();
  for (int round = 0; round < 300; ++round) {
    const auto folded = a.piece(2, 8);
    search::SearchRequest request;
    request.query = quoted(folded);
    request.access.everything = true;
    for (const auto& hit : a.searcher->search(request).hits) {
      bool marked = false;
      for (const auto& part : hit.snippet) {
        if (!part.hit) continue;
        marked = true;
        const auto shown = text::fold_only(part.text);
        BOOST_REQUIRE_MESSAGE(shown.find(folded) != std::u32string::npos || folded.find(shown) != std::u32string::npos,
                              text::to_utf8(folded) << " marked as " << part.text << " seed " << a.seed);
      }
      BOOST_REQUIRE_MESSAGE(marked, text::to_utf8(folded) << " not marked in " << hit.id << " seed " << a.seed);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
