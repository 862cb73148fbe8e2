#include "lantai/search/searcher.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <thread>

#include "completion.h"
#include "evaluation.h"
#include "explanation.h"
#include "lantai/base/error.h"
#include "lantai/index/searchable.h"
#include "lantai/index/terms.h"
#include "lantai/storage/blob_store.h"
#include "lantai/text/folding.h"
#include "likeness.h"
#include "newness.h"
#include "question.h"
#include "recently_used.h"
#include "snippet.h"
#include "spelling.h"
#include "turns.h"
#include "visibility.h"
#include "witness.h"

namespace lantai::search {
namespace {

constexpr std::size_t kMaxLimit = 1000;
constexpr std::uint64_t kMaxOffset = 100'000;
constexpr std::size_t kShownBytes = 128U << 20U;
constexpr std::size_t kSpellingsTried = 8;
constexpr std::size_t kAnswerBytes = 16U << 20U;
constexpr std::size_t kVisibleBytes = 8U << 20U;
constexpr std::chrono::milliseconds kTurn{10};  // nine of ten searches of a million records take less than half of it
constexpr std::chrono::milliseconds kMarkTime{1000};
constexpr std::chrono::milliseconds kLikenessTime{1000};
constexpr double kAlike = 0.2;               // of the score that a document gives itself
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
  const Bytes digest = storage::sha256(as_bytes(list_asked_for(request)));
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8U) | digest[i];
  return value;
}

double shown_score(double score, double best) {
  return best <= 0 ? 0 : std::round(10 * std::min(1.0, score / best)) / 10;
}

Hit hit_of(const index::Document& document) {
  Hit hit;
  hit.type = document.type;
  hit.id = document.id;
  hit.title = document.title;
  hit.reference_code = document.reference_code;
  hit.date = document.date;
  hit.department = document.department;
  return hit;
}

void take_passage(Passage passage, Hit& hit) {
  hit.file = passage.file;
  hit.file_name = std::move(passage.file_name);
  hit.member = std::move(passage.member);
  hit.page = passage.page;
  hit.snippet = std::move(passage.parts);
}

// What is looked at when it is shown: texts, and who may see it.
void leave_for_showing(index::Document& document) {
  std::erase_if(document.fields, [](const index::FieldValue& field) {
    return !field.text && !field.code && field.name != index::kLiesIn;
  });
  document.fields.shrink_to_fit();
}

std::size_t memory_of(const index::Document& document) {
  constexpr std::size_t kPiece = 48;  // of an allocation, beside what is in it
  const auto of = [](const std::string& text) {
    return sizeof(std::string) + (text.size() > 15 ? text.size() + kPiece : 0);
  };
  std::size_t bytes = sizeof document + 4 * kPiece + document.title.size() + document.id.size() +
                      document.reference_code.size() + document.department.size();
  for (const auto& term : document.access) bytes += of(term);
  for (const auto& file : document.files) bytes += sizeof file + of(file.name);
  for (const auto& page : document.pages) bytes += sizeof page + of(page.text) + of(page.member);
  for (const auto& field : document.fields) {
    bytes += sizeof field + kPiece + of(field.name);
    for (const auto& value : field.values) bytes += of(value);
  }
  return bytes;
}

std::size_t memory_of(const std::string& question, const SearchResult& answer) {
  std::size_t bytes = sizeof answer + 2 * question.size() + answer.next_page_token.size();
  for (const auto& hit : answer.hits) {
    bytes += sizeof hit + hit.title.size() + hit.file_name.size() + hit.member.size() + hit.department.size();
    for (const auto& part : hit.snippet) bytes += sizeof part + part.text.size();
  }
  for (const auto& facet : answer.facets) bytes += sizeof facet + facet.values.size() * sizeof(FacetValue);
  return bytes;
}

Mode mode_of(Matching matching) {
  if (matching == Matching::all) return Mode::exact_first;
  return matching == Matching::by_sound ? Mode::by_sound : Mode::relaxed;
}

// The bytes of `title` that gave what sounds so; none if it is another of the record's names.
std::pair<std::size_t, std::size_t> bytes_of(const std::string& title, const SoundingName& place) {
  const auto folded = text::fold(title);
  if (folded.text != place.name) return {0, 0};
  std::size_t end = folded.origin[place.end];
  while (end > 0 && title[end - 1] == ' ') --end;  // blanks that were folded away
  return {folded.origin[place.begin], end};
}

