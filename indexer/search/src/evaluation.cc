#include "evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>

#include "facet_counter.h"
#include "lantai/base/error.h"
#include "lantai/index/ranking.h"
#include "newness.h"
#include "postponed.h"
#include "visibility.h"

namespace lantai::search {
namespace {

constexpr std::size_t kScoringTerms = 40;  // the rarest of a long query decide
constexpr std::size_t kReadFirst = 128;    // candidates, before others are postponed
constexpr std::size_t kSampled = 1024;     // texts, at most, that are read for an estimate

struct WeighedTerm {
  Term term;
  double weight = 0;
};

std::vector<WeighedTerm> weighed_terms(const Conditions& conditions) {
  std::vector<WeighedTerm> terms;
  const double documents = static_cast<double>(std::max<std::uint64_t>(1, conditions.basis.end - 1));
  for (std::size_t i = 0; i < conditions.plan->scoring.size() && i < conditions.basis.frequencies.size(); ++i) {
    const double frequency = static_cast<double>(conditions.basis.frequencies[i]);
    if (frequency == 0) continue;
    const double idf = std::log(1.0 + std::max(0.0, documents - frequency + 0.5) / (frequency + 0.5));
    const auto& [term, times] = conditions.plan->scoring[i];
    terms.push_back({term, idf * times});
  }
  std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
  if (terms.size() > kScoringTerms) terms.resize(kScoringTerms);
  return terms;
}

double average_length(const PageToken& basis) {
  const double documents = std::max(1.0, static_cast<double>(basis.end - 1));
  return std::max(1.0, static_cast<double>(basis.total_length) / documents);
}

// Total order of results; the document's number decides what else leaves open. What has no date or code comes last.
class Order {
 public:
  Order(const index::Columns& columns, Sort sort, bool closest_first)
      : columns_(columns), sort_(sort), closest_first_(closest_first) {}
  bool operator()(const Match& a, const Match& b) const {
    if (by_score(sort_)) {
      if (closest_first_ && a.closest != b.closest) return a.closest;
      return a.score != b.score ? a.score > b.score : a.doc < b.doc;
    }
    const std::string& left = key(a.doc);
    const std::string& right = key(b.doc);
    if (left.empty() != right.empty()) return right.empty();
    const bool up = sort_ == Sort::date_ascending || sort_ == Sort::code_ascending;
    const int order = left.compare(right);
    if (order != 0) return up ? order < 0 : order > 0;
    return a.doc < b.doc;
  }

 private:
  const std::string& key(DocId doc) const {
    const auto& entry = columns_.at(doc);
    return sort_ == Sort::date_ascending || sort_ == Sort::date_descending ? entry.date : entry.code_key;
  }
  const index::Columns& columns_;
  const Sort sort_;
  const bool closest_first_;
};

class Evaluator {
 public:
  // `may_guess`: whether there are very many may be told from those that were read first.
  Evaluator(const Conditions& conditions, bool may_guess, QueryRun& run)
      : conditions_(conditions),
        may_guess_(may_guess),
        run_(run),
        snapshot_(run.snapshot),
        order_(*snapshot_.columns, conditions.request->sort, conditions.plan->closest_first),
        visibility_(conditions.request->access, *snapshot_.columns, visible_to(conditions.request->access, run)),
        ranked_(by_score(conditions.request->sort)),
        newer_preferred_(conditions.request->sort == Sort::recent),
        terms_(ranked_ ? weighed_terms(conditions) : std::vector<WeighedTerm>{}),
        wanted_(conditions.basis.offset + conditions.request->limit),
        norm_(average_length(conditions.basis)),
        lengths_(snapshot_.columns->length_walker()),
        standings_(snapshot_.columns->standing_walker()) {
    for (const auto& name : conditions.request->facets) {
      facets_.emplace_back(name, snapshot_.columns->find_field(name));
    }
    if (!conditions.request->types.empty()) type_ = snapshot_.columns->types().find(conditions.request->types);
  }

