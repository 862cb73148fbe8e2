// Which documents of a segment match? A tree of cursors, walked many documents at a time where that can be, else one by
// one. Each has a cheap approximation (advance, take) and an exact answer for a candidate (confirm), so that text is
// only read where everything else agrees.
// What moves over many candidates spends the query's effort and throws deadline_exceeded when it is used up.
// Thread-confined; a cursor dies before its SegmentReader.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/index/searchable.h"

namespace lantai::search {

using index::DocId;
using index::kNoDoc;

inline constexpr std::size_t kBytesPerStep = 64;  // of text that is looked through, a step of Effort

class Cursor {
 public:
  virtual ~Cursor() = default;
  // One by one, until the first call of take or keep.
  virtual DocId doc() const = 0;
  virtual void advance(DocId target) = 0;  // to the first candidate ≥ target

  // The first candidates ≥ `from`, which increases from call to call: no more than fit, one if not confirms_later(); 0
  // only if there are none.
  virtual std::size_t take(DocId from, std::span<DocId> out);
  // Of increasing documents, one if not confirms_later(), those that are candidates, moved to the front; how many.
  virtual std::size_t keep(std::span<DocId> docs);

  // Is a candidate a match? Of where it stands; if it confirms later, also of what was taken or kept by the last call.
  // In increasing order.
  virtual bool confirm(DocId) { return true; }
  // Surely a match, without reading a text? Asked before confirm, if at all.
  virtual bool certain(DocId) { return true; }
  virtual bool exact() const { return true; }           // is every candidate a match?
  virtual bool never_certain() const { return false; }  // is a text read for every candidate?
  virtual bool confirms_later() const { return true; }
  virtual std::uint64_t cost() const = 0;  // about how many candidates
};

// What must occur in a folded text, and where.
struct Needle {
  enum class Form {
    plain,   // these characters
    word,    // not inside a longer run of letters or digits
    code,    // not inside a longer reference code
    number,  // a document number, however it is written
    date,    // a date, however it is written; a month also by any day in it
    value,   // the whole text of a field
    near,    // `pieces`, in any order and over one another, with up to `distance` other characters from first to last
  };
  std::string text;   // UTF-8 of the folded text; of numbers and dates the normal form
  std::string field;  // empty: anywhere
  Form form = Form::plain;
  // Of a number. `longer`: what comes before the organ's code word in known longer ones, which are other organs.
  std::string organ;
  unsigned year = 0;
  std::uint64_t serial = 0;
  std::vector<std::string> longer;
  std::vector<Needle> pieces;  // of form near; never of that form themselves
  std::size_t distance = 0;

  bool operator==(const Needle&) const = default;
};

struct Found {
  std::size_t begin = 0, end = 0;
};

// Or goes on within one?
inline bool begins_character(char utf8) { return (static_cast<unsigned char>(utf8) & 0xC0U) != 0x80U; }

// Code fields have their own terms for codes and numbers and are passed over.
bool occurs(const Needle& needle, std::string_view streams);
// The next occurrence at or after `from`, in bytes.
std::optional<Found> find_needle(const Needle& needle, std::string_view text, std::size_t from);

struct VisibleSets;  // visibility.h

// One query under way: what it looks at, how long it may still take, which texts turned out to be damaged.
// Thread-confined.
struct QueryRun {
  QueryRun(const index::Snapshot& of, std::chrono::steady_clock::time_point deadline)
      : snapshot(of), effort(deadline), unions(effort) {}
  const index::Snapshot& snapshot;
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  index::Effort effort;
  index::Unions unions;
  std::vector<DocId> damaged;
  std::shared_ptr<const VisibleSets> visible;  // to who asks

  std::optional<std::string_view> read(DocId doc) {
    const auto text = snapshot.text(doc, began);
    if (!text) damaged.push_back(doc);
    return text;
  }
};

using ValueTest = std::vector<bool>;  // by number in the column's dictionary

// What has all of the terms; their postings and how many there are, about.
std::unique_ptr<Cursor> make_all_terms(std::vector<std::unique_ptr<index::PostingCursor>> postings,
                                       std::uint64_t fewest, index::Effort& effort);
std::unique_ptr<Cursor> make_empty_cursor();
std::unique_ptr<Cursor> make_range_cursor(DocId first, DocId last);  // every number
std::unique_ptr<Cursor> make_column_cursor(DocId first, DocId last, const index::FieldColumn& column,
                                           std::shared_ptr<const ValueTest> test, index::Effort& effort);
std::unique_ptr<Cursor> make_all_of(std::vector<std::unique_ptr<Cursor>> children, index::Effort& effort);
std::unique_ptr<Cursor> make_any_of(std::vector<std::unique_ptr<Cursor>> children, index::Effort& effort);
std::unique_ptr<Cursor> make_minus(std::unique_ptr<Cursor> wanted, std::unique_ptr<Cursor> unwanted);
std::unique_ptr<Cursor> make_list_cursor(std::vector<DocId> documents);  // increasing
// Those of the candidates whose streams pass. `passes` outlives it in what it refers to.
std::unique_ptr<Cursor> make_verified(std::unique_ptr<Cursor> candidates,
                                      std::function<bool(std::string_view streams)> passes, QueryRun& run);

}  // namespace lantai::search
