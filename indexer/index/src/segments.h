// The two kinds of segment: fresh ones in memory, settled ones in Xapian. Segments are immutable and thread-safe; their
// readers are thread-confined.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analysis.h"
#include "lantai/index/searchable.h"

namespace lantai::index {

// A document with its number, waiting to settle.
struct NumberedDocument {
  DocId doc = 0;
  std::shared_ptr<const AnalysedDocument> document;
};

std::shared_ptr<const Segment> make_memory_segment(const std::vector<NumberedDocument>& documents);
// `older` and `newer` are memory segments, the documents of `newer` above those of `older`.
std::shared_ptr<const Segment> merge_memory_segments(const Segment& older, const Segment& newer);
std::size_t memory_segment_size(const Segment& segment);  // in documents

// Writes a database of `documents` (increasing, not empty) in one transaction together with `state` as its metadata;
// durable on return.
void write_xapian_segment(const std::filesystem::path& directory, const std::vector<NumberedDocument>& documents,
                          const std::string& state);
// Merges neighbours without renumbering; the result carries the last one's state.
void merge_xapian_segments(const std::filesystem::path& target, const std::vector<std::filesystem::path>& sources);
std::shared_ptr<const Segment> open_xapian_segment(const std::filesystem::path& directory);
// Its directory goes when the last holder lets go of it.
void retire_segment(const Segment& segment);
std::string read_xapian_state(const std::filesystem::path& directory);
std::uint64_t xapian_documents(const std::filesystem::path& directory);

}  // namespace lantai::index