  // nullopt: the guess was wrong.
  std::optional<Evaluation> run() {
    const bool no_such_type = !conditions_.request->types.empty() && type_ == 0;
    try {
      for (const auto& segment : snapshot_.segments) {
        if (!no_such_type) walk(*segment);
      }
      if (!count_postponed()) return std::nullopt;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::deadline_exceeded) throw;
      out_.complete = false;
    }
    std::sort_heap(out_.top.begin(), out_.top.end(), order_);
    for (const auto& facet : facets_) out_.facets.push_back(facet.result(conditions_.request->facet_values));
    return std::move(out_);
  }

 private:
  // Candidates that are looked at together, stage by stage, while what each stage needs is near the processor.
  struct Batch {
    static constexpr std::size_t kMost = 512;
    std::size_t size = 0;
    bool any_gone = false;
    std::array<DocId, kMost> docs;
    std::array<bool, kMost> gone, closest;
    std::array<float, kMost> scores{};
  };
  struct Scorer {
    std::unique_ptr<index::PostingCursor> postings;
    float weight = 0;
    float rest = 0;  // what all after it can add at most
  };
  // Those of a batch that can still come into the list, while their scores are summed up.
  struct Contenders {
    std::size_t size = 0;
    std::array<DocId, Batch::kMost> docs;
    std::array<float, Batch::kMost> norms, scores;
    std::array<std::uint16_t, Batch::kMost> places;  // in the batch
  };

  // Of one segment: which candidates, and which of them have everything.
  struct Cursors {
    std::unique_ptr<index::SegmentReader> reader;
    std::unique_ptr<Cursor> candidates, closest;
  };
  Cursors open(const index::Segment& segment) {
    Cursors out;
    out.reader = segment.reader();
    out.candidates = make_cursor(conditions_.plan->root, *out.reader, segment, run_);
    if (conditions_.plan->closest) out.closest = make_cursor(*conditions_.plan->closest, *out.reader, segment, run_);
    if (conditions_.filters != nullptr) {
      std::vector<std::unique_ptr<Cursor>> both;
      both.push_back(std::move(out.candidates));
      both.push_back(make_cursor(*conditions_.filters, *out.reader, segment, run_));
      out.candidates = make_all_of(std::move(both), run_.effort);
    }
    return out;
  }

  void walk(const index::Segment& segment) {
    if (segment.first() >= conditions_.basis.end) return;
    const auto [reader, cursor, closest] = open(segment);
    auto scorers = open_scorers(*reader, segment, cursor->cost());
    Batch batch;
    // The closest are looked for one by one: where their cursor stands they are confirmed.
    const bool one_by_one = closest && !closest->confirms_later();
    for (DocId from = segment.first(); from < conditions_.basis.end;) {
      const std::size_t most = one_by_one ? 1 : looked_at_ < kReadFirst ? kReadFirst : Batch::kMost;
      batch.size = cursor->take(from, std::span(batch.docs).first(most));
      if (batch.size == 0) break;
      from = batch.docs[batch.size - 1] + 1;
      while (batch.size > 0 && batch.docs[batch.size - 1] >= conditions_.basis.end) --batch.size;
      run_.effort.spend(batch.size * (1 + scorers.size()));
      looked_at_ += batch.size;
      const bool by_score = postpones_ && ranked_ && closest == nullptr && cursor->never_certain();
      if (by_score) {
        score(batch, scorers, false);
        postpone_all_but_contenders(batch);
      }
      see(batch);
      if (ranked_ && !by_score) score(batch, scorers, closest != nullptr);
      decide(batch, *cursor, closest.get());
      if (!postpones_) consider_postponing();
    }
  }

  // Once it is known that very many match, or to be expected of those that were read.
  void consider_postponing() {
    if (conditions_.request->exact_counts) return;
    const bool expected = may_guess_ && looked_at_ >= kReadFirst && 2 * out_.places >= looked_at_;
    if (!expected && out_.places < kCountedExactly) return;
    postpones_ = true;
    matching_of_seen_ = static_cast<double>(out_.places) / static_cast<double>(seen_);
    matching_of_all_ = static_cast<double>(out_.places) / static_cast<double>(looked_at_);
  }

