#include "lantai/search/searcher.h"

#include <algorithm>
#include <mutex>

#include "evaluation.h"
#include "lantai/base/error.h"
#include "lantai/index/searchable.h"
#include "lantai/index/terms.h"
#include "lantai/storage/blob_store.h"
#include "lantai/text/folding.h"
#include "shown_documents.h"
#include "snippet.h"

namespace lantai::search {
namespace {

constexpr std::size_t kMaxLimit = 1000;
constexpr std::uint64_t kMaxOffset = 100'000;
constexpr std::size_t kShownBytes = 64U << 20U;
constexpr std::size_t kMaxTokenTerms = 512;  // a longer query is paged with the statistics of the day

// Segmenters are expensive to make and serve one thread at a time.
class SegmenterPool {
 public:
  class Lease {
   public:
    explicit Lease(SegmenterPool& pool) : pool_(pool), segmenter_(pool.take()) {}
    ~Lease() { pool_.put(std::move(segmenter_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    text::Segmenter& get() { return *segmenter_; }

   private:
    SegmenterPool& pool_;
    std::unique_ptr<text::Segmenter> segmenter_;
  };

 private:
  std::unique_ptr<text::Segmenter> take() {
    {
      std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto segmenter = std::move(idle_.back());
        idle_.pop_back();
        return segmenter;
      }
    }
    return std::make_unique<text::Segmenter>();
  }
  void put(std::unique_ptr<text::Segmenter> segmenter) {
    std::lock_guard lock(mutex_);
    if (idle_.size() < 16) idle_.push_back(std::move(segmenter));
  }
  std::mutex mutex_;
  std::vector<std::unique_ptr<text::Segmenter>> idle_;
};

std::uint64_t digest_of(const SearchRequest& request) {
  std::string all;
  const auto add = [&](std::string_view part) {
    all += std::to_string(part.size());
    all += ':';
    all += part;
  };
  add(request.query);
  add(request.types);
  add(std::to_string(static_cast<int>(request.sort)));
  add(request.access.everything ? "*" : "");
  for (const auto& term : request.access.any_of) add(term);
  for (const auto& filter : request.filters) {
    add(filter.field);
    for (const auto& value : filter.any_of) add(value);
    add(filter.from.value_or(""));
    add(filter.to.value_or(""));
  }
  const Bytes digest = storage::sha256(as_bytes(all));
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8U) | digest[i];
  return value;
}

bool may_see(const AccessFilter& access, const index::Document& document) {
  return access.everything || std::any_of(document.access.begin(), document.access.end(), [&](const std::string& term) {
           return std::find(access.any_of.begin(), access.any_of.end(), term) != access.any_of.end();
         });
}

class IndexSearcher final : public Searcher {
 public:
  IndexSearcher(index::Indexer& indexer, const index::DocumentSource& source, const FieldAliases& aliases)
      : searchable_(indexer.searchable()), source_(source) {
    for (const auto& [label, field] : aliases) aliases_[text::to_utf8(text::fold_only(label))] = field;
  }

  SearchResult search(const SearchRequest& request) override {
    const auto deadline = std::chrono::steady_clock::now() + request.time_limit;
    return search(request, deadline, true);
  }
  std::vector<std::pair<std::size_t, std::size_t>> mark(const std::string& query, const std::string& text) override;

 private:
  SearchResult search(const SearchRequest& request, std::chrono::steady_clock::time_point deadline, bool may_repair);
  FieldNames names(const index::Snapshot& snapshot) const;
  PageToken basis_of(const SearchRequest& request, const index::Snapshot& snapshot) const;
  void check(const SearchRequest& request, const index::Snapshot& snapshot, std::vector<Hint>& hints) const;
  void add_hits(const Evaluation& evaluation, const Conditions& conditions, SearchResult& result);
  std::shared_ptr<const index::Document> document_of(const index::Snapshot& snapshot, index::DocId doc);
  Hit hit_of(const Match& match, const index::Document& document, const Plan& plan) const;