class IndexSearcher final : public Searcher {
 public:
  IndexSearcher(index::Indexer& indexer, const index::DocumentSource& source, SearcherOptions options)
      : searchable_(indexer.searchable()),
        source_(source),
        seal_(std::move(options.seal)),
        synonyms_(std::move(options.synonyms)),
        names_(std::move(options.name_fields)) {
    FieldAliases aliases;
    for (const auto& [label, field] : options.aliases) aliases[text::to_utf8(text::fold_only(label))] = field;
    aliases_ = std::make_shared<const FieldAliases>(std::move(aliases));
  }

  SearchResult search(const SearchRequest& request) override {
    const auto deadline = std::chrono::steady_clock::now() + request.time_limit;
    const Now now{searchable_.snapshot(), synonyms_()};
    const AnswerState state{now.snapshot->generation, now.snapshot->life, now.snapshot->state, now.synonyms};
    const std::string question = question_of(request);
    if (const auto known = answers_.find(state, question)) return *known;
    SearchResult result = search(request, now, deadline, true);
    const bool lasting = std::none_of(result.hints.begin(), result.hints.end(), [](const Hint& hint) {
      return hint.code == "search.time_limit" || hint.code == "search.damaged";
    });
    if (lasting)
      answers_.keep(state, question, std::make_shared<const SearchResult>(result), memory_of(question, result));
    return result;
  }
  std::vector<Completion> complete(const CompletionRequest& request) override;
  std::vector<Hit> similar(std::string_view type, std::string_view id, const AccessFilter& access,
                           std::size_t limit) override;
  Explanation explain(const SearchRequest& request, std::string_view type, std::string_view id) override;
  std::function<Marks(const std::string& text)> marker(const std::string& query) override;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Answer {
    Plan plan;
    Evaluation evaluation;
  };

  // What one search looks at throughout.
  struct Now {
    std::shared_ptr<const index::Snapshot> snapshot;
    std::shared_ptr<const Synonyms> synonyms;
  };
  // An answer holds as long as these: a snapshot itself would keep its files in place.
  struct AnswerState {
    std::string generation, life;
    std::uint64_t snapshot = 0;
    std::shared_ptr<const Synonyms> synonyms;
    bool operator==(const AnswerState&) const = default;
  };

  SearchResult search(const SearchRequest& request, const Now& now, Time deadline, bool may_repair);
  Answer answer(const ParsedQuery& query, const Now& now, Conditions& conditions, QueryRun& run);
  std::string meant(const ParsedQuery& query, const SearchRequest& request, const Now& now, QueryRun& run);
  bool finds(const PlanNode& node, const Conditions& like, QueryRun& run);
  FieldNames names(const index::Snapshot& snapshot) const;
  std::shared_ptr<const VisibleSets> visible_to(const AccessFilter& access, const index::Snapshot& snapshot);
  PageToken basis_of(const SearchRequest& request, const index::Snapshot& snapshot) const;
  void check(const SearchRequest& request, const index::Snapshot& snapshot, std::vector<Hint>& hints) const;
  void add_hits(const Answer& answer, const Conditions& conditions, QueryRun& run, Time deadline, SearchResult& result);
  std::shared_ptr<const index::Document> document_of(const index::Snapshot& snapshot, index::DocId doc);

  index::Searchable& searchable_;
  const index::DocumentSource& source_;
  const TokenSeal seal_;
  const std::function<std::shared_ptr<const Synonyms>()> synonyms_;
  std::shared_ptr<const FieldAliases> aliases_;
  NameGrams names_;
  SegmenterPool segmenters_;
  Turns turns_{std::max(1U, std::thread::hardware_concurrency())};
  // Making a document from the store costs far more than finding it, and people ask for the same few again and again.
  // By the number the index gave it: whatever is indexed anew is made anew.
  RecentlyUsed<std::string, index::DocId, index::Document> shown_{kShownBytes};
  // People go back to a list they have seen, and many ask the same at once.
  RecentlyUsed<AnswerState, std::string, SearchResult> answers_{kAnswerBytes};
  RecentlyUsed<std::string, std::string, VisibleSets> visible_{kVisibleBytes};  // by who asks
};

