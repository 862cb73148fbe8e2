#include "evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

#include "lantai/base/error.h"
#include "lantai/index/ranking.h"
#include "visibility.h"

namespace lantai::search {
namespace {

constexpr std::size_t kAhead = 40;         // documents whose standing, or value, is fetched beside
constexpr std::size_t kScoringTerms = 40;  // the rarest of a long query decide

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

class FacetCounter {
 public:
  FacetCounter(std::string name, const index::FieldColumn* column)
      : name_(std::move(name)), column_(column), counts_(column == nullptr ? 0 : column->dictionary().size() + 1) {
    if (column != nullptr) walker_ = column->walker();
  }

  void count(std::span<const DocId> docs, std::uint64_t times) {
    if (column_ == nullptr) return;
    for (std::size_t i = 0; i < docs.size(); ++i) {
      if (i + kAhead < docs.size()) __builtin_prefetch(walker_->find(docs[i + kAhead]));
      column_->each(docs[i], *walker_, [&](std::uint32_t value) {
        if (value < counts_.size()) counts_[value] += times;
      });
    }
  }

  Facet result(std::size_t limit) const {
    Facet facet{name_, {}};
    for (std::uint32_t number = 1; number < counts_.size(); ++number) {
      if (counts_[number] > 0) facet.values.push_back({column_->dictionary().at(number), counts_[number]});
    }
    std::sort(facet.values.begin(), facet.values.end(), [](const FacetValue& a, const FacetValue& b) {
      return a.count != b.count ? a.count > b.count : a.value < b.value;
    });
    if (facet.values.size() > limit) facet.values.resize(limit);
    return facet;
  }