  index::Searchable& searchable_;
  const index::DocumentSource& source_;
  FieldAliases aliases_;
  SegmenterPool segmenters_;
  ShownDocuments shown_{kShownBytes};
};

FieldNames IndexSearcher::names(const index::Snapshot& snapshot) const {
  return {aliases_, [columns = snapshot.columns](const std::string& name) {
            static constexpr std::string_view kAlways[] = {"title", "reference_code", "file_name"};
            return columns->find_field(name) != nullptr ||
                   std::find(std::begin(kAlways), std::end(kAlways), name) != std::end(kAlways);
          }};
}

void IndexSearcher::check(const SearchRequest& request, const index::Snapshot& snapshot,
                          std::vector<Hint>& hints) const {
  if (request.limit == 0 || request.limit > kMaxLimit) {
    throw Error(ErrorCode::invalid_argument, "limit must be 1 to 1000", "search.bad_limit");
  }
  for (const auto& facet : request.facets) {
    if (snapshot.columns->find_field(facet) == nullptr) hints.push_back({"search.unknown_facet", facet});
  }
}

PageToken IndexSearcher::basis_of(const SearchRequest& request, const index::Snapshot& snapshot) const {
  PageToken now;
  now.request = digest_of(request);
  now.generation = snapshot.generation;
  now.life = snapshot.life;
  now.state = snapshot.state;
  now.end = snapshot.end;
  now.documents = snapshot.documents;
  now.total_length = snapshot.total_length;
  if (request.page_token.empty()) return now;
  PageToken then = decode_page_token(request.page_token);
  if (then.request != now.request || then.offset > kMaxOffset) {
    throw Error(ErrorCode::invalid_argument, "page token is of another request", "search.bad_page_token");
  }
  now.offset = then.offset;
  now.relaxed = then.relaxed;
  // Documents are numbered anew in another generation: go on by rank alone.
  if (then.generation != now.generation || then.end > now.end) return now;
  if (then.life != now.life) then.state = now.state;
  then.life = now.life;
  return then;
}

SearchResult IndexSearcher::search(const SearchRequest& request, std::chrono::steady_clock::time_point deadline,
                                   bool may_repair) {
  const auto snapshot = searchable_.snapshot();
  const ParsedQuery query = parse_query(request.query, names(*snapshot), request.strict);
  SearchResult result;
  result.hints = query.hints;
  result.position = snapshot->position;
  check(request, *snapshot, result.hints);

  SegmenterPool::Lease segmenter(segmenters_);
  Planner planner(*snapshot, segmenter.get());
  PlanNode filters;
  filters.kind = PlanNode::Kind::all_of;
  for (const auto& filter : request.filters) filters.children.push_back(planner.filter(filter));

  Conditions conditions;
  conditions.request = &request;
  conditions.snapshot = snapshot.get();
  conditions.filters = filters.children.empty() ? nullptr : &filters;
  conditions.basis = basis_of(request, *snapshot);
  conditions.deadline = deadline;
  Plan plan = planner.plan(query, conditions.basis.relaxed ? Mode::relaxed : Mode::exact_first);
  conditions.plan = &plan;
  if (conditions.basis.frequencies.size() != plan.scoring.size()) {
    conditions.basis.frequencies = frequencies_of(plan, *snapshot);
  }
  Evaluation evaluation = evaluate(conditions);
  const bool nothing = evaluation.total == 0 && evaluation.complete && request.page_token.empty();
  if (nothing && !query.boolean && !plan.any_term_will_do) {
    plan = planner.plan(query, Mode::relaxed);
    conditions.basis.relaxed = true;
    conditions.basis.frequencies = frequencies_of(plan, *snapshot);
    evaluation = evaluate(conditions);
  }
  if (!evaluation.damaged.empty()) {
    if (may_repair && searchable_.repair(*snapshot, evaluation.damaged, deadline)) {
      return search(request, deadline, false);
    }
    result.hints.push_back({"search.damaged", std::to_string(evaluation.damaged.size())});
    evaluation.complete = false;
  }
  if (conditions.basis.relaxed && evaluation.total > 0) result.hints.push_back({"search.relaxed", request.query});
  result.hints.insert(result.hints.end(), plan.hints.begin(), plan.hints.end());
  if (!evaluation.complete && evaluation.damaged.empty()) result.hints.push_back({"search.time_limit", ""});
  result.total = evaluation.total;
  result.total_is_exact = evaluation.complete;
  result.facets = std::move(evaluation.facets);
  add_hits(evaluation, conditions, result);
  return result;
}

std::shared_ptr<const index::Document> IndexSearcher::document_of(const index::Snapshot& snapshot, index::DocId doc) {
  if (auto known = shown_.find(snapshot.generation, doc)) return known;
  const auto& entry = snapshot.columns->at(doc);
  auto found = source_.find(snapshot.columns->types().at(entry.type), entry.id);
  if (!found) return nullptr;
  auto document = std::make_shared<const index::Document>(std::move(*found));
  shown_.keep(snapshot.generation, doc, document);
  return document;
}

void IndexSearcher::add_hits(const Evaluation& evaluation, const Conditions& conditions, SearchResult& result) {
  PageToken next = conditions.basis;
  const std::uint64_t begin = std::min<std::uint64_t>(conditions.basis.offset, evaluation.top.size());
  for (std::uint64_t i = begin; i < evaluation.top.size(); ++i) {
    const Match& match = evaluation.top[i];
    const auto document = document_of(*conditions.snapshot, match.doc);
    if (!document || !may_see(conditions.request->access, *document)) continue;
    Hit hit = hit_of(match, *document, *conditions.plan);
    hit.rank = i + 1;
    result.hits.push_back(std::move(hit));
  }
  next.offset = evaluation.top.size();
  if (next.frequencies.size() > kMaxTokenTerms) next.frequencies.clear();
  if (evaluation.total > next.offset && next.offset <= kMaxOffset) result.next_page_token = encode(next);
}

Hit IndexSearcher::hit_of(const Match& match, const index::Document& document, const Plan& plan) const {
  Hit hit;
  hit.score = match.score;
  hit.type = document.type;
  hit.id = document.id;
  hit.title = document.title;
  hit.reference_code = document.reference_code;
  hit.date = document.date;
  hit.department = document.department;
  Passage passage = best_passage(plan.marks, document);
  hit.file = passage.file;
  hit.file_name = std::move(passage.file_name);
  hit.page = passage.page;
  hit.snippet = std::move(passage.parts);
  return hit;
}

std::vector<std::pair<std::size_t, std::size_t>> IndexSearcher::mark(const std::string& query,
                                                                     const std::string& text) {
  const auto snapshot = searchable_.snapshot();
  SegmenterPool::Lease segmenter(segmenters_);
  Planner planner(*snapshot, segmenter.get());
  return find_marks(planner.plan(parse_query(query, names(*snapshot)), Mode::exact_first).marks, text);
}

}  // namespace

std::unique_ptr<Searcher> Searcher::make(index::Indexer& indexer, const index::DocumentSource& source,
                                         const FieldAliases& aliases) {
  return std::make_unique<IndexSearcher>(indexer, source, aliases);
}

}  // namespace lantai::search
