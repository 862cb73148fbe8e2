// What is in the archive about …? Parses what a person typed, asks the index within what the caller may see, and gives
// back ranked hits with snippets, facets with counts and hints. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lantai/base/time.h"
#include "lantai/index/indexer.h"
#include "lantai/search/synonyms.h"

namespace lantai::search {

// What the caller may see. Part of every query: totals, facets and snippets come from the filtered query.
struct AccessFilter {
  bool everything = false;
  std::vector<std::string> any_of;  // access terms; one that ends in `@`: with each of `departments` behind it
  std::vector<std::string> lent{};  // `item/…`, `volume/…`: seen besides, with what lies in them (index::kLiesIn),
  std::vector<std::string> lent_types{};  // as far as it is of these types
  std::set<std::string> departments{};
};

struct FieldFilter {
  std::string field;
  std::vector<std::string> any_of;      // exact values
  std::optional<std::string> from, to;  // inclusive range
};

enum class Sort {
  relevance,
  recent,  // by relevance, newer ones preferred
  date_ascending,
  date_descending,
  code_ascending,
  code_descending
};
inline bool by_score(Sort sort) { return sort == Sort::relevance || sort == Sort::recent; }

struct SearchRequest {
  std::string query;       // empty: everything
  bool all_words = false;  // a part of what was typed will not do, however little has all of it
  std::vector<FieldFilter> filters;
  std::vector<std::string> facets;
  std::size_t facet_values = 50;
  Sort sort = Sort::relevance;
  Date today{1970, 1, 1};  // for Sort::recent; the pages of a list keep that of the first
  std::size_t limit = 20;  // 1..1000
  std::string page_token;
  // Totals and facets count every match. Otherwise those of very many matches whose texts would have to be read are
  // estimates, and the answer comes sooner; SearchResult::total_is_exact tells.
  bool exact_counts = false;
  bool strict = false;  // syntax errors are errors instead of hints
  AccessFilter access;
  std::string types;      // restrict to one record type, or empty
  std::string ids_after;  // only records whose id is greater: ids begin with when a record was made
  std::chrono::milliseconds time_limit{5000};  // for everything, and a quarter more to show what was found
};

struct SnippetPart {
  std::string text;
  bool hit = false;
};

struct Hit {
  std::size_t rank = 0;              // from 1
  bool partial = false;              // it has only a part of what was typed
  std::vector<std::string> missing;  // what it has not, as typed; empty too when the time is up
  double score = 0;  // 1 for the best of the query, in tenths: more would tell how rare a word is in what is hidden
  std::string type, id;
  std::string title, reference_code, date, department;
  std::uint32_t file = 0;  // number of the component file with the best passage, 0: the record's fields
  std::string file_name;
  std::string member;  // path of the passage's text within that file, if it is an archive
  std::uint32_t page = 0;
  std::vector<SnippetPart> snippet;
};

struct FacetValue {
  std::string value;
  std::uint64_t count = 0;
};

struct Facet {
  std::string field;
  std::vector<FacetValue> values;  // by count, then value
};

// `code`: id in metadata-schema/messages, such as `search.unbalanced_quote`; `detail`: the piece of the query.
struct Hint {
  std::string code;
  std::string detail;

  bool operator==(const Hint&) const = default;
};

struct SearchResult {
  std::uint64_t total = 0;    // facets count the same
  std::uint64_t partial = 0;  // beside them: what has only a part, shown because they are few
  bool total_is_exact = true;
  std::vector<Hit> hits;
  std::vector<Facet> facets;
  std::vector<Hint> hints;
  std::string next_page_token;  // empty: the last page
  std::uint64_t position = 0;   // the change position this answer has seen
};

// What may a person be about to type? Names (of records: titles, people, departments) that have what is typed so far,
// in characters, pinyin, initials or any mixture: 校长b, xiaozhangb, xzb.
struct CompletionRequest {
  std::string typed;  // what is longer than 64 characters has none
  AccessFilter access;
  std::string types;                          // restrict to one record type, or empty
  std::size_t limit = 8;                      // 1..50
  std::chrono::milliseconds time_limit{300};  // then: what was found
};

struct Completion {
  std::string name;  // as it is written
  std::string type, id;
  std::size_t begin = 0, end = 0;  // what was typed, in bytes of the name
};

// Why is a record found by a request, or not? A part is one thing asked for: a word typed, a phrase, a field's value.
struct ExplainedPart {
  std::string text;                  // as typed
  std::string field;                 // declared name, or empty: anywhere
  bool excluded = false;             // stands under NOT: the record must not have it
  bool held = false;                 // the record has it
  std::vector<std::string> missing;  // what of it the record has not, folded
};

struct Explanation {
  std::uint64_t position = 0;            // up to which the index has followed the store
  std::optional<std::uint64_t> version;  // of the record that is indexed; nullopt: the index does not know it
  bool visible = false;                  // to who asks
  bool matches = false;                  // the query
  bool by_any_part = false;              // only in that any part of what was typed will do
  bool by_sound = false;                 // only in that its name sounds like the letters typed
  bool text_damaged = false;
  std::vector<ExplainedPart> parts;
  std::vector<std::string> failed_filters;  // fields
};

// What people may call a field: folded label → declared name, such as 年度 → fiscal_year. Declared names always work.
using FieldAliases = std::map<std::string, std::string>;

// Makes page tokens that callers can neither read nor make: they hold counts over all documents. `open` gives nullopt
// for what is not ours. Thread-safe.
struct TokenSeal {
  std::function<std::string(std::string_view)> seal;
  std::function<std::optional<std::string>(std::string_view)> open;
};
TokenSeal unsealed_tokens();  // in hex: for programs whose callers may see everything

struct SearcherOptions {
  FieldAliases aliases = {};
  TokenSeal seal = unsealed_tokens();
  std::vector<std::string> name_fields{"title"};  // declared, that hold the names of records: found by pinyin
  // Asked for each query, by any thread. Never null.
  std::function<std::shared_ptr<const Synonyms>()> synonyms = [none = std::make_shared<const Synonyms>()] {
    return none;
  };
};

class Searcher {
 public:
  using Marks = std::vector<std::pair<std::size_t, std::size_t>>;

  // `indexer` and `source` outlive it.
  static std::unique_ptr<Searcher> make(index::Indexer& indexer, const index::DocumentSource& source,
                                        SearcherOptions options = {});
  virtual ~Searcher() = default;
  virtual SearchResult search(const SearchRequest& request) = 0;
  // Those that begin so first, then the shorter; one of each name. Empty: no name has what is typed.
  virtual std::vector<Completion> complete(const CompletionRequest& request) = 0;
  // Records like this one, the likest first, without itself; with the beginnings of their texts. `limit` 1..50. Empty
  // when it is not known, shares no words, or the time is up before anything was found.
  virtual std::vector<Hit> similar(std::string_view type, std::string_view id, const AccessFilter& access,
                                   std::size_t limit) = 0;
  // Of one record, whoever may see it: for callers who may know. Cost: linear in the documents, some milliseconds for a
  // hundred thousand. Throws deadline_exceeded.
  virtual Explanation explain(const SearchRequest& request, std::string_view type, std::string_view id) = 0;
  // Tells where the terms of `query` occur in a text (byte offsets, half-open), for marking hits in the reader. Planned
  // once for any number of texts.
  virtual std::function<Marks(const std::string& text)> marker(const std::string& query) = 0;
};

}  // namespace lantai::search