 private:
  std::string name_;
  const index::FieldColumn* column_;
  std::optional<index::FieldColumn::Walker> walker_;
  std::vector<std::uint64_t> counts_;
};

// Total order of results; the document's number decides what else leaves open. What has no date or code comes last.
class Order {
 public:
  Order(const index::Columns& columns, Sort sort) : columns_(columns), sort_(sort) {}
  bool operator()(const Match& a, const Match& b) const {
    if (sort_ == Sort::relevance) {
      if (a.closest != b.closest) return a.closest;
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
  Sort sort_;
};

class Evaluator {
 public:
  Evaluator(const Conditions& conditions, QueryRun& run)
      : conditions_(conditions),
        run_(run),
        snapshot_(run.snapshot),
        order_(*snapshot_.columns, conditions.request->sort),
        visibility_(conditions.request->access, *snapshot_.columns, visible_to(conditions.request->access, run)),
        ranked_(conditions.request->sort == Sort::relevance),
        terms_(ranked_ ? weighed_terms(conditions) : std::vector<WeighedTerm>{}),
        wanted_(conditions.basis.offset + conditions.request->limit),
        norm_(average_length(conditions.basis)),
        counted_exactly_(conditions.request->exact_counts ? UINT64_MAX : kCountedExactly) {
    for (const auto& name : conditions.request->facets) {
      facets_.emplace_back(name, snapshot_.columns->find_field(name));
    }
    if (!conditions.request->types.empty()) type_ = snapshot_.columns->types().find(conditions.request->types);
  }

  Evaluation run() {
    const bool no_such_type = !conditions_.request->types.empty() && type_ == 0;
    try {
      for (const auto& segment : snapshot_.segments) {
        if (!no_such_type) walk(*segment);
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::deadline_exceeded) throw;
      out_.complete = false;
    }
    count_facets();
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
    std::array<float, kMost> norms, scores;
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

  void walk(const index::Segment& segment) {
    if (segment.first() >= conditions_.basis.end) return;
    const auto reader = segment.reader();
    auto cursor = make_cursor(conditions_.plan->root, *reader, segment, run_);
    std::unique_ptr<Cursor> closest;
    if (conditions_.plan->closest) closest = make_cursor(*conditions_.plan->closest, *reader, segment, run_);
    if (conditions_.filters != nullptr) {
      std::vector<std::unique_ptr<Cursor>> both;
      both.push_back(std::move(cursor));
      both.push_back(make_cursor(*conditions_.filters, *reader, segment, run_));
      cursor = make_all_of(std::move(both), run_.effort);
    }
    auto scorers = open_scorers(*reader, segment, cursor->cost());
    auto standings = snapshot_.columns->standing_walker();
    Batch batch;
    // The closest are looked for one by one: where their cursor stands they are confirmed.
    const std::size_t most = closest && !closest->confirms_later() ? 1 : Batch::kMost;
    for (DocId from = segment.first();;) {
      batch.size = cursor->take(from, std::span(batch.docs).first(most));
      if (batch.size == 0) break;
      from = batch.docs[batch.size - 1] + 1;
      run_.effort.spend(batch.size * (1 + scorers.size()));
      see(batch, standings);
      if (ranked_) score(batch, scorers, closest != nullptr);
      decide(batch, *cursor, closest.get());
      if (from >= conditions_.basis.end) break;
    }
  }

  // Leaves what exists and the caller may see, of the type that was asked for.
  void see(Batch& batch, index::Columns::StandingWalker& standings) {
    const index::Columns& columns = *snapshot_.columns;
    const bool any_id = conditions_.request->ids_after.empty();
    std::size_t kept = 0;
    batch.any_gone = false;
    for (std::size_t i = 0; i < batch.size && batch.docs[i] < conditions_.basis.end; ++i) {
      const DocId doc = batch.docs[i];
      if (i + kAhead < batch.size) __builtin_prefetch(standings.find(batch.docs[i + kAhead]));
      const auto& standing = *standings.find(doc);
      if (!visibility_.sees(doc, standing.access())) continue;
      const bool gone = standing.gone();
      if (gone && !snapshot_.alive(columns.at(doc), conditions_.basis.state)) continue;
      if (type_ != 0 && columns.at(doc).type != type_) continue;
      if (!any_id && columns.at(doc).id <= conditions_.request->ids_after) continue;
      batch.docs[kept] = doc;
      batch.gone[kept] = gone;
      batch.any_gone = batch.any_gone || gone;
      batch.norms[kept] = norm_.of(standing.length);
      ++kept;
    }
    batch.size = kept;
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
    Contenders left;
    left.size = batch.size;
    std::copy_n(batch.docs.begin(), batch.size, left.docs.begin());
    std::copy_n(batch.norms.begin(), batch.size, left.norms.begin());
    std::fill_n(left.scores.begin(), batch.size, 0.0F);
    std::iota(left.places.begin(), left.places.begin() + static_cast<std::ptrdiff_t>(batch.size), std::uint16_t{0});
    const std::optional<float> least = least_score(any_closest);
    std::array<std::uint8_t, Batch::kMost> counts;
    for (auto& [postings, weight, rest] : scorers) {
      postings->counts(std::span(left.docs).first(left.size), counts.data());
      index::add_shares(weight, counts.data(), left.norms.data(), std::span(left.scores).first(left.size));
      if (least && rest > 0) leave_out(left, *least - rest, batch);
    }
    for (std::size_t i = 0; i < left.size; ++i) batch.scores[left.places[i]] = left.scores[i];
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
    if (any_closest && !worst.closest) return std::nullopt;
    return static_cast<float>(worst.score * (1 - 1e-5));
  }

  // Which of them match, and which come into the list? Texts are read only here.
  void decide(Batch& batch, Cursor& cursor, Cursor* closest) {
    const bool exact = cursor.exact();
    if (closest == nullptr && exact && none_comes_into_the_list(batch)) return count_all(batch);
    if (closest != nullptr) find_closest(batch, *closest);
    for (std::size_t i = 0; i < batch.size; ++i) {
      const DocId doc = batch.docs[i];
      if (!exact) expect_texts(batch, i);
      Match match{doc, ranked_ ? batch.scores[i] : 0, closest != nullptr && batch.closest[i]};
      bool kept = may_be_kept(match);
      std::uint64_t times = 1;
      const bool certain = cursor.certain(doc);
      if (!kept && out_.places >= counted_exactly_ && !(certain && (!match.closest || closest->certain(doc)))) {
        out_.counts_are_exact = false;
        times = sampled_for();
        if (times == 0) continue;
      }
      if (!certain && !cursor.confirm(doc)) continue;
      out_.places += times;
      if (match.closest && !closest->confirm(doc)) {
        match.closest = false;
        kept = may_be_kept(match);
      }
      if (!batch.gone[i] || not_withdrawn(doc)) count(doc, match.closest, times);
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
    if (conditions_.basis.matching == Matching::all_before_any) {
      out_.partial += batch.size;
      return;
    }
    out_.total += batch.size;
    for (auto& facet : facets_) facet.count(std::span(batch.docs).first(batch.size), 1);
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
  void expect_texts(const Batch& batch, std::size_t at) const {
    constexpr std::size_t kTexts = 4;
    if (out_.places < counted_exactly_ && at + kTexts < batch.size) snapshot_.expect_text(batch.docs[at + kTexts]);
  }

  void count(DocId doc, bool whole, std::uint64_t times) {
    if (conditions_.basis.matching == Matching::all_before_any && !whole) {
      out_.partial += times;
      return;
    }
    out_.total += times;
    if (facets_.empty()) return;
    if (times != counted_times_) count_facets();
    counted_times_ = times;
    counted_.push_back(doc);
  }

  void count_facets() {
    for (auto& facet : facets_) facet.count(counted_, counted_times_);
    counted_.clear();
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

  // For how many matches the next one is looked at; 0: it is passed over.
  std::uint64_t sampled_for() {
    if (++passed_over_ < sampled_every_) return 0;
    passed_over_ = 0;
    const std::uint64_t times = sampled_every_;
    if (++samples_ % kSamples == 0) sampled_every_ *= 2;
    return times;
  }

  bool may_be_kept(const Match& match) const {
    if (out_.top.size() < wanted_) return true;
    if (wanted_ == 0) return false;
    const Match& worst = out_.top.front();
    // Documents come in increasing order: what scores the same comes after it.
    if (ranked_ && match.closest == worst.closest) return match.score > worst.score;
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
  QueryRun& run_;
  const index::Snapshot& snapshot_;
  Order order_;
  Visibility visibility_;
  const bool ranked_;
  std::vector<WeighedTerm> terms_;
  std::size_t wanted_;
  const index::LengthNorm norm_;
  const std::uint64_t counted_exactly_;
  std::vector<FacetCounter> facets_;
  std::vector<DocId> counted_;  // times counted_times_, and not yet in the facets
  std::uint64_t counted_times_ = 1;
  std::uint32_t type_ = 0;
  std::uint64_t passed_over_ = 0, samples_ = 0, sampled_every_ = 2;
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

Evaluation evaluate(const Conditions& conditions, QueryRun& run) { return Evaluator(conditions, run).run(); }

}  // namespace lantai::search
