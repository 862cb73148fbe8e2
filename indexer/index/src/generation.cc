#include "generation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/text/code.h"

namespace lantai::index {
namespace {

constexpr std::size_t kSettleBytes = 24U << 20U;
constexpr std::size_t kMergeAt = 8;
constexpr std::size_t kTooMany = 24;
constexpr std::uint64_t kEven = 4;     // while busy, none of those that merge holds more than this part of them
constexpr std::uint64_t kWorthy = 20;  // when quiet, what comes in is at least this part of what it is merged into
constexpr std::chrono::seconds kShortestMergePause{5};
constexpr std::chrono::seconds kLongestMergePause{600};

std::string key_of(const std::string& type, const std::string& id) { return type + "/" + id; }

}  // namespace

struct Generation::Place {
  std::filesystem::path directory;
  std::atomic<bool> retired{false};
  ~Place() {
    if (!retired) return;
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
};

Generation::Generation(const std::filesystem::path& root, const std::string& name, const IndexState& state,
                       std::size_t settle_documents)
    : name_(name),
      settle_documents_(settle_documents),
      place_(std::make_shared<Place>()),
      life_(random_hex(8)),
      state_(state) {
  place_->directory = root / name;
  std::filesystem::create_directories(place_->directory);
  std::vector<SegmentName> segments;
  if (const auto found = read_manifest(place_->directory)) {
    state_ = found->state;
    segments = found->segments;
  } else {
    write_manifest(place_->directory, {state_, {}});
  }
  committed_ = state_;
  visible_position_ = state_.position;
  opened_at_ = static_cast<DocId>(state_.next_doc);
  remove_strangers(segments);
  texts_ = std::make_shared<TextLog>(place_->directory / "texts.log", state_.text_bytes);
  column_log_ = std::make_unique<ColumnLog>(place_->directory / "columns.log", state_.column_bytes,
                                            [this](const ColumnRecord& record) { replay(record); });
  open_segments(segments);
}

Generation::~Generation() { merge_.reset(); }

void Generation::open_segments(const std::vector<SegmentName>& names) {
  for (const auto& name : names) {
    const auto directory = place_->directory / name.name;
    auto segment = open_settled_segment(directory);
    settled_.push_back({name, std::move(segment), segment_documents(directory)});
    segment_counter_ = std::max<std::uint64_t>(segment_counter_, std::stoull(name.name.substr(1)));
  }
}

// What a killed process left behind: segments that no manifest names.
void Generation::remove_strangers(const std::vector<SegmentName>& names) const {
  std::set<std::string> known;
  for (const auto& name : names) known.insert(name.name);
  for (const auto& entry : std::filesystem::directory_iterator(place_->directory)) {
    if (entry.is_directory() && !known.contains(entry.path().filename())) std::filesystem::remove_all(entry.path());
  }
}

void Generation::replay(const ColumnRecord& record) {
  if (record.removed) {
    const DocumentEntry& entry = columns_->at(record.doc);
    numbers_.erase(key_of(columns_->types().at(entry.type), entry.id));
    mark_gone(record.doc, 0);
    return;
  }
  apply_columns(record);
  take_number(record);
}

// Readers follow `next` only to what is whole: the columns come first.
bool Generation::take_number(const ColumnRecord& record) {
  const auto [at, fresh] = numbers_.try_emplace(key_of(record.type, record.id), record.doc);
  if (!fresh) mark_gone(at->second, record.doc);
  at->second = record.doc;
  return !fresh;
}

void Generation::mark_gone(DocId doc, DocId next) {
  unfinished_.erase(doc);
  DocumentEntry& entry = columns_->add(doc);
  entry.next.store(next, std::memory_order_release);
  entry.gone_at.store(snapshot_state_ + 1);
  columns_->mark_gone(doc);
  ++gone_;
}

void Generation::apply_columns(const ColumnRecord& record) {
  DocumentEntry& entry = columns_->add(record.doc);
  entry.id = record.id;
  entry.version = record.version;
  entry.code_key = record.code_key;
  entry.date = record.date;
  columns_->set_text(record.doc, record.text);
  entry.type = columns_->mutable_types().add(record.type);
  columns_->set_standing(record.doc, record.length, record.access);
  for (const auto& [name, values] : record.fields) columns_->ensure_field(name).set(record.doc, values);
}

void Generation::put(const Document& document, AnalysedDocument analysed) {
  if (state_.next_doc >= kNoDoc) throw Error(ErrorCode::resource_exhausted, "the index is out of document numbers");
  ColumnRecord record;
  record.doc = static_cast<DocId>(state_.next_doc);
  record.type = document.type;
  record.id = document.id;
  record.version = document.version;
  record.code_key = document.reference_code.empty() ? "" : text::natural_sort_key(document.reference_code);
  record.date = document.date.empty() ? "" : fold_value(document.date);
  record.text = texts_->append(analysed.streams);
  record.length = analysed.length;
  record.access = document.access;
  for (const auto& field : document.fields) {
    if ((field.facet || field.sortable) && !field.values.empty()) record.fields.emplace_back(field.name, field.values);
  }
  column_log_->append(record);
  ++state_.next_doc;
  apply_columns(record);
  waiting_replaces_ = take_number(record) || waiting_replaces_;
  if (!document.whole) unfinished_.insert(record.doc);
  waiting_bytes_ += analysed.streams.size() + analysed.terms.size() * 16;
  analysed.streams = {};
  waiting_.push_back({record.doc, std::make_shared<const AnalysedDocument>(std::move(analysed))});
}

void Generation::remove(const std::string& type, const std::string& id) {
  const auto found = numbers_.find(key_of(type, id));
  if (found == numbers_.end()) return;
  ColumnRecord record;
  record.doc = found->second;
  record.removed = true;
  column_log_->append(record);
  mark_gone(found->second, 0);
  numbers_.erase(found);
}

bool Generation::has_whole(const std::string& type, const std::string& id, std::uint64_t version) const {
  const auto found = numbers_.find(key_of(type, id));
  return found != numbers_.end() && found->second >= opened_at_ && !unfinished_.contains(found->second) &&
         columns_->at(found->second).version >= version;
}

// Like a binary counter: equal neighbours merge, so that few segments exist and each document moves few times.
void Generation::prepare_fresh() {
  if (fresh_count_ == waiting_.size()) return;
  fresh_.push_back(make_memory_segment(std::span(waiting_).subspan(fresh_count_)));
  fresh_count_ = waiting_.size();
  while (fresh_.size() > 1) {
    const Segment& newer = *fresh_[fresh_.size() - 1];
    const Segment& older = *fresh_[fresh_.size() - 2];
    if (memory_segment_size(newer) * 2 <= memory_segment_size(older)) break;
    auto merged = merge_memory_segments(older, newer);
    fresh_.pop_back();
    fresh_.back() = std::move(merged);
  }
}

std::shared_ptr<const Snapshot> Generation::snapshot() {
  auto out = std::make_shared<Snapshot>();
  out->generation = name_;
  out->life = life_;
  if (fresh_count_ == waiting_.size()) visible_position_ = state_.position;
  out->position = visible_position_;
  out->state = ++snapshot_state_;
  out->end = static_cast<DocId>(state_.next_doc);
  out->documents = numbers_.size();
  out->total_length = columns_->total_length();
  for (const auto& settled : settled_) out->segments.push_back(settled.segment);
  out->segments.insert(out->segments.end(), fresh_.begin(), fresh_.end());
  out->columns = columns_;
  out->texts = texts_;
  out->keep = place_;
  return out;
}

bool Generation::wants_to_settle() const {
  return waiting_.size() - writing_count_ >= settle_documents_ || waiting_bytes_ - writing_bytes_ >= kSettleBytes;
}

Manifest Generation::manifest(const IndexState& state) const {
  Manifest out;
  out.state = state;
  for (const auto& settled : settled_) out.segments.push_back(settled.name);
  return out;
}

std::string Generation::new_segment_name() { return fmt::format("s{:06}", ++segment_counter_); }

// First the logs, then the segment, last the manifest: whatever a kill leaves out is cut off or swept away at open.
void Generation::settle() {
  do {
    if (!written_ && !writing_.valid()) begin_to_write();
    finish_settling();
  } while (has_unsettled());
}

void Generation::settle_beside() {
  finish_settling();
  begin_to_write();
}

void Generation::finish_settling() {
  if (writing_.valid()) finish_writing();
  if (written_) commit_written();
}

void Generation::begin_to_write() {
  column_log_->flush();
  texts_->sync();
  state_.column_bytes = column_log_->size();
  state_.text_bytes = texts_->size();
  const std::string name = waiting_.empty() ? "" : new_segment_name();
  writing_ = std::async(std::launch::async, [state = state_, name, documents = waiting_, place = place_] {
    Written written{state, std::nullopt};
    if (documents.empty()) return written;
    const auto directory = place->directory / name;
    try {
      write_settled_segment(directory, documents);
      written.segment = {{name, digest_of(directory)}, open_settled_segment(directory), documents.size()};
    } catch (const Error&) {
      std::error_code ignored;
      std::filesystem::remove_all(directory, ignored);
      throw;
    }
    return written;
  });
  writing_count_ = waiting_.size();
  writing_bytes_ = waiting_bytes_;
}

void Generation::finish_writing() {
  try {
    written_ = writing_.get();
  } catch (...) {
    writing_count_ = writing_bytes_ = 0;
    throw;
  }
}

void Generation::commit_written() {
  Written& written = *written_;
  if (written.segment) settled_.push_back(*written.segment);
  try {
    write_current_manifest(written.state);
  } catch (const Error&) {
    if (written.segment) settled_.pop_back();
    throw;
  }
  committed_ = written.state;
  visible_position_ = std::max(visible_position_, committed_.position);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(writing_count_));
  waiting_bytes_ -= writing_bytes_;
  const bool later_ones_are_visible = fresh_count_ > writing_count_;
  writing_count_ = writing_bytes_ = 0;
  if (waiting_.empty()) waiting_replaces_ = false;
  fresh_.clear();
  fresh_count_ = 0;
  written_.reset();
  if (later_ones_are_visible) prepare_fresh();
}

void Generation::write_current_manifest(const IndexState& state) {
  write_manifest(place_->directory, manifest(state));
  for (const auto& segment : replaced_) retire_segment(*segment);
  replaced_.clear();
}

// While much comes in, the longest row of youngest segments that are eight or more and about even, so that a document
// is moved once for every eightfold. When it is quiet, the longest in which each is worth the next older: few remain.
std::size_t Generation::first_to_merge(bool quiet) const {
  const std::size_t all = settled_.size();
  std::size_t best = all;
  std::uint64_t sum = 0, most = 0;
  for (std::size_t first = all; first-- > 0;) {
    const std::uint64_t documents = settled_[first].documents;
    if (quiet && sum > 0 && sum < documents / kWorthy) break;
    sum += documents;
    most = std::max(most, documents);
    if (quiet ? all - first >= 2 : all - first >= kMergeAt && most <= sum / kEven) best = first;
  }
  return best;
}

bool Generation::merge_if_worthwhile(bool quiet) {
  const bool finished = finish_merge(false);
  if (merge_ || std::chrono::steady_clock::now() < merge_after_) return finished;
  const std::size_t first = first_to_merge(quiet || settled_.size() >= kTooMany);
  if (first == settled_.size()) return finished;
  merge_ = std::make_unique<Merge>();
  merge_->first = first;
  merge_->count = settled_.size() - first;
  merge_->name.name = new_segment_name();
  std::vector<SegmentName> sources;
  for (std::size_t i = first; i < settled_.size(); ++i) sources.push_back(settled_[i].name);
  merge_->thread = std::jthread([job = merge_.get(), place = place_, sources = std::move(sources)] {
    try {
      std::vector<std::filesystem::path> directories;
      for (const auto& source : sources) {
        directories.push_back(place->directory / source.name);
        // A damaged segment must not get a digest of its own by being merged.
        job->damaged = digest_of(directories.back()) != source.digest;
        if (job->damaged) throw Error(ErrorCode::data_loss, "index segment " + source.name + " is damaged on disk");
      }
      merge_settled_segments(place->directory / job->name.name, directories);
      job->name.digest = digest_of(place->directory / job->name.name);
    } catch (const std::exception& error) {
      job->error = error.what();
    }
    job->done.store(true, std::memory_order_release);
  });
  return finished;
}

void Generation::merge_failed(const Merge& job) {
  log::warning("index: segments could not be merged: {}", job.error);
  std::error_code ignored;
  std::filesystem::remove_all(place_->directory / job.name.name, ignored);
  if (job.damaged) damage_ = job.error;
  merge_pause_ = std::clamp(2 * merge_pause_, kShortestMergePause, kLongestMergePause);
  merge_after_ = std::chrono::steady_clock::now() + merge_pause_;
}

bool Generation::finish_merge(bool wait) {
  if (!merge_) return false;
  if (wait) merge_->thread.join();
  if (!merge_->done.load(std::memory_order_acquire)) return false;
  const std::unique_ptr<Merge> job = std::move(merge_);
  std::shared_ptr<const Segment> segment;
  try {
    if (job->error.empty()) segment = open_settled_segment(place_->directory / job->name.name);
  } catch (const Error& error) {
    job->error = error.what();
  }
  if (!job->error.empty()) {
    merge_failed(*job);
    return false;
  }
  merge_pause_ = {};
  const auto begin = settled_.begin() + static_cast<std::ptrdiff_t>(job->first);
  const auto end = begin + static_cast<std::ptrdiff_t>(job->count);
  std::uint64_t documents = 0;
  for (auto at = begin; at != end; ++at) {
    documents += at->documents;
    replaced_.push_back(at->segment);
  }
  settled_.erase(begin, end);
  settled_.insert(settled_.begin() + static_cast<std::ptrdiff_t>(job->first),
                  {job->name, std::move(segment), documents});
  write_current_manifest(committed_);
  return true;
}

std::function<std::string(const std::stop_token&)> Generation::checker() const {
  return [segments = settled_, place = place_](const std::stop_token& stop) -> std::string {
    for (const auto& [name, segment, documents] : segments) {
      if (stop.stop_requested()) break;
      if (digest_of(place->directory / name.name) != name.digest) return "index segment " + name.name;
    }
    return {};
  };
}

void Generation::retire() { place_->retired = true; }

}  // namespace lantai::index