  void postpone_all_but_contenders(Batch& batch) {
    if (out_.top.size() < wanted_ || wanted_ == 0) return;
    const double worst = out_.top.front().score;
    std::array<DocId, Batch::kMost> others;
    std::size_t kept = 0, left = 0;
    for (std::size_t i = 0; i < batch.size; ++i) {
      const bool contends = batch.scores[i] > worst;
      others[left] = batch.docs[i];
      batch.docs[kept] = batch.docs[i];
      batch.scores[kept] = batch.scores[i];
      (contends ? kept : left) += 1;
    }
    batch.size = kept;
    postponed_.add(std::span(others).first(left));
  }

  // Leaves what exists and the caller may see, of the type that was asked for.
  void see(Batch& batch) {
    const index::Columns& columns = *snapshot_.columns;
    const bool any_id = conditions_.request->ids_after.empty();
    std::size_t kept = 0;
    batch.any_gone = false;
    for (std::size_t i = 0; i < batch.size; ++i) {
      const DocId doc = batch.docs[i];
      if (i + kFetchedAhead < batch.size) __builtin_prefetch(standings_.find(batch.docs[i + kFetchedAhead]));
      const auto& standing = *standings_.find(doc);
      if (!visibility_.sees(doc, standing.access())) continue;
      const bool gone = standing.gone();
      if (gone && !snapshot_.alive(columns.at(doc), conditions_.basis.state)) continue;
      if (type_ != 0 && columns.at(doc).type != type_) continue;
      if (!any_id && columns.at(doc).id <= conditions_.request->ids_after) continue;
      batch.docs[kept] = doc;
      batch.scores[kept] = batch.scores[i];
      batch.gone[kept] = gone;
      batch.any_gone = batch.any_gone || gone;
      ++kept;
    }
    batch.size = kept;
    seen_ += kept;
  }

  std::vector<Scorer> open_scorers(index::SegmentReader& reader, const index::Segment& segment, std::uint64_t skips) {
    std::vector<Scorer> scorers;
    for (const auto& [term, weight] : terms_) {
      if (auto postings = open_term(term, reader, segment, run_, skips))
        scorers.push_back({std::move(postings), static_cast<float>(weight * (1 + index::kSaturation)), 0});
    }
    for (std::size_t i = scorers.size(); i-- > 1;) scorers[i - 1].rest = scorers[i].rest + scorers[i].weight;
    return scorers;
  }

  // The terms of most weight come first. Who cannot come into the list any more, whatever the others would add, is left
  // with what there is: that is below all in the list.
  void score(Batch& batch, std::vector<Scorer>& scorers, bool any_closest) {
    std::fill_n(batch.scores.begin(), batch.size, 0.0F);
    if (scorers.empty() && !newer_preferred_) return;
    Contenders left;
    left.size = batch.size;
    std::copy_n(batch.docs.begin(), batch.size, left.docs.begin());
    for (std::size_t i = 0; i < batch.size; ++i) left.norms[i] = norm_.of(*lengths_.find(batch.docs[i]));
    std::fill_n(left.scores.begin(), batch.size, newer_preferred_ && terms_.empty() ? 1.0F : 0.0F);
    std::iota(left.places.begin(), left.places.begin() + static_cast<std::ptrdiff_t>(batch.size), std::uint16_t{0});
    const std::optional<float> least = least_score(any_closest);
    std::array<std::uint8_t, Batch::kMost> counts;
    for (auto& [postings, weight, rest] : scorers) {
      postings->counts(std::span(left.docs).first(left.size), counts.data());
      index::add_shares(weight, counts.data(), left.norms.data(), std::span(left.scores).first(left.size));
      if (least && rest > 0) leave_out(left, *least - rest, batch);
    }
    if (newer_preferred_) prefer_newer(left, least);
    for (std::size_t i = 0; i < left.size; ++i) batch.scores[left.places[i]] = left.scores[i];
  }