FieldNames IndexSearcher::names(const index::Snapshot& snapshot) const {
  return {aliases_, [columns = snapshot.columns](const std::string& name) {
            static constexpr std::string_view kAlways[] = {"title", "reference_code", "file_name"};
            return columns->find_field(name) != nullptr ||
                   std::find(std::begin(kAlways), std::end(kAlways), name) != std::end(kAlways);
          }};
}

// Numbers are only added to: of as many they mean the same throughout a generation's life.
std::shared_ptr<const VisibleSets> IndexSearcher::visible_to(const AccessFilter& access,
                                                             const index::Snapshot& snapshot) {
  const auto* places = snapshot.columns->find_field(std::string(index::kLiesIn));
  const std::string state = snapshot.generation + " " + snapshot.life + " " +
                            std::to_string(snapshot.columns->access_set_count()) + " " +
                            std::to_string(places == nullptr ? 0 : places->dictionary().size());
  const std::string caller = told_of(access);
  if (auto known = visible_.find(state, caller)) return known;
  auto made = std::make_shared<const VisibleSets>(access, *snapshot.columns);
  visible_.keep(state, caller, made, caller.size() + (made->sets.size() + made->places.size()) / 8);
  return made;
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
  now.today = day_number(request.today);
  if (request.page_token.empty()) return now;
  const auto opened = seal_.open(request.page_token);
  if (!opened) throw Error(ErrorCode::invalid_argument, "page token is not ours", "search.bad_page_token");
  PageToken then = decode_page_token(*opened);
  if (then.request != now.request || then.offset > kMaxOffset) {
    throw Error(ErrorCode::invalid_argument, "page token is of another request", "search.bad_page_token");
  }
  now.offset = then.offset;
  now.matching = then.matching;
  now.today = then.today;
  // Documents are numbered anew in another generation: go on by rank alone.
  if (then.generation != now.generation || then.end > now.end) return now;
  if (then.life != now.life) then.state = now.state;
  then.life = now.life;
  return then;
}

// One walk; if it finds nothing, another that takes words of letters for pinyin; then one with any part of the query,
// when what has all of it does not fill the first page. When the time is up: what was found.
IndexSearcher::Answer IndexSearcher::answer(const ParsedQuery& query, const Now& now, Conditions& conditions,
                                            QueryRun& run) {
  const SearchRequest& request = *conditions.request;
  SegmenterPool::Lease segmenter(segmenters_);
  Planner planner(run, segmenter.get(), names_, now.synonyms, request.all_words);
  PlanNode filters;
  filters.kind = PlanNode::Kind::all_of;
  Answer out;
  const auto look = [&](Mode mode) {
    Plan plan = planner.plan(query, mode);
    if (mode == Mode::by_sound && !plan.sounds) return;
    out.evaluation = {};
    out.evaluation.complete = false;
    out.plan = std::move(plan);
    conditions.plan = &out.plan;
    if (conditions.basis.frequencies.size() != out.plan.scoring.size()) {
      conditions.basis.frequencies = frequencies_of(out.plan, run);
    }
    out.evaluation = evaluate(conditions, run);
  };
  try {
    for (const auto& filter : request.filters) filters.children.push_back(planner.filter(filter));
    conditions.filters = filters.children.empty() ? nullptr : &filters;
    look(mode_of(conditions.basis.matching));
    const bool first_page = request.page_token.empty();
    if (first_page && !query.boolean && out.evaluation.places == 0 && out.evaluation.complete) {
      look(Mode::by_sound);
      if (out.plan.sounds && out.evaluation.places > 0) conditions.basis.matching = Matching::by_sound;
    }
    const auto all = out.evaluation.places;
    const bool few = all == 0 || (all < request.limit && by_score(request.sort));
    const bool may_relax = !request.all_words && out.plan.several && !query.boolean && !out.plan.any_term_will_do &&
                           first_page && conditions.basis.matching == Matching::all;
    if (few && may_relax && out.evaluation.complete) {
      conditions.basis.matching = all == 0 ? Matching::any : Matching::all_before_any;
      conditions.basis.frequencies.clear();
      look(Mode::relaxed);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::data_loss) searchable_.report_damage(error.what());  // nothing but the index is read
    if (error.code() != ErrorCode::deadline_exceeded) throw;
    out.evaluation.complete = false;
  }
  conditions.filters = nullptr;
  return out;
}

