#include "evaluation.h"

#include <algorithm>
#include <cmath>

#include "lantai/base/error.h"

namespace lantai::search {
namespace {

constexpr double kK1 = 1.2;
constexpr double kB = 0.75;
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

// May the caller see documents of this access set? By its number.
std::vector<bool> visible_sets(const Conditions& conditions, const index::Columns& columns) {
  const AccessFilter& access = conditions.request->access;
  std::vector<bool> visible(columns.access_set_count() + 1, access.everything);
  if (access.everything) return visible;
  for (std::uint32_t number = 1; number < visible.size(); ++number) {
    const auto& terms = columns.access_set(number);
    visible[number] = std::any_of(access.any_of.begin(), access.any_of.end(), [&](const std::string& term) {
      return std::binary_search(terms.begin(), terms.end(), term);
    });
  }
  return visible;
}

class FacetCounter {
 public:
  FacetCounter(std::string name, const index::FieldColumn* column)
      : name_(std::move(name)), column_(column), counts_(column == nullptr ? 0 : column->dictionary().size() + 1) {}

  void count(DocId doc) {
    if (column_ == nullptr) return;
    column_->each(doc, [this](std::uint32_t value) {
      if (value < counts_.size()) ++counts_[value];
    });
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
        visible_(visible_sets(conditions, *snapshot_.columns)),
        terms_(conditions.request->sort == Sort::relevance ? weighed_terms(conditions) : std::vector<WeighedTerm>{}),
        wanted_(conditions.basis.offset + conditions.request->limit) {
    for (const auto& name : conditions.request->facets) {
      facets_.emplace_back(name, snapshot_.columns->find_field(name));
    }
    const double documents = std::max(1.0, static_cast<double>(conditions.basis.end - 1));
    average_length_ = std::max(1.0, static_cast<double>(conditions.basis.total_length) / documents);
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
    std::sort_heap(out_.top.begin(), out_.top.end(), order_);
    for (const auto& facet : facets_) out_.facets.push_back(facet.result(conditions_.request->facet_values));
    return std::move(out_);
  }

 private:
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
    std::vector<std::unique_ptr<index::PostingCursor>> scorers;
    for (const auto& term : terms_) scorers.push_back(open_term(term.term, *reader, segment, run_));
    for (DocId doc = cursor->doc(); doc < conditions_.basis.end; cursor->advance(doc + 1), doc = cursor->doc()) {
      run_.effort.spend(1 + scorers.size());
      const auto& entry = snapshot_.columns->at(doc);
      if (!snapshot_.alive(entry, conditions_.basis.state) || !visible_[entry.access]) continue;
      if (type_ != 0 && entry.type != type_) continue;
      if (entry.id <= conditions_.request->ids_after) continue;
      if (!cursor->confirm()) continue;
      ++out_.places;
      const bool whole = closest && holds(*closest, doc);
      if (not_withdrawn(entry)) count(doc, whole);
      keep({doc, score(doc, entry, scorers), whole});
    }
  }

  static bool holds(Cursor& cursor, DocId doc) {
    cursor.advance(doc);
    return cursor.doc() == doc && cursor.confirm();
  }

  void count(DocId doc, bool whole) {
    if (conditions_.basis.matching == Matching::all_before_any && !whole) {
      ++out_.partial;
      return;
    }
    ++out_.total;
    for (auto& facet : facets_) facet.count(doc);
  }

  // An earlier page's documents may have been replaced since: whether the caller may see a record is asked of what it
  // is now. Its place in the order stays, so that pages do not shift; the application leaves the hit out.
  bool not_withdrawn(const index::DocumentEntry& found) const {
    const index::DocumentEntry* entry = &found;
    while (entry->gone_at.load() != index::kForever) {
      const DocId next = entry->next.load(std::memory_order_acquire);
      if (next == 0) return false;
      entry = &snapshot_.columns->at(next);
    }
    return entry->access < visible_.size() && visible_[entry->access];
  }

  double score(DocId doc, const index::DocumentEntry& entry,
               const std::vector<std::unique_ptr<index::PostingCursor>>& scorers) const {
    double sum = 0;
    const double norm = kK1 * (1 - kB + kB * entry.length / average_length_);
    for (std::size_t i = 0; i < scorers.size(); ++i) {
      if (!scorers[i]) continue;
      scorers[i]->skip_to(doc);
      if (scorers[i]->doc() != doc) continue;
      const double wdf = scorers[i]->wdf();
      sum += terms_[i].weight * wdf * (kK1 + 1) / (wdf + norm);
    }
    return sum;
  }

  // The best `wanted_` in a heap whose front is the worst of them.
  void keep(const Match& match) {
    auto& top = out_.top;
    if (top.size() >= wanted_) {
      if (wanted_ == 0 || !order_(match, top.front())) return;
      std::pop_heap(top.begin(), top.end(), order_);
      top.pop_back();
    }
    top.push_back(match);
    std::push_heap(top.begin(), top.end(), order_);
  }

  const Conditions& conditions_;
  QueryRun& run_;
  const index::Snapshot& snapshot_;
  Order order_;
  std::vector<bool> visible_;
  std::vector<WeighedTerm> terms_;
  std::size_t wanted_;
  std::vector<FacetCounter> facets_;
  double average_length_ = 1;
  std::uint32_t type_ = 0;
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
