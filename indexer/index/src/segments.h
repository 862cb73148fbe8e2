// The two kinds of segment: fresh ones in memory, settled ones on disk, where Xapian keeps words and values, a file of
// our own the pairs of characters. Segments are immutable and thread-safe; their readers are thread-confined.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lantai/index/searchable.h"
#include "postings_by_term.h"

namespace lantai::index {

// `documents`: increasing, not empty.
std::shared_ptr<const Segment> make_memory_segment(std::span<const NumberedDocument> documents);
// `older` and `newer` are memory segments, the documents of `newer` above those of `older`.
std::shared_ptr<const Segment> merge_memory_segments(const Segment& older, const Segment& newer);
std::size_t memory_segment_size(const Segment& segment);  // in documents

// Writes a segment of `documents` (increasing, not empty); durable on return.
void write_settled_segment(const std::filesystem::path& directory, const std::vector<NumberedDocument>& documents);
// Merges neighbours without renumbering.
void merge_settled_segments(const std::filesystem::path& target, const std::vector<std::filesystem::path>& sources);
std::shared_ptr<const Segment> open_settled_segment(const std::filesystem::path& directory);
// Its directory goes when the last holder lets go of it.
void retire_segment(const Segment& segment);
std::uint64_t segment_documents(const std::filesystem::path& directory);

}  // namespace lantai::index