SearchResult IndexSearcher::search(const SearchRequest& request, const Now& now, Time deadline, bool may_repair) {
  const auto& snapshot = now.snapshot;
  const ParsedQuery query = parse_query(request.query, names(*snapshot), request.strict);
  SearchResult result;
  result.hints = query.hints;
  result.position = snapshot->position;
  check(request, *snapshot, result.hints);
  Conditions conditions;
  conditions.request = &request;
  conditions.basis = basis_of(request, *snapshot);
  QueryRun run(*snapshot, deadline);
  run.visible = visible_to(request.access, *snapshot);
  Turns::Turn turn(turns_, deadline);
  run.effort.when_it_lasts(std::chrono::steady_clock::now() + kTurn, [&turn] { turn.end(); });
  Answer found = answer(query, now, conditions, run);
  turn.end();
  const std::vector<Hint>& hints = found.plan.hints;
  if (conditions.basis.matching == Matching::any && found.evaluation.total > 0)
    result.hints.push_back({"search.relaxed", request.query});
  if (conditions.basis.matching == Matching::by_sound) result.hints.push_back({"search.by_sound", request.query});
  result.hints.insert(result.hints.end(), hints.begin(), hints.end());
  if (!found.evaluation.complete) result.hints.push_back({"search.time_limit", ""});
  if (!run.damaged.empty()) {
    if (may_repair && searchable_.repair(*snapshot, run.damaged, deadline))
      return search(request, {searchable_.snapshot(), synonyms_()}, deadline, false);
    result.hints.push_back({"search.damaged", std::to_string(run.damaged.size())});
  }
  const bool nothing_has_all = found.evaluation.total == 0 || conditions.basis.matching == Matching::any;
  if (nothing_has_all && found.evaluation.complete && request.page_token.empty()) {
    if (auto other = meant(query, request, now, run); !other.empty())
      result.hints.push_back({"search.did_you_mean", std::move(other)});
  }
  result.total = found.evaluation.total;
  result.partial = found.evaluation.partial;
  result.total_is_exact =
      found.evaluation.complete && found.evaluation.counts_are_exact && !found.plan.cut && run.damaged.empty();
  result.facets = std::move(found.evaluation.facets);
  add_hits(found, conditions, run, deadline + request.time_limit / 4, result);
  return result;
}

std::shared_ptr<const index::Document> IndexSearcher::document_of(const index::Snapshot& snapshot, index::DocId doc) {
  if (auto known = shown_.find(snapshot.generation, doc)) return known;
  const auto& entry = snapshot.columns->at(doc);
  auto found = source_.find_shown(snapshot.columns->types().at(entry.type), entry.id);
  if (!found) return nullptr;
  leave_for_showing(*found);
  auto document = std::make_shared<const index::Document>(std::move(*found));
  shown_.keep(snapshot.generation, doc, document, memory_of(*document));
  return document;
}

// At least one, if there is any; the page ends early when the time is up.
void IndexSearcher::add_hits(const Answer& answer, const Conditions& conditions, QueryRun& run, Time deadline,
                             SearchResult& result) {
  PageToken next = conditions.basis;
  const auto& top = answer.evaluation.top;
  if (next.offset == 0 && !top.empty()) next.best = top.front().score;
  std::vector<NeededPart> needed;
  if (answer.plan.closest && answer.evaluation.complete)
    needed = needed_parts(*answer.plan.closest, conditions.request->query);
  index::Effort effort(deadline);
  std::uint64_t at = std::min<std::uint64_t>(next.offset, top.size());
  for (bool late = false; at < top.size() && !late; ++at) {
    const auto document = document_of(run.snapshot, top[at].doc);
    if (!document || !sees(conditions.request->access, *document)) continue;
    Hit hit = hit_of(*document);
    hit.rank = at + 1;
    hit.score = shown_score(top[at].score, next.best);
    hit.partial = mode_of(next.matching) == Mode::relaxed && !top[at].closest;
    try {
      take_passage(best_passage(answer.plan.marks, *document, effort), hit);
      if (hit.partial) hit.missing = Witness(run, top[at].doc).missing(needed);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::deadline_exceeded) throw;
      late = true;
      if (answer.evaluation.complete) result.hints.push_back({"search.time_limit", ""});
    }
    result.hits.push_back(std::move(hit));
  }
  next.offset = at;
  if (next.frequencies.size() > kMaxTokenTerms) next.frequencies.clear();
  // What an estimate passed over may be matches: the next page keeps more, and reads them.
  const bool more = answer.evaluation.places > next.offset || !answer.evaluation.counts_are_exact;
  if (more && next.offset <= kMaxOffset) {
    result.next_page_token = seal_.seal(encode(next));
  }
}

