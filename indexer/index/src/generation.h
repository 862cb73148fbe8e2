// How does one generation of the index grow? Documents get numbers, their text and columns are logged, their terms wait
// in memory segments until settle() writes them as a segment and commits everything with the manifest.
// Neighbouring small segments are merged by a background thread. Thread-confined to the indexer's thread; snapshots go
// anywhere.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis.h"
#include "column_log.h"
#include "lantai/index/searchable.h"
#include "manifest.h"
#include "segments.h"

namespace lantai::index {

class Generation {
 public:
  // The index below `root`, in its directory `name`. `state` only when there is nothing yet. Throws data_loss when what
  // is there is damaged, failed_precondition when it is of an unknown format.
  Generation(const std::filesystem::path& root, const std::string& name, const IndexState& state,
             std::size_t settle_documents);
  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  const IndexState& state() const { return state_; }  // position: up to where documents were applied
  const std::string& name() const { return name_; }

  void put(const Document& document, AnalysedDocument analysed);
  void remove(const std::string& type, const std::string& id);
  // Was this version, or a later one, put with all its texts, since this was opened?
  bool has_whole(const std::string& type, const std::string& id, std::uint64_t version) const;
  void set_position(std::uint64_t position) { state_.position = position; }

  // What has settled or been prepared, and the position up to which that is everything.
  std::shared_ptr<const Snapshot> snapshot();
  void prepare_fresh();  // makes what waits searchable from memory
  bool wants_to_settle() const;
  bool has_unsettled() const { return state_.position != committed_.position || !waiting_.empty(); }
  void settle();  // durable on return; what an error left undone the next call goes on with
  // For bulk work: begins to settle what waits and returns; what was begun before is durable then. What does not
  // replace anything is missed by nobody until it settles.
  void settle_beside();
  void finish_settling();  // what was begun
  bool replaces_nothing() const { return !waiting_replaces_; }
  // Ends a merge that is done and begins the next. True: there are fewer segments now, of which a new snapshot tells.
  // `quiet`: nothing has come for a while.
  bool merge_if_worthwhile(bool quiet);
  bool at_rest() const { return !has_unsettled() && !merge_ && first_to_merge(true) == settled_.size(); }
  bool finish_merge(bool wait);  // true: the same
  // Why the segments cannot be trusted, once a merge has found out; empty: nothing is known against them.
  const std::string& damage() const { return damage_; }
  // Reads every settled segment, as of this call, and names the first whose bytes are not those that were written;
  // empty: none. To be called on another thread; `stop` ends it early.
  std::function<std::string(const std::stop_token& stop)> checker() const;

  std::uint64_t documents() const { return numbers_.size(); }
  std::uint64_t gone() const { return gone_; }
  // Its directory goes when the last snapshot lets go of it.
  void retire();

 private:
  struct Place;  // the directory; shared with snapshots
  struct Settled {
    SegmentName name;
    std::shared_ptr<const Segment> segment;
    std::uint64_t documents = 0;
  };
  // On disk, but not in the manifest yet.
  struct Written {
    IndexState state;
    std::optional<Settled> segment;
  };
  struct Merge {
    std::size_t first = 0, count = 0;
    SegmentName name;
    std::atomic<bool> done{false};
    std::string error;
    bool damaged = false;  // of the sources
    std::jthread thread;
  };

  void replay(const ColumnRecord& record);
  void apply_columns(const ColumnRecord& record);
  bool take_number(const ColumnRecord& record);  // true: another document had it
  void mark_gone(DocId doc, DocId next);
  void open_segments(const std::vector<SegmentName>& names);
  void remove_strangers(const std::vector<SegmentName>& names) const;
  void begin_to_write();
  void finish_writing();
  void commit_written();
  void write_current_manifest(const IndexState& state);
  std::size_t first_to_merge(bool quiet) const;  // of settled_, up to the last; its size: none
  void merge_failed(const Merge& job);
  std::string new_segment_name();
  Manifest manifest(const IndexState& state) const;

  std::string name_;
  std::size_t settle_documents_;
  std::shared_ptr<Place> place_;
  std::string life_;
  IndexState state_, committed_;
  std::shared_ptr<Columns> columns_ = std::make_shared<Columns>();
  std::shared_ptr<TextLog> texts_;
  std::unique_ptr<ColumnLog> column_log_;
  std::unordered_map<std::string, DocId> numbers_;  // type/id → its living document
  DocId opened_at_ = 0;                             // the first number of this life
  std::unordered_set<DocId> unfinished_;            // of this life: texts of theirs were still to come
  std::uint64_t snapshot_state_ = 1;
  std::uint64_t gone_ = 0;
  std::uint64_t segment_counter_ = 0;
  std::vector<Settled> settled_;
  std::vector<std::shared_ptr<const Segment>> fresh_;
  std::vector<NumberedDocument> waiting_;  // not settled
  std::size_t fresh_count_ = 0;            // of waiting_, how many are in fresh_
  std::size_t waiting_bytes_ = 0;
  bool waiting_replaces_ = false;       // something that was there before
  std::uint64_t visible_position_ = 0;  // Snapshot::position
  std::future<Written> writing_;        // of the first writing_count_ of waiting_
  std::optional<Written> written_;      // the same, when it is done
  std::size_t writing_count_ = 0, writing_bytes_ = 0;
  std::vector<std::shared_ptr<const Segment>> replaced_;  // by a merge; their directories go with the next manifest
  std::unique_ptr<Merge> merge_;
  std::chrono::seconds merge_pause_{0};
  std::chrono::steady_clock::time_point merge_after_;
  std::string damage_;
};

}  // namespace lantai::index
