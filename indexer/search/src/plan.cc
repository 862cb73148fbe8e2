#include "plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "by_sound.h"
#include "lantai/index/terms.h"
#include "lantai/text/code.h"
#include "lantai/text/folding.h"
#include "lantai/text/mention.h"

namespace lantai::search {
namespace {

constexpr std::size_t kMaxExpansions = 10'000;
constexpr std::size_t kMaxExpanded = 64;  // beginnings of a query that stand for many terms: each is a union to be made
constexpr std::size_t kFewWords = 3;      // of so many set apart somebody means each
constexpr std::size_t kManyWords = 12;    // more words than this are a passage: rank, do not require
constexpr std::size_t kPhraseGrams = 8;
// How much words count, of which one of two characters is a pair itself and a longer one has several pairs, one of
// letters has none, and how much a pair that is in no word (docs/performance.md, ranking).
constexpr double kWordOfOne = 0.7, kWordOfTwo = 1.5, kLongWord = 0.5, kLatinWord = 2, kPairAcross = 0.4;
constexpr std::uint64_t kMostCandidates = 20'000;  // of parts of which any will do

// Function words that a person does not look for.
constexpr std::u32string_view kStopCharacters = U"的了和与及或在是对等之为将把被从向于到也都就还又很并其该以由";

std::u32string fold(std::string_view text) { return text::fold_only(text); }

PlanNode node_of(PlanNode::Kind kind) {
  PlanNode node;
  node.kind = kind;
  return node;
}

PlanNode joined(PlanNode::Kind kind, std::vector<PlanNode> children) {
  if (children.empty()) return node_of(PlanNode::Kind::nothing);
  if (children.size() == 1) return std::move(children.front());
  PlanNode node = node_of(kind);
  node.children = std::move(children);
  return node;
}

Needle needle_of(Needle::Form form, std::string text, const std::string& field) {
  Needle needle;
  needle.text = std::move(text);
  needle.field = field;
  needle.form = form;
  return needle;
}

Needle needle_of(std::u32string_view folded, bool words, const std::string& field = {}) {
  return needle_of(words ? Needle::Form::word : Needle::Form::plain, text::to_utf8(folded), field);
}

bool has_han(std::u32string_view text) { return std::any_of(text.begin(), text.end(), text::is_han); }

// Of text and phrases.
Needle typed_needle(const QueryNode& node) {
  const std::u32string folded = fold(node.text);
  return needle_of(folded, node.kind == QueryNode::Kind::text && !has_han(folded), node.field);
}

// nullopt: what was typed is no date.
std::optional<Needle> date_needle(const QueryNode& node) {
  const std::string folded = text::to_utf8(fold(node.text));
  const auto mention = text::next_date(folded, 0);
  if (!mention || mention->begin != 0 || mention->end != folded.size()) return std::nullopt;
  return needle_of(Needle::Form::date, mention->date, node.field);
}

// The index terms without which `text` cannot occur.
std::vector<Term> grams_of(std::u32string_view text, const std::string& field) {
  std::vector<Term> terms;
  const auto term = [&](std::u32string_view gram) {
    if (!field.empty()) return index::field_gram_term(field, text::to_utf8(gram));
    return gram.size() == 1 ? index::character_term(gram[0]) : index::bigram_term(gram[0], gram[1]);
  };
  for (std::size_t begin = 0; begin < text.size();) {
    if (!text::is_word_char(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && text::is_word_char(text[end])) ++end;
    // A character alone ends its run where it is found as well, unless the text ends with it.
    const bool alone = end - begin == 1;
    if (alone && end < text.size()) terms.push_back({term(text.substr(begin, 1)), 0});
    if (alone && end == text.size() && terms.empty()) terms.push_back({term(text.substr(begin, 1)), kAllTerms});
    for (std::size_t i = begin; i + 1 < end; ++i) terms.push_back({term(text.substr(i, 2)), 0});
    begin = end;
  }
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

std::unique_ptr<Cursor> all_terms(const PlanNode& node, index::SegmentReader& reader, const index::Segment& segment,
                                  QueryRun& run) {
  std::vector<std::pair<std::uint64_t, const Term*>> terms;
  for (const auto& term : node.terms) {
    run.effort.spend();
    const bool many = term.most > 0;
    terms.emplace_back(many ? segment.last() - segment.first() + 1 : reader.frequency(term.text), &term);
  }
  std::sort(terms.begin(), terms.end());
  if (terms.empty() || terms.front().first == 0) return make_empty_cursor();
  // A phrase is verified anyway: its rarest grams are enough.
  std::vector<std::unique_ptr<index::PostingCursor>> postings;
  const std::size_t wanted = node.kind == PlanNode::Kind::phrase ? kPhraseGrams : terms.size();
  for (std::size_t i = 0; i < terms.size() && i < wanted; ++i) {
    postings.push_back(open_term(*terms[i].second, reader, segment, run, i == 0 ? 0 : terms.front().first));
    if (!postings.back()) return make_empty_cursor();
  }
  return make_all_terms(std::move(postings), terms.front().first, run.effort);
}

// What a question asks with, and what is asked about does not hold; folded.
bool asks(std::u32string_view word) {
  static const std::set<std::u32string_view> kWords = {
      U"什么", U"怎么", U"怎样", U"怎么办", U"怎么样", U"如何", U"为什么", U"为何", U"何时", U"何地", U"哪个", U"哪些",
      U"哪里", U"哪种", U"哪儿", U"是否",   U"多少",   U"多久", U"几个",   U"谁",   U"吗",   U"呢",   U"请问"};
  return kWords.count(word) != 0;
}

bool is_one_character(const text::Word& word) { return word.han && word.end - word.begin == 1; }

bool is_stop_character(const text::Word& word, std::u32string_view folded) {
  return is_one_character(word) && kStopCharacters.find(folded[word.begin]) != std::u32string_view::npos;
}

bool is_han_pair(std::u32string_view text, std::size_t at) {
  return at + 1 < text.size() && text::is_han(text[at]) && text::is_han(text[at + 1]);
}

// What a person looks for in a text, [begin, end) of characters: a word, or neighbouring single characters together, as
// they are more likely an unknown name than words.
struct Part {
  std::size_t begin = 0, end = 0;
  bool unknown = false;

  std::size_t words() const { return unknown ? (end - begin + 1) / 2 : 1; }  // about
};

std::vector<Part> parts_of(std::u32string_view folded, const std::vector<text::Word>& words) {
  std::vector<Part> parts;
  std::size_t run = 0, run_end = 0;
  const auto end_run = [&] {
    if (run_end - run > 1) parts.push_back({run, run_end, true});
    run = run_end = 0;
  };
  for (const auto& word : words) {
    const bool single = is_one_character(word);
    const bool stop = is_stop_character(word, folded) || asks(folded.substr(word.begin, word.end - word.begin));
    if (!single || stop || word.begin != run_end) end_run();
    if (stop) continue;
    if (!single) {
      parts.push_back({word.begin, word.end, false});
    } else {
      if (run_end != word.begin || run_end == 0) run = word.begin;
      run_end = word.end;
    }
  }
  end_run();
  return parts;
}

// Does a word go on here? 会议室 is cut into 会议 and 室, and is no 会议.
bool goes_on_with(const text::Word& word, std::u32string_view folded) {
  return is_one_character(word) && !is_stop_character(word, folded);
}

// The first run of whole words that has synonyms, the longest from there: [begin, end) of characters.
std::optional<std::pair<std::size_t, std::size_t>> first_with_synonyms(std::u32string_view folded,
                                                                       const std::vector<text::Word>& words,
                                                                       const Synonyms& synonyms) {
  for (std::size_t first = 0; first < words.size() && !synonyms.empty(); ++first) {
    const std::size_t begin = words[first].begin;
    if (first > 0 && words[first - 1].end == begin && goes_on_with(words[first - 1], folded)) continue;
    for (std::size_t last = words.size(); last-- > first;) {
      const std::size_t end = words[last].end;
      if (end - begin > synonyms.longest() || synonyms.of(folded.substr(begin, end - begin)).empty()) continue;
      const bool whole =
          last + 1 == words.size() || words[last + 1].begin != end || !goes_on_with(words[last + 1], folded);
      if (whole) return std::pair{begin, end};
    }
  }
  return std::nullopt;
}

// Neither a condition on a field nor in quotes: those must hold whatever else is found.
bool typed_freely(const QueryNode& node) {
  using Kind = QueryNode::Kind;
  return node.field.empty() && (node.kind == Kind::text || node.kind == Kind::code || node.kind == Kind::prefix);
}

}  // namespace

Plan Planner::plan(const ParsedQuery& query, Mode mode) {
  const bool cut = plan_.cut;  // of a filter
  plan_ = {};
  if (cut) plan_.hints.push_back({"search.too_many_terms", ""});
  plan_.cut = cut;
  boolean_ = query.boolean;
  const std::size_t parts = count_parts(query);
  passage_ = parts > kManyWords && !all_words_;
  plan_.any_term_will_do = passage_;
  // Who sets a few words apart means each; what is written in one run is ranked (docs/adr/0105).
  const auto& children = query.root.children;
  plan_.closest_first = parts <= kFewWords && std::count_if(children.begin(), children.end(), typed_freely) > 1;
  // What is typed freely is always part of something, so that what will do is decided in one place.
  QueryNode root = query.root;
  if (typed_freely(root)) {
    root = {};
    root.kind = QueryNode::Kind::all_of;
    root.children.push_back(query.root);
  }
  if (mode == Mode::relaxed) {
    mode_ = Mode::exact_first;
    plan_.closest = build(root, true);
  }
  mode_ = mode;
  plan_.root = build(root, true);
  for (const auto& [term, times] : std::exchange(scoring_, {})) plan_.scoring.push_back({term, times});
  std::stable_sort(plan_.marks.begin(), plan_.marks.end(),
                   [](const Mark& a, const Mark& b) { return a.needle.text.size() > b.needle.text.size(); });
  return plan_;
}

// Of what was typed freely, in however many pieces it comes.
std::size_t Planner::count_parts(const ParsedQuery& query) {
  if (query.boolean) return 0;
  std::size_t parts = 0;
  std::vector<text::Word> words;
  const auto count = [&](const QueryNode& node) {
    if (!typed_freely(node) || node.kind != QueryNode::Kind::text) return;
    const std::u32string folded = fold(node.text);
    segmenter_.words(folded, words);
    for (const auto& part : parts_of(folded, words)) parts += part.words();
  };
  count(query.root);
  for (const auto& child : query.root.children) count(child);
  return parts;
}

PlanNode Planner::build(const QueryNode& node, bool wanted) {
  using Kind = QueryNode::Kind;
  if (node.kind == Kind::everything) return node_of(PlanNode::Kind::everything);
  if (node.kind == Kind::none_of) {
    PlanNode minus = node_of(PlanNode::Kind::minus);
    minus.children.push_back(node_of(PlanNode::Kind::everything));
    minus.children.push_back(build(node.children.front(), !wanted));
    return minus;
  }
  if (node.kind != Kind::all_of && node.kind != Kind::any_of) return leaf(node, wanted);
  const bool all = node.kind == Kind::all_of;
  std::vector<PlanNode> positive, negative, free;
  for (const auto& child : node.children) {
    if (all && child.kind == Kind::none_of) {
      negative.push_back(build(child.children.front(), !wanted));
    } else if (all && !boolean_ && typed_freely(child)) {
      free.push_back(build(child, wanted));
    } else {
      positive.push_back(build(child, wanted));
    }
  }
  plan_.several = plan_.several || free.size() > 1;
  if (any_will_do() && !free.empty()) {
    positive.push_back(any_part(std::move(free)));
  } else {
    positive.insert(positive.end(), std::make_move_iterator(free.begin()), std::make_move_iterator(free.end()));
  }
  PlanNode kept = positive.empty() ? node_of(PlanNode::Kind::everything)
                                   : joined(all ? PlanNode::Kind::all_of : PlanNode::Kind::any_of, std::move(positive));
  if (negative.empty()) return kept;
  PlanNode minus = node_of(PlanNode::Kind::minus);
  minus.children.push_back(std::move(kept));
  minus.children.push_back(joined(PlanNode::Kind::any_of, std::move(negative)));
  return minus;
}

PlanNode Planner::leaf(const QueryNode& node, bool wanted) {
  switch (node.kind) {
    case QueryNode::Kind::range:
      return range(node.field, node.from, node.to);
    case QueryNode::Kind::code:
      return code(node, wanted);
    case QueryNode::Kind::prefix:
      return prefix(node, wanted);
    case QueryNode::Kind::near:
      return near(node, wanted);
    default:
      break;
  }
  const std::u32string folded = fold(node.text);
  const Needle needle = typed_needle(node);
  if (!node.field.empty()) {
    PlanNode whole = exact(node.field, node.text);
    PlanNode part = phrase(needle, wanted);
    std::vector<PlanNode> either;
    either.push_back(std::move(whole));
    either.push_back(std::move(part));
    return joined(PlanNode::Kind::any_of, std::move(either));
  }
  if (node.kind == QueryNode::Kind::phrase || boolean_ || !wanted) return phrase(needle, wanted);
  mark(needle, 4);
  if (mode_ != Mode::by_sound || has_han(folded)) return free_text(folded);
  auto pattern = folded.size() > 1 ? text::SoundPattern::of_typed(node.text) : std::nullopt;
  if (!pattern) return free_text(folded);
  plan_.sounds = true;
  std::vector<PlanNode> either;
  either.push_back(free_text(folded));
  either.push_back(sound_node(std::move(*pattern), names_));
  return joined(PlanNode::Kind::any_of, std::move(either));
}

PlanNode sound_node(text::SoundPattern pattern, NameGrams& names) {
  PlanNode node = node_of(PlanNode::Kind::sound);
  node.sound = std::make_shared<const text::SoundPattern>(std::move(pattern));
  node.names = &names;
  return node;
}

// What was typed without quotes, operators or a field: its words are needed, not their order; or, when it is as long as
// a passage, any of them. For a word that has synonyms any of those will do.
PlanNode Planner::free_text(std::u32string_view folded) {
  std::vector<text::Word> words;
  segmenter_.words(folded, words);
  const auto known = words.size() > kManyWords ? std::nullopt : first_with_synonyms(folded, words, *synonyms_);
  if (!known) return free_words(folded, words);
  std::vector<PlanNode> needed;
  const auto [begin, end] = *known;
  for (const auto part : {folded.substr(0, begin), folded.substr(end)}) {
    if (std::any_of(part.begin(), part.end(), text::is_word_char)) needed.push_back(free_text(part));
  }
  needed.push_back(with_synonyms(folded.substr(begin, end - begin)));
  plan_.several = plan_.several || needed.size() > 1;
  return joined(any_will_do() ? PlanNode::Kind::any_of : PlanNode::Kind::all_of, std::move(needed));
}

PlanNode Planner::with_synonyms(std::u32string_view word) {
  std::vector<text::Word> words;
  segmenter_.words(word, words);
  std::vector<PlanNode> either;
  either.push_back(free_words(word, words));
  std::string named;
  for (const auto& other : synonyms_->of(word)) {
    either.push_back(phrase(needle_of(other, !has_han(other)), true));
    named += (named.empty() ? "" : ", ") + text::to_utf8(other);
  }
  const Hint hint{"search.synonyms", text::to_utf8(word) + " → " + named};
  if (std::find(plan_.hints.begin(), plan_.hints.end(), hint) == plan_.hints.end()) plan_.hints.push_back(hint);
  return joined(PlanNode::Kind::any_of, std::move(either));
}

PlanNode Planner::free_words(std::u32string_view folded, const std::vector<text::Word>& words) {
  if (folded.size() <= 3 && has_han(folded)) return phrase(needle_of(folded, false), true);
  std::vector<PlanNode> needed;
  for (const auto& part : parts_of(folded, words)) {
    const auto text = folded.substr(part.begin, part.end - part.begin);
    plan_.several = plan_.several || part.words() > 1;
    const Needle needle = needle_of(text, !has_han(text));
    if (!any_will_do() || !has_han(text)) {
      needed.push_back(phrase(needle, true));
    } else {
      mark(needle, 2);
    }
  }
  // As scoring goes by pairs of characters, whoever has one of them may come in.
  for (std::size_t i = 0; any_will_do() && i < folded.size(); ++i) {
    if (is_han_pair(folded, i)) needed.push_back(phrase(needle_of(folded.substr(i, 2), false), false));
  }
  score(folded);
  if (needed.empty()) return phrase(needle_of(folded, false), true);
  plan_.several = plan_.several || needed.size() > 1;
  return joined(any_will_do() ? PlanNode::Kind::any_of : PlanNode::Kind::all_of, std::move(needed));
}

// Where any part will do, the rare ones decide what ranks high: common ones are left to scoring when going through all
// that hold them would take too long.
PlanNode Planner::any_part(std::vector<PlanNode> pieces) {
  std::vector<PlanNode> parts;
  for (auto& piece : pieces) {
    if (piece.kind != PlanNode::Kind::any_of) {
      parts.push_back(std::move(piece));
    } else {
      std::move(piece.children.begin(), piece.children.end(), std::back_inserter(parts));
    }
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> by_rarity;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    by_rarity.emplace_back(candidates_of(parts[i]), i);
    all += by_rarity.back().first;
  }
  if (all <= kMostCandidates) return joined(PlanNode::Kind::any_of, std::move(parts));
  std::sort(by_rarity.begin(), by_rarity.end());
  std::vector<PlanNode> kept;
  std::uint64_t sum = 0;
  for (const auto& [candidates, number] : by_rarity) {
    if (sum > 0 && sum + candidates > kMostCandidates) break;
    sum += candidates;
    kept.push_back(std::move(parts[number]));
  }
  plan_.cut = true;
  return joined(PlanNode::Kind::any_of, std::move(kept));
}

// At most so many documents hold a phrase.
std::uint64_t Planner::candidates_of(const PlanNode& phrase) const {
  std::uint64_t sum = 0;
  for (const auto& segment : snapshot_.segments) {
    const auto reader = segment->reader();
    std::uint64_t fewest = phrase.terms.empty() ? 0 : segment->last() - segment->first() + 1;
    for (const auto& term : phrase.terms) {
      run_.effort.spend();
      if (term.most == 0) fewest = std::min(fewest, reader->frequency(term.text));
    }
    sum += fewest;
  }
  return sum;
}

PlanNode Planner::phrase(const Needle& needle, bool wanted) {
  const std::u32string folded = text::to_utf32(needle.text);
  PlanNode node = node_of(PlanNode::Kind::terms);
  node.terms = grams_of(folded, needle.field);
  node.needle = needle;
  if (!may_expand(node.terms)) return node_of(PlanNode::Kind::nothing);
  if (wanted) {
    score(folded);
    mark(needle, 2);
  }
  std::vector<text::Word> words;
  if (needle.form == Needle::Form::word && needle.field.empty()) {
    segmenter_.words(folded, words);
    if (words.size() == 1 && words[0].begin == 0 && words[0].end == folded.size() && !words[0].han) {
      node.terms = {{index::word_term(needle.text), 0}};
      return node;
    }
  }
  if (node.terms.empty()) return node_of(PlanNode::Kind::nothing);
  const bool one_gram =
      node.terms.size() == 1 && folded.size() <= 2 && std::all_of(folded.begin(), folded.end(), text::is_word_char);
  if (one_gram && needle.form == Needle::Form::plain) return node;
  node.kind = PlanNode::Kind::phrase;
  return node;
}

PlanNode Planner::code(const QueryNode& node, bool wanted) {
  PlanNode either = node_of(PlanNode::Kind::any_of);
  if (const auto day = date_needle(node)) either.children.push_back(date(*day, wanted));
  const Needle needle = code_needle(node);
  PlanNode whole = node_of(PlanNode::Kind::terms);
  whole.terms.push_back(
      {node.field.empty() ? index::code_term(needle.text) : index::field_code_term(node.field, needle.text)});
  either.children.push_back(std::move(whole));
  if (!node.field.empty()) either.children.push_back(exact(node.field, node.text));
  either.children.push_back(phrase(needle, wanted));
  return either;
}

// A mention of a day, or of any day of a month.
PlanNode Planner::date(const Needle& day, bool wanted) {
  PlanNode found = node_of(PlanNode::Kind::terms);
  found.terms.push_back({index::date_term(day.text), kAllTerms});
  if (!may_expand(found.terms)) return node_of(PlanNode::Kind::nothing);
  found.needle = day;
  if (!day.field.empty()) found.kind = PlanNode::Kind::phrase;
  if (wanted) mark(day, 2);
  return found;
}

Needle Planner::code_needle(const QueryNode& node) const {
  auto number = text::parse_document_number(node.text);
  if (!number) number = text::parse_document_number(node.text + "号");
  if (!number) return needle_of(Needle::Form::code, text::normalise_code(node.text), node.field);
  Needle needle = needle_of(Needle::Form::number, "", node.field);
  needle.organ = number->organ;
  needle.year = number->year;
  needle.serial = number->serial;
  needle.text = fmt::format("{}({:04}){}号", number->organ, number->year, number->serial);
  needle.longer = longer_organs(number->organ);
  return needle;
}

// 校办 is not 党校办, if the holdings know of both: what stands before it there.
std::vector<std::string> Planner::longer_organs(const std::string& organ) const {
  std::set<std::string> longer;
  const std::string prefix = index::organ_term("");
  for (const auto& segment : snapshot_.segments) {
    segment->reader()->each_term(prefix, [&](const std::string& term) {
      run_.effort.spend();
      const std::string_view known = std::string_view(term).substr(prefix.size());
      if (known.size() > organ.size() && known.ends_with(organ))
        longer.emplace(known.substr(0, known.size() - organ.size()));
      return true;
    });
  }
  return {longer.begin(), longer.end()};
}

// What each piece needs is needed; where they stand is seen in the text.
PlanNode Planner::near(const QueryNode& node, bool wanted) {
  PlanNode together = node_of(PlanNode::Kind::phrase);
  together.needle = needle_of(Needle::Form::near, node.text, node.field);
  together.needle.distance = node.distance;
  std::vector<PlanNode> pieces;
  for (const auto& needle : needles_near(node)) {
    PlanNode piece = needle.form == Needle::Form::date ? date(needle, wanted) : phrase(needle, wanted);
    if (piece.kind == PlanNode::Kind::nothing) return piece;
    together.terms.insert(together.terms.end(), piece.terms.begin(), piece.terms.end());
    together.needle.pieces.push_back(needle);
    pieces.push_back(std::move(piece));
  }
  if (pieces.size() == 1) return std::move(pieces.front());
  std::sort(together.terms.begin(), together.terms.end());
  together.terms.erase(std::unique(together.terms.begin(), together.terms.end()), together.terms.end());
  return together;
}

std::vector<Needle> Planner::needles_near(const QueryNode& node) {
  std::vector<Needle> needles;
  if (node.children.size() == 1) {
    const std::u32string folded = fold(node.children.front().text);
    std::vector<text::Word> words;
    segmenter_.words(folded, words);
    for (const auto& part : parts_of(folded, words)) {
      const auto text = folded.substr(part.begin, part.end - part.begin);
      needles.push_back(needle_of(text, !has_han(text), node.field));
    }
    if (!needles.empty()) return needles;
  }
  for (QueryNode piece : node.children) {
    piece.field = node.field;
    const auto day = piece.kind == QueryNode::Kind::code ? date_needle(piece) : std::nullopt;
    needles.push_back(day ? *day : piece.kind == QueryNode::Kind::code ? code_needle(piece) : typed_needle(piece));
  }
  return needles;
}

// May all of `terms` be looked up? False, with a hint, when the query has too many that stand for many terms each.
bool Planner::may_expand(const std::vector<Term>& terms) {
  for (const auto& term : terms) {
    if (term.most == 0 || expanded_.contains(term.text)) continue;
    if (expanded_.size() == kMaxExpanded) {
      if (!plan_.cut) plan_.hints.push_back({"search.too_many_terms", ""});
      plan_.cut = true;
      return false;
    }
    expanded_.insert(term.text);
  }
  return true;
}

PlanNode Planner::expanded(const std::string& prefix) {
  PlanNode node = node_of(PlanNode::Kind::terms);
  node.terms.push_back({prefix, kMaxExpansions});
  if (!may_expand(node.terms)) return node_of(PlanNode::Kind::nothing);
  for (const auto& segment : snapshot_.segments) {
    std::size_t count = 0;
    segment->reader()->each_term(prefix, [&](const std::string&) {
      run_.effort.spend();
      return ++count < kMaxExpansions;
    });
    if (count < kMaxExpansions) continue;
    plan_.hints.push_back({"search.too_many_terms", prefix.substr(1)});
    break;
  }
  return node;
}

PlanNode Planner::prefix(const QueryNode& node, bool wanted) {
  const std::u32string folded = fold(node.text);
  const std::string utf8 = text::to_utf8(folded);
  std::vector<PlanNode> either;
  const auto add_terms = [&](const std::string& start) { either.push_back(expanded(start)); };
  if (!node.field.empty()) {
    // Codes and other whole values by their beginning, text by any phrase.
    add_terms(index::field_code_term(node.field, text::normalise_code(node.text)));
    add_terms(index::exact_term(node.field, utf8));
    either.push_back(phrase(needle_of(folded, false, node.field), wanted));
    return joined(PlanNode::Kind::any_of, std::move(either));
  }
  const bool one_word = std::all_of(folded.begin(), folded.end(), text::is_word_char);
  if (has_han(folded) || !one_word) return phrase(needle_of(folded, false), wanted);
  if (wanted) mark(needle_of(folded, false), 2);
  add_terms(index::word_term(utf8));
  if (text::looks_like_reference_code(node.text)) add_terms(index::code_term(text::normalise_code(node.text)));
  return joined(PlanNode::Kind::any_of, std::move(either));
}

PlanNode Planner::exact(const std::string& field, const std::string& value) {
  PlanNode node = node_of(PlanNode::Kind::terms);
  node.terms.push_back({index::exact_term(field, index::fold_value(value))});
  PlanNode coded = node_of(PlanNode::Kind::terms);
  coded.terms.push_back({index::field_code_term(field, text::normalise_code(value))});
  const std::u32string folded = fold(value);
  PlanNode text = node_of(PlanNode::Kind::phrase);
  text.terms = grams_of(folded, field);
  text.needle = needle_of(folded, false, field);
  text.needle.form = Needle::Form::value;
  std::vector<PlanNode> either;
  either.push_back(std::move(node));
  either.push_back(std::move(coded));
  if (!text.terms.empty() && may_expand(text.terms)) either.push_back(std::move(text));
  return joined(PlanNode::Kind::any_of, std::move(either));
}

PlanNode Planner::range(const std::string& field, const std::string& from, const std::string& to) {
  const index::FieldColumn* column = snapshot_.columns->find_field(field);
  if (column == nullptr) return node_of(PlanNode::Kind::nothing);
  auto values = std::make_shared<ValueTest>(column->dictionary().size() + 1);
  const std::string low = index::fold_value(from);
  const std::string high = index::fold_value(to);
  for (std::uint32_t number = 1; number < values->size(); ++number) {
    run_.effort.spend();
    (*values)[number] = index::value_in_range(index::fold_value(column->dictionary().at(number)), low, high);
  }
  PlanNode node = node_of(PlanNode::Kind::column);
  node.column = column;
  node.values = std::move(values);
  return node;
}

PlanNode Planner::filter(const FieldFilter& filter) {
  std::vector<PlanNode> both;
  if (!filter.any_of.empty()) {
    std::vector<PlanNode> either;
    for (const auto& value : filter.any_of) either.push_back(exact(filter.field, value));
    both.push_back(joined(PlanNode::Kind::any_of, std::move(either)));
  }
  if (filter.from || filter.to) both.push_back(range(filter.field, filter.from.value_or(""), filter.to.value_or("")));
  if (both.empty()) return node_of(PlanNode::Kind::everything);
  return joined(PlanNode::Kind::all_of, std::move(both));
}

// Words and pairs of Han characters: precision from the first, recall from the second.
void Planner::score(std::u32string_view folded) {
  std::vector<text::Word> words;
  segmenter_.words(folded, words);
  const auto add = [&](std::string term, double times) {
    auto& known = scoring_[{std::move(term)}];
    known = std::max(known, times);
  };
  const auto add_pairs = [&](std::size_t begin, std::size_t end, double times) {
    for (std::size_t i = begin; i + 1 < end; ++i)
      if (is_han_pair(folded, i)) add(index::bigram_term(folded[i], folded[i + 1]), times);
  };
  add_pairs(0, folded.size(), kPairAcross);
  for (const auto& part : parts_of(folded, words)) add_pairs(part.begin, part.end, 1);
  text::leave_out_unknown_names(words);
  for (const auto& word : words) {
    const auto text = folded.substr(word.begin, word.end - word.begin);
    if (is_stop_character(word, folded)) continue;
    if (word.han && text.size() == 2) {
      add(index::bigram_term(text[0], text[1]), kWordOfTwo);
    } else {
      add(index::word_term(text::to_utf8(text)), !word.han ? kLatinWord : text.size() == 1 ? kWordOfOne : kLongWord);
    }
  }
  if (folded.size() == 1 && text::is_han(folded[0]) && expanded_.contains(index::character_term(folded[0]))) {
    scoring_.try_emplace({index::character_term(folded[0]), kAllTerms}, 1);
  }
}

void Planner::mark(const Needle& needle, double weight) {
  for (auto& mark : plan_.marks) {
    if (!(mark.needle == needle)) continue;
    mark.weight = std::max(mark.weight, weight);
    return;
  }
  plan_.marks.push_back({needle, weight});
}

std::unique_ptr<index::PostingCursor> open_term(const Term& term, index::SegmentReader& reader,
                                                const index::Segment& segment, QueryRun& run, std::uint64_t skips) {
  return term.most == 0 ? reader.open(term.text, skips) : run.unions.open(reader, segment, term.text, term.most);
}

std::unique_ptr<Cursor> make_cursor(const PlanNode& node, index::SegmentReader& reader, const index::Segment& segment,
                                    QueryRun& run) {
  switch (node.kind) {
    case PlanNode::Kind::everything:
      return make_range_cursor(segment.first(), segment.last());
    case PlanNode::Kind::nothing:
      return make_empty_cursor();
    case PlanNode::Kind::terms:
      return all_terms(node, reader, segment, run);
    case PlanNode::Kind::phrase:
      return make_verified(
          all_terms(node, reader, segment, run),
          [&needle = node.needle](std::string_view streams) { return occurs(needle, streams); }, run);
    case PlanNode::Kind::sound:
      return make_sound_cursor(*node.sound, *node.names, reader, segment, run);
    case PlanNode::Kind::column:
      return make_column_cursor(segment.first(), segment.last(), *node.column, node.values, run.effort);
    default:
      break;
  }
  std::vector<std::unique_ptr<Cursor>> children;
  for (const auto& child : node.children) children.push_back(make_cursor(child, reader, segment, run));
  if (node.kind == PlanNode::Kind::all_of) return make_all_of(std::move(children), run.effort);
  if (node.kind == PlanNode::Kind::any_of) return make_any_of(std::move(children), run.effort);
  return make_minus(std::move(children[0]), std::move(children[1]));
}

}  // namespace lantai::search
