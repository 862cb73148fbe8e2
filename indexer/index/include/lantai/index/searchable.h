// What does a search read? A Snapshot: immutable, and true for as long as somebody holds it, however much is indexed
// meanwhile. It is a row of segments with disjoint, increasing documents; settled ones are Xapian databases that are
// never written again, fresh ones are in memory. A segment format of our own would be a third implementation.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/index/columns.h"
#include "lantai/index/text_log.h"

namespace lantai::index {

// How long may a query go on? Whatever walks over many things spends a step for each; the clock is looked at now and
// then. Thread-confined.
class Effort {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Effort(Time deadline) : deadline_(deadline) {}
  // Once it has gone on until `from`, it calls this, once, and goes on.
  void when_it_lasts(Time from, std::function<void()> call) {
    lasting_from_ = from;
    lasts_ = std::move(call);
  }
  // Throws deadline_exceeded when the time is up.
  void spend(std::uint64_t steps = 1) {
    if (steps < left_) {
      left_ -= steps;
      return;
    }
    left_ = kStepsBetweenLooks;
    const auto now = std::chrono::steady_clock::now();
    if (now >= lasting_from_) {
      lasting_from_ = Time::max();
      lasts_();
    }
    if (now < deadline_) return;
    throw Error(ErrorCode::deadline_exceeded, "the time of the query is up", "search.time_limit");
  }

 private:
  static constexpr std::uint64_t kStepsBetweenLooks = 1024;
  Time deadline_, lasting_from_ = Time::max();
  std::function<void()> lasts_;
  std::uint64_t left_ = kStepsBetweenLooks;
};

// Ranking tells no more from it: a higher count is this one, in every kind of segment.
inline constexpr std::uint32_t kMostCounted = 255;

// The documents of one term in one segment, increasing. Thread-confined; dies before its SegmentReader.
class PostingCursor {
 public:
  virtual ~PostingCursor() = default;
  DocId doc() const { return doc_; }  // kNoDoc: past the end
  virtual void next() = 0;
  virtual void skip_to(DocId doc) = 0;  // to the first document ≥ doc
  virtual std::uint32_t wdf() const = 0;

  // Many at once, for those who look at many. The next documents, from where it stands on, as many as fit, and how
  // often each holds the term; it stands after them then. How many: fewer only at the end.
  virtual std::size_t fill(std::span<DocId> out, std::uint8_t* counts = nullptr);
  // Of these, increasing and not below what it stood at, the ones that it holds, moved to the front; how many. Where it
  // stands afterwards is told only by another call with documents that are not below.
  virtual std::size_t keep(std::span<DocId> docs);
  // In the same way: how often each of these holds the term, 0 for those it does not hold.
  virtual void counts(std::span<const DocId> docs, std::uint8_t* out);

 protected:
  DocId doc_ = kNoDoc;
};

// One query's view of one segment. Thread-confined.
class SegmentReader {
 public:
  virtual ~SegmentReader() = default;
  // nullptr: no such term. `skips`: about how many documents it will be asked for out of order, if that is known.
  virtual std::unique_ptr<PostingCursor> open(const std::string& term, std::uint64_t skips = 0) = 0;
  virtual std::uint64_t frequency(const std::string& term) = 0;  // of documents, gone ones included
  // Terms that begin with `prefix`, in byte order; visit returns false to stop.
  virtual void each_term(const std::string& prefix, const std::function<bool(const std::string&)>& visit) = 0;
};

class Segment {
 public:
  virtual ~Segment() = default;
  virtual std::unique_ptr<SegmentReader> reader() const = 0;  // thread-safe
  virtual DocId first() const = 0;
  virtual DocId last() const = 0;
};

// The documents that hold any term with some beginning, counts added up. Each union is made once, however often a query
// asks for it. Lives as long as a query; thread-confined.
class Unions {
 public:
  explicit Unions(Effort& effort) : effort_(effort) {}
  // Looks at no more than `most` terms. nullptr: there is none. Cost of the first call: all their postings, at once.
  std::unique_ptr<PostingCursor> open(SegmentReader& reader, const Segment& segment, const std::string& prefix,
                                      std::size_t most);

 private:
  using Counts = std::shared_ptr<const std::vector<std::uint32_t>>;
  Effort& effort_;
  std::map<std::pair<const Segment*, std::string>, Counts> made_;
};

inline constexpr std::chrono::minutes kTextsTrusted{10};

struct Snapshot {
  std::string generation;          // changes when documents are numbered anew
  std::string life;                // changes whenever the index is opened
  std::uint64_t position = 0;      // the change position up to which this is complete
  std::uint64_t state = 0;         // increases with every snapshot of a life
  DocId end = 1;                   // documents in it are below
  std::uint64_t documents = 0;     // not gone
  std::uint64_t total_length = 0;  // of every document, gone ones included
  std::vector<std::shared_ptr<const Segment>> segments;
  std::shared_ptr<const Columns> columns;
  std::shared_ptr<const TextLog> texts;
  std::shared_ptr<const void> keep;  // holds the files in place

  bool alive(const DocumentEntry& entry, std::uint64_t as_of) const { return entry.gone_at.load() > as_of; }
  // nullopt: damaged. What was found whole within kTextsTrusted before `now` is not looked through again.
  std::optional<std::string_view> text(DocId doc, std::chrono::steady_clock::time_point now) const {
    const TextEntry& entry = columns->text(doc);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now.time_since_epoch()).count();
    const auto minute = static_cast<std::uint32_t>(minutes) + 1;
    const std::uint32_t checked = entry.checked.load(std::memory_order_relaxed);
    if (checked != 0 && minute - checked <= kTextsTrusted.count()) return texts->read_unchecked(entry.place());
    auto text = texts->read(entry.place());
    if (text) entry.checked.store(minute, std::memory_order_relaxed);
    return text;
  }
  // That a text will be read soon: the processor fetches it meanwhile.
  void expect_text(DocId doc) const { texts->expect(columns->text(doc).place()); }
  void expect_place_of_text(DocId doc) const { __builtin_prefetch(&columns->text(doc)); }
};

class Searchable {
 public:
  virtual ~Searchable() = default;
  // Never null; empty while the first index is being built. Thread-safe, does not wait for the indexer.
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
  // Reads the records of these documents, whose text is damaged, again from the source. False at the deadline;
  // otherwise the next snapshot has them whole. Thread-safe.
  virtual bool repair(const Snapshot& snapshot, const std::vector<DocId>& damaged,
                      std::chrono::steady_clock::time_point deadline) = 0;
  // A segment turned out to be damaged while it was read: the index is built again. Thread-safe.
  virtual void report_damage(const std::string& what) = 0;
};

}  // namespace lantai::index
