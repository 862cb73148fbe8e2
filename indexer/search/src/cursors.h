// Which documents of a segment match? A tree of cursors, walked document by document. Each has a cheap approximation
// (advance) and an exact answer for where it stands (confirm), so that text is only read where everything else agrees.
// Thread-confined; a cursor dies before its SegmentReader.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/index/searchable.h"

namespace lantai::search {

using index::DocId;
using index::kNoDoc;

class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual DocId doc() const = 0;
  virtual void advance(DocId target) = 0;  // to the first candidate ≥ target
  virtual bool confirm() { return true; }  // is doc() a match? Asked at most once a document
  virtual std::uint64_t cost() const = 0;  // about how many candidates
};

// A piece of folded text that must occur, and where.
struct Needle {
  std::string text;          // UTF-8 of the folded text
  std::string field;         // empty: anywhere
  bool whole_words = false;  // not inside a longer run of letters or digits
  bool whole_code = false;   // not inside a longer code; not in code fields, which have their own terms
};

bool occurs(const Needle& needle, std::string_view streams);
// Next occurrence at or after `from` under the needle's boundary rules; npos: none.
std::size_t find_needle(const Needle& needle, std::string_view text, std::size_t from);

using ValueTest = std::vector<bool>;  // by number in the column's dictionary

std::unique_ptr<Cursor> make_term_cursor(std::unique_ptr<index::PostingCursor> postings, std::uint64_t frequency);
std::unique_ptr<Cursor> make_empty_cursor();
std::unique_ptr<Cursor> make_range_cursor(DocId first, DocId last);  // every number
std::unique_ptr<Cursor> make_column_cursor(DocId first, DocId last, const index::FieldColumn& column,
                                           std::shared_ptr<const ValueTest> test);
std::unique_ptr<Cursor> make_all_of(std::vector<std::unique_ptr<Cursor>> children);
std::unique_ptr<Cursor> make_any_of(std::vector<std::unique_ptr<Cursor>> children);
std::unique_ptr<Cursor> make_minus(std::unique_ptr<Cursor> wanted, std::unique_ptr<Cursor> unwanted);
std::unique_ptr<Cursor> make_verified(std::unique_ptr<Cursor> candidates, const Needle& needle,
                                      const index::Snapshot& snapshot);

}  // namespace lantai::search
