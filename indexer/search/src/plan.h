// How is a query answered from the index? A Plan: what must match, which terms score, what to mark. Made once a query,
// then turned into cursors for each segment. Immutable once made.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cursors.h"
#include "lantai/search/query.h"
#include "lantai/search/synonyms.h"
#include "lantai/text/code.h"
#include "lantai/text/pinyin.h"
#include "lantai/text/segmentation.h"
#include "name_grams.h"

namespace lantai::search {

// A term, or with `most` the documents of all terms that begin so, up to that many terms.
struct Term {
  std::string text;
  std::size_t most = 0;

  auto operator<=>(const Term&) const = default;
};
// A word of two Han characters is its bigram as well: one term that counts more.
struct ScoringTerm {
  Term term;
  double times = 1;
};
inline constexpr std::size_t kAllTerms = ~std::size_t{0};

struct PlanNode {
  enum class Kind { everything, nothing, terms, phrase, column, sound, all_of, any_of, minus };
  Kind kind = Kind::nothing;
  std::vector<Term> terms;  // terms, phrase: all of them are needed
  Needle needle;            // phrase; of terms what they stand for, if it is one
  const index::FieldColumn* column = nullptr;
  std::shared_ptr<const ValueTest> values;
  std::shared_ptr<const text::SoundPattern> sound;
  NameGrams* names = nullptr;      // sound: where it is looked for
  std::vector<PlanNode> children;  // minus: wanted, unwanted
};

struct Mark {
  Needle needle;
  double weight = 1;
};

struct Plan {
  PlanNode root;
  std::optional<PlanNode> closest;   // relaxed: what has everything typed freely
  std::vector<ScoringTerm> scoring;  // distinct words and bigrams of what is wanted
  std::vector<Mark> marks;           // longest first
  std::vector<Hint> hints;
  bool closest_first = false;     // whatever it scores
  bool several = false;           // more than one part was typed freely
  bool sounds = false;            // words of letters were taken for pinyin as well
  bool any_term_will_do = false;  // ranked: the more of it the better
  bool cut = false;               // it asked for more than is looked up: not everything is found
};

enum class Mode {
  exact_first,  // everything typed is needed
  by_sound,     // the same, but words of letters may be the pinyin of a name
  relaxed,      // any part of what was typed freely will do
};

// Whose names sound so. `names` outlives it.
PlanNode sound_node(text::SoundPattern pattern, NameGrams& names);

class Planner {
 public:
  // Throws deadline_exceeded when the run's time is up.
  // `all_words`: SearchRequest.
  Planner(QueryRun& run, text::Segmenter& segmenter, NameGrams& names, std::shared_ptr<const Synonyms> synonyms,
          bool all_words = false)
      : run_(run),
        snapshot_(run.snapshot),
        segmenter_(segmenter),
        names_(names),
        synonyms_(std::move(synonyms)),
        all_words_(all_words) {}
  Plan plan(const ParsedQuery& query, Mode mode);
  // A filter outside the query: one of `values`, or a range.
  PlanNode filter(const FieldFilter& filter);

 private:
  std::size_t count_parts(const ParsedQuery& query);
  bool any_will_do() const { return passage_ || mode_ == Mode::relaxed; }
  PlanNode build(const QueryNode& node, bool wanted);
  PlanNode leaf(const QueryNode& node, bool wanted);
  PlanNode free_text(std::u32string_view folded);
  PlanNode free_words(std::u32string_view folded, const std::vector<text::Word>& words);
  PlanNode any_part(std::vector<PlanNode> parts);
  std::uint64_t candidates_of(const PlanNode& phrase) const;
  PlanNode with_synonyms(std::u32string_view word);
  PlanNode phrase(const Needle& needle, bool wanted);
  PlanNode code(const QueryNode& node, bool wanted);
  Needle code_needle(const QueryNode& node) const;
  std::vector<std::string> longer_organs(const std::string& organ) const;
  PlanNode date(const Needle& day, bool wanted);
  PlanNode near(const QueryNode& node, bool wanted);
  std::vector<Needle> needles_near(const QueryNode& node);
  PlanNode prefix(const QueryNode& node, bool wanted);
  PlanNode range(const std::string& field, const std::string& from, const std::string& to);
  PlanNode exact(const std::string& field, const std::string& value);
  void score(std::u32string_view folded);
  void mark(const Needle& needle, double weight);
  PlanNode expanded(const std::string& prefix);
  bool may_expand(const std::vector<Term>& terms);

  QueryRun& run_;
  const index::Snapshot& snapshot_;
  text::Segmenter& segmenter_;
  NameGrams& names_;
  const std::shared_ptr<const Synonyms> synonyms_;
  const bool all_words_;
  Plan plan_;
  std::map<Term, double> scoring_;  // → ScoringTerm::times
  std::set<std::string> expanded_;  // beginnings that stand for many terms each
  Mode mode_ = Mode::exact_first;
  bool boolean_ = false, passage_ = false;
};

// `skips`: SegmentReader::open.
std::unique_ptr<index::PostingCursor> open_term(const Term& term, index::SegmentReader& reader,
                                                const index::Segment& segment, QueryRun& run, std::uint64_t skips = 0);
std::unique_ptr<Cursor> make_cursor(const PlanNode& node, index::SegmentReader& reader, const index::Segment& segment,
                                    QueryRun& run);

}  // namespace lantai::search