bool IndexSearcher::finds(const PlanNode& node, const Conditions& like, QueryRun& run) {
  Plan plan;
  plan.root = node;
  Conditions conditions = like;
  conditions.plan = &plan;
  return evaluate(conditions, run).total > 0;
}

// The query with each word that nothing has replaced by one that is spelled almost so, or by what a name has that
// sounds the same; empty: there is none. For 校长办工会 typed instead of 校长办公会, and commitee. Looks only at what
// the caller may see.
std::string IndexSearcher::meant(const ParsedQuery& query, const SearchRequest& request, const Now& now,
                                 QueryRun& run) {
  using Kind = QueryNode::Kind;
  if (query.boolean) return "";
  std::string corrected = request.query;
  bool changed = false;
  try {
    SegmenterPool::Lease segmenter(segmenters_);
    Planner planner(run, segmenter.get(), names_, now.synonyms);
    SearchRequest any;
    any.access = request.access;
    any.types = request.types;
    any.limit = 1;
    Conditions conditions;
    conditions.request = &any;
    conditions.basis = basis_of(any, run.snapshot);
    const std::vector<QueryNode> whole{query.root};
    for (const auto& leaf : query.root.kind == Kind::all_of ? query.root.children : whole) {
      if (leaf.kind != Kind::text || !leaf.field.empty() || leaf.text.size() < 2) continue;
      ParsedQuery alone;
      alone.root = leaf;
      if (finds(planner.plan(alone, Mode::exact_first).root, conditions, run)) continue;
      const auto at = corrected.find(leaf.text);
      if (at == std::string::npos) continue;
      const auto folded = text::to_utf8(text::fold_only(leaf.text));
      const auto spelled = words_spelled_like(folded, kSpellingsTried, run);
      const auto known = std::find_if(spelled.begin(), spelled.end(), [&](const std::string& word) {
        alone.root.text = word;
        return finds(planner.plan(alone, Mode::exact_first).root, conditions, run);
      });
      if (known != spelled.end()) {
        corrected.replace(at, leaf.text.size(), *known);
        changed = true;
        continue;
      }
      auto pattern = text::SoundPattern::sounding_like(leaf.text);
      if (!pattern) continue;
      const auto names = names_sounding_so(sound_node(std::move(*pattern), names_), any, conditions.basis, 1, run);
      if (names.empty()) return "";
      const auto& place = names.front().place;
      const auto document = document_of(run.snapshot, names.front().doc);
      if (!document) return "";
      const auto [begin, end] = bytes_of(document->title, place);
      if (begin == end) return "";
      corrected.replace(at, leaf.text.size(), document->title.substr(begin, end - begin));
      changed = true;
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deadline_exceeded) throw;
    return "";
  }
  return changed ? corrected : "";
}

std::vector<Completion> IndexSearcher::complete(const CompletionRequest& request) {
  std::vector<Completion> completions;
  auto pattern = text::SoundPattern::of_typed(request.typed);
  if (!pattern) return completions;
  const auto snapshot = searchable_.snapshot();
  QueryRun run(*snapshot, std::chrono::steady_clock::now() + request.time_limit);
  run.visible = visible_to(request.access, *snapshot);
  SearchRequest within;
  within.access = request.access;
  within.types = request.types;
  const auto names = names_sounding_so(sound_node(std::move(*pattern), names_), within, basis_of(within, *snapshot),
                                       request.limit, run);
  for (const auto& named : names) {
    const auto document = document_of(*snapshot, named.doc);
    if (!document || !sees(request.access, *document)) continue;
    const auto [begin, end] = bytes_of(document->title, named.place);
    completions.push_back({document->title, document->type, document->id, begin, end});
  }
  return completions;
}