  // Nobody's score grows by it: who cannot come into the list is left as it is.
  void prefer_newer(Contenders& left, std::optional<float> least) const {
    for (std::size_t i = 0; i < left.size; ++i)
      if (!least || left.scores[i] > *least)
        left.scores[i] *= newness(snapshot_.columns->at(left.docs[i]).date, conditions_.basis.today);
  }

  static void leave_out(Contenders& left, float up_to, Batch& batch) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < left.size; ++i) {
      const float score = left.scores[i];
      batch.scores[left.places[i]] = score;
      left.docs[kept] = left.docs[i];
      left.norms[kept] = left.norms[i];
      left.places[kept] = left.places[i];
      left.scores[kept] = score;
      kept += score > up_to ? 1 : 0;
    }
    left.size = kept;
  }

  // What scores no more than this does not come into the list, be it closest or not; a little less, as sums are
  // rounded.
  std::optional<float> least_score(bool any_closest) const {
    if (out_.top.size() < wanted_ || wanted_ == 0) return std::nullopt;
    const Match& worst = out_.top.front();
    if (any_closest && conditions_.plan->closest_first && !worst.closest) return std::nullopt;
    return static_cast<float>(worst.score * (1 - 1e-5));
  }

  // Which of them match, and which come into the list? Texts are read only here.
  void decide(Batch& batch, Cursor& cursor, Cursor* closest) {
    const bool exact = cursor.exact();
    if (closest == nullptr && exact && none_comes_into_the_list(batch)) return count_all(batch);
    if (closest != nullptr) find_closest(batch, *closest);
    for (std::size_t i = 0; i < batch.size; ++i) {
      const DocId doc = batch.docs[i];
      if (!exact && !postpones_) expect_texts(std::span(batch.docs).first(batch.size), i);
      Match match{doc, ranked_ ? batch.scores[i] : 0, closest != nullptr && batch.closest[i]};
      bool kept = may_be_kept(match);
      const bool certain = cursor.certain(doc);
      if (!kept && postpones_ && !(certain && (!match.closest || closest->certain(doc)))) {
        postponed_.add(std::span(&doc, 1));
        continue;
      }
      if (!certain && !cursor.confirm(doc)) continue;
      ++out_.places;
      if (match.closest && !closest->confirm(doc)) {
        match.closest = false;
        kept = may_be_kept(match);
      }
      if (!batch.gone[i] || not_withdrawn(doc)) count(doc, match.closest);
      if (kept) keep(match);
    }
    count_facets();
  }

  bool none_comes_into_the_list(const Batch& batch) const {
    if (!ranked_ || batch.any_gone || out_.top.size() < wanted_) return false;
    return wanted_ == 0 || std::none_of(batch.scores.begin(), batch.scores.begin() + batch.size,
                                        [worst = out_.top.front().score](double score) { return score > worst; });
  }

  void count_all(const Batch& batch) {
    out_.places += batch.size;
    if (!any_part_counts()) {
      out_.partial += batch.size;
      return;
    }
    out_.total += batch.size;
    for (auto& facet : facets_) facet.count(std::span(batch.docs).first(batch.size));
  }

  static void find_closest(Batch& batch, Cursor& closest) {
    std::array<DocId, Batch::kMost> found;
    std::copy_n(batch.docs.begin(), batch.size, found.begin());
    const std::size_t count = closest.keep(std::span(found).first(batch.size));
    for (std::size_t i = 0, at = 0; i < batch.size; ++i) {
      batch.closest[i] = at < count && found[at] == batch.docs[i];
      if (batch.closest[i]) ++at;
    }
  }

  // While every text is read, the next ones are fetched beside.
  void expect_texts(std::span<const DocId> docs, std::size_t at) const {
    constexpr std::size_t kTexts = 4;
    if (at + 2 * kTexts < docs.size()) snapshot_.expect_place_of_text(docs[at + 2 * kTexts]);
    if (at + kTexts < docs.size()) snapshot_.expect_text(docs[at + kTexts]);
  }

  bool any_part_counts() const { return conditions_.basis.matching != Matching::all_before_any; }

  void count(DocId doc, bool has_everything) {
    if (!any_part_counts() && !has_everything) {
      ++out_.partial;
      return;
    }
    ++out_.total;
    if (!facets_.empty()) counted_.push_back(doc);
  }

  void count_facets() {
    for (auto& facet : facets_) facet.count(counted_);
    counted_.clear();
  }

  // Of those whose texts were not read for the list: all, when they may be few, or an even sample. What the sample
  // tells of its texts is taken to hold for the others that the caller may see. False: too few match to be guessed at.
  bool count_postponed() {
    if (postponed_.count() == 0) return true;
    const bool many = out_.places >= kCountedExactly;
    const double expected =
        static_cast<double>(out_.places) + matching_of_all_ * static_cast<double>(postponed_.count());
    const bool all = !many && expected < 1.25 * kCountedExactly;
    if (all && postponed_.each_stands_for() > 1) return false;
    const std::vector<DocId> visible = visible_of_postponed();
    std::vector<DocId> read = visible;
    while (!all && read.size() > texts_to_read()) halve(read);
    Sampled sampled;
    for (const auto& segment : snapshot_.segments) look_into(*segment, read, sampled);

    // For how many does a text that was read stand?
    const double each = static_cast<double>(postponed_.each_stands_for());
    const double times =
        read.empty() ? each : each * static_cast<double>(visible.size()) / static_cast<double>(read.size());
    out_.places += rounded(times * static_cast<double>(sampled.matches));
    if (!all && !many && out_.places < kCountedExactly) return false;
    out_.counts_are_exact = all;
    out_.total += rounded(times * static_cast<double>(sampled.whole.size()));
    out_.partial += rounded(times * static_cast<double>(sampled.partial));
    std::vector<DocId> unread;
    if (!facets_.empty())
      std::set_difference(visible.begin(), visible.end(), read.begin(), read.end(), std::back_inserter(unread));
    for (auto& facet : facets_) facet.estimate(read, sampled.whole, unread, each);
    return true;
  }

  // So many that the total is no more than three in a hundred off, as a rule.
  std::size_t texts_to_read() const {
    constexpr double kOff = 0.03, kAtLeast = 128;
    const double share = std::clamp(matching_of_seen_, 0.01, 1.0);
    return static_cast<std::size_t>(std::clamp(2 * (1 - share) / share / (kOff * kOff), kAtLeast, double{kSampled}));
  }

  std::vector<DocId> visible_of_postponed() {
    std::vector<DocId> visible;
    const auto& docs = postponed_.docs();
    Batch batch;
    for (std::size_t at = 0; at < docs.size(); at += batch.docs.size()) {
      batch.size = std::min(batch.docs.size(), docs.size() - at);
      std::copy_n(docs.begin() + static_cast<std::ptrdiff_t>(at), batch.size, batch.docs.begin());
      run_.effort.spend(batch.size);
      see(batch);
      visible.insert(visible.end(), batch.docs.begin(), batch.docs.begin() + static_cast<std::ptrdiff_t>(batch.size));
    }
    return visible;
  }

  struct Sampled {
    std::uint64_t matches = 0, partial = 0;
    std::vector<DocId> whole;  // what counts in the total
  };
  void look_into(const index::Segment& segment, const std::vector<DocId>& docs, Sampled& out) {
    const auto begin = std::lower_bound(docs.begin(), docs.end(), segment.first());
    const std::span<const DocId> inside(begin, std::upper_bound(begin, docs.end(), segment.last()));
    if (inside.empty()) return;
    const auto [reader, cursor, closest] = open(segment);
    const auto matches = [](Cursor& one, DocId doc) {
      one.advance(doc);
      return one.doc() == doc && (one.certain(doc) || one.confirm(doc));
    };
    for (std::size_t i = 0; i < inside.size(); ++i) {
      const DocId doc = inside[i];
      expect_texts(inside, i);
      run_.effort.spend();
      if (!matches(*cursor, doc)) continue;
      ++out.matches;
      if (snapshot_.columns->standing(doc).gone() && !not_withdrawn(doc)) continue;
      const bool whole = any_part_counts() || (closest && matches(*closest, doc));
      if (whole)
        out.whole.push_back(doc);
      else
        ++out.partial;
    }
  }

  // An earlier page's documents may have been replaced since: whether the caller may see a record is asked of what it
  // is now. Its place in the order stays, so that pages do not shift; the application leaves the hit out.
  bool not_withdrawn(DocId doc) {
    const index::Columns& columns = *snapshot_.columns;
    while (columns.standing(doc).gone()) {
      doc = columns.at(doc).next.load(std::memory_order_acquire);
      if (doc == 0) return false;
    }
    return visibility_.sees(doc, columns.standing(doc).access());
  }

  bool may_be_kept(const Match& match) const {
    if (out_.top.size() < wanted_) return true;
    if (wanted_ == 0) return false;
    const Match& worst = out_.top.front();
    // Documents come in increasing order: what scores the same comes after it.
    if (ranked_ && (match.closest == worst.closest || !conditions_.plan->closest_first))
      return match.score > worst.score;
    return order_(match, worst);
  }

  // Of what may be kept: the best `wanted_` in a heap whose front is the worst of them.
  void keep(const Match& match) {
    auto& top = out_.top;
    if (top.size() >= wanted_) {
      std::pop_heap(top.begin(), top.end(), order_);
      top.pop_back();
    }
    top.push_back(match);
    std::push_heap(top.begin(), top.end(), order_);
  }

  static std::shared_ptr<const VisibleSets> visible_to(const AccessFilter& access, QueryRun& run) {
    if (!run.visible) run.visible = std::make_shared<const VisibleSets>(access, *run.snapshot.columns);
    return run.visible;
  }

  const Conditions& conditions_;
  const bool may_guess_;
  QueryRun& run_;
  const index::Snapshot& snapshot_;
  Order order_;
  Visibility visibility_;
  const bool ranked_, newer_preferred_;
  std::vector<WeighedTerm> terms_;
  std::size_t wanted_;
  const index::LengthNorm norm_;
  index::Columns::LengthWalker lengths_;
  index::Columns::StandingWalker standings_;
  std::vector<FacetCounter> facets_;
  std::vector<DocId> counted_;  // and not yet in the facets
  std::uint32_t type_ = 0;
  std::uint64_t looked_at_ = 0, seen_ = 0;  // candidates, and those of them that the caller may see
  bool postpones_ = false;
  double matching_of_seen_ = 1, matching_of_all_ = 1;
  Postponed postponed_;
  Evaluation out_;
};

std::uint64_t frequency_of(const Term& term, index::SegmentReader& reader, const index::Segment& segment,
                           QueryRun& run) {
  run.effort.spend();
  if (term.most == 0) return reader.frequency(term.text);
  std::uint64_t count = 0;
  const auto cursor = open_term(term, reader, segment, run);
  for (; cursor && cursor->doc() != kNoDoc; cursor->next()) {
    run.effort.spend();
    ++count;
  }
  return count;
}

}  // namespace

std::vector<std::uint64_t> frequencies_of(const Plan& plan, QueryRun& run) {
  std::vector<std::uint64_t> frequencies(plan.scoring.size());
  for (const auto& segment : run.snapshot.segments) {
    const auto reader = segment->reader();
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
      frequencies[i] += frequency_of(plan.scoring[i].term, *reader, *segment, run);
    }
  }
  return frequencies;
}

Evaluation evaluate(const Conditions& conditions, QueryRun& run) {
  if (auto guessed = Evaluator(conditions, true, run).run()) return std::move(*guessed);
  return Evaluator(conditions, false, run).run().value();
}

}  // namespace lantai::search
