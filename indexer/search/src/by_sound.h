// Which documents have a name that sounds so? The pairs of characters that occur in names and sound like two neighbours
// of the pattern are looked up as terms; what has them is verified against the text. Thread-confined.
#pragma once

#include "lantai/text/pinyin.h"
#include "name_grams.h"

namespace lantai::search {

// `pattern`, `names`, `reader` and `run` outlive it. Throws deadline_exceeded.
std::unique_ptr<Cursor> make_sound_cursor(const text::SoundPattern& pattern, NameGrams& names,
                                          index::SegmentReader& reader, const index::Segment& segment, QueryRun& run);

// The first name of a document that sounds so, folded, and where in it: [begin, end) of its characters.
struct SoundingName {
  std::u32string name;
  std::size_t begin = 0, end = 0;
};
std::optional<SoundingName> sounding_name(const text::SoundPattern& pattern, const NameGrams& names,
                                          std::string_view streams);

}  // namespace lantai::search