std::vector<Hit> IndexSearcher::similar(std::string_view type, std::string_view id, const AccessFilter& access,
                                        std::size_t limit) {
  const auto document = source_.find(std::string(type), std::string(id));
  if (!document) return {};
  const auto snapshot = searchable_.snapshot();
  SearchRequest request;
  request.access = access;
  request.limit = limit + 1;
  request.time_limit = kLikenessTime;
  const auto deadline = std::chrono::steady_clock::now() + request.time_limit;
  QueryRun run(*snapshot, deadline);
  run.visible = visible_to(request.access, *snapshot);
  Answer found;
  Conditions conditions;
  conditions.request = &request;
  conditions.basis = basis_of(request, *snapshot);
  try {
    SegmenterPool::Lease segmenter(segmenters_);
    found.plan = plan_of_likeness(*document, segmenter.get(), run);
    conditions.plan = &found.plan;
    conditions.basis.frequencies = frequencies_of(found.plan, run);
    found.evaluation = evaluate(conditions, run);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deadline_exceeded) throw;
  }
  SearchResult result;
  add_hits(found, conditions, run, deadline + request.time_limit / 4, result);
  // Itself is the best; what has little of it is not like it.
  std::erase_if(result.hits, [&](const Hit& hit) { return (hit.type == type && hit.id == id) || hit.score < kAlike; });
  if (result.hits.size() > limit) result.hits.resize(limit);
  return std::move(result.hits);
}

Explanation IndexSearcher::explain(const SearchRequest& request, std::string_view type, std::string_view id) {
  const auto snapshot = searchable_.snapshot();
  const auto& columns = *snapshot->columns;
  const ParsedQuery query = parse_query(request.query, names(*snapshot), request.strict);
  Explanation explanation;
  explanation.position = snapshot->position;
  QueryRun run(*snapshot, std::chrono::steady_clock::now() + request.time_limit);
  const auto wanted = columns.types().find(std::string(type));
  for (DocId doc = snapshot->end; wanted != 0 && --doc > 0;) {
    run.effort.spend();
    const auto& entry = columns.at(doc);
    if (entry.type != wanted || entry.id != id || !snapshot->alive(entry, snapshot->state)) continue;
    explanation.version = entry.version;
    explanation.visible = Visibility(request.access, columns, visible_to(request.access, *snapshot))
                              .sees(doc, columns.standing(doc).access());
    SegmenterPool::Lease segmenter(segmenters_);
    Planner planner(run, segmenter.get(), names_, synonyms_());
    explain_document(query, request, planner, run, doc, explanation);
    break;
  }
  return explanation;
}

std::function<Searcher::Marks(const std::string&)> IndexSearcher::marker(const std::string& query) {
  const auto snapshot = searchable_.snapshot();
  SegmenterPool::Lease segmenter(segmenters_);
  QueryRun run(*snapshot, std::chrono::steady_clock::now() + kMarkTime);
  Planner planner(run, segmenter.get(), names_, synonyms_());
  std::vector<Mark> marks;
  try {
    marks = planner.plan(parse_query(query, names(*snapshot)), Mode::exact_first).marks;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deadline_exceeded) throw;
  }
  return [marks = std::move(marks)](const std::string& text) { return find_marks(marks, text); };
}

}  // namespace

std::unique_ptr<Searcher> Searcher::make(index::Indexer& indexer, const index::DocumentSource& source,
                                         SearcherOptions options) {
  return std::make_unique<IndexSearcher>(indexer, source, std::move(options));
}

TokenSeal unsealed_tokens() {
  const auto seal = [](std::string_view plain) { return to_hex(as_bytes(plain)); };
  const auto open = [](std::string_view token) -> std::optional<std::string> {
    try {
      return std::string(as_chars(from_hex(token)));
    } catch (const Error&) {
      return std::nullopt;
    }
  };
  return {seal, open};
}

}  // namespace lantai::search
