#include "by_sound.h"

#include <algorithm>

#include "lantai/index/terms.h"
#include "lantai/text/folding.h"

namespace lantai::search {
namespace {

constexpr std::size_t kPairsLookedUp = 3;  // the rarest of a row; what has them is verified anyway

// Of one field in one segment.
class Candidates {
 public:
  Candidates(const std::string& field, const NamePairs& pairs, index::SegmentReader& reader, QueryRun& run)
      : field_(field), pairs_(pairs), reader_(reader), run_(run) {}

  std::unique_ptr<Cursor> of(const text::SoundRow& row) {
    std::vector<std::vector<std::string>> wanted;  // terms of each pair
    for (std::size_t i = 0; i < std::max<std::size_t>(1, row.size() - 1); ++i) {
      wanted.push_back(terms(row[i], row.size() > 1 ? &row[i + 1] : nullptr));
      if (wanted.back().empty()) return make_empty_cursor();
    }
    std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (wanted.size() > kPairsLookedUp) wanted.resize(kPairsLookedUp);
    std::vector<std::unique_ptr<Cursor>> all;
    for (const auto& terms : wanted) all.push_back(make_list_cursor(documents(terms)));
    return make_all_of(std::move(all), run_.effort);
  }

 private:
  const std::vector<const NamePairs::First*>& firsts(const text::Sound& sound) {
    const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& one) { return one.first == sound; });
    if (known != known_.end()) return known->second;
    run_.effort.spend(pairs_.firsts.size());
    std::vector<const NamePairs::First*> found;
    for (const auto& first : pairs_.firsts)
      if (sound.matches(first.character)) found.push_back(&first);
    return known_.emplace_back(sound, std::move(found)).second;
  }

  // Between two sounds there may be marks: then the first character ends a run.
  std::vector<std::string> terms(const text::Sound& sound, const text::Sound* next) {
    std::vector<std::string> found;
    for (const auto* first : firsts(sound)) {
      for (const char32_t second : first->next) {
        run_.effort.spend();
        if (next != nullptr && second != 0 && !next->matches(second)) continue;
        std::u32string gram(1, first->character);
        if (second != 0) gram += second;
        found.push_back(index::field_gram_term(field_, text::to_utf8(gram)));
      }
    }
    return found;
  }

  std::vector<DocId> documents(const std::vector<std::string>& terms) {
    std::vector<DocId> found;
    for (const auto& term : terms) {
      const auto postings = reader_.open(term);
      for (; postings && postings->doc() != kNoDoc; postings->next()) {
        run_.effort.spend();
        found.push_back(postings->doc());
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  const std::string& field_;
  const NamePairs& pairs_;
  index::SegmentReader& reader_;
  QueryRun& run_;
  std::vector<std::pair<text::Sound, std::vector<const NamePairs::First*>>> known_;
};

}  // namespace

std::unique_ptr<Cursor> make_sound_cursor(const text::SoundPattern& pattern, NameGrams& names,
                                          index::SegmentReader& reader, const index::Segment& segment, QueryRun& run) {
  std::vector<std::unique_ptr<Cursor>> either;
  for (const auto& field : names.fields()) {
    const auto pairs = names.of(field, reader, segment, run);
    Candidates candidates(field, *pairs, reader, run);
    for (const auto& row : pattern.rows()) either.push_back(candidates.of(row));
  }
  std::erase_if(either, [](const auto& cursor) { return cursor->doc() == kNoDoc; });
  if (either.empty()) return make_empty_cursor();
  return make_verified(
      make_any_of(std::move(either), run.effort),
      [&pattern, &names](std::string_view streams) { return sounding_name(pattern, names, streams).has_value(); }, run);
}

std::optional<SoundingName> sounding_name(const text::SoundPattern& pattern, const NameGrams& names,
                                          std::string_view streams) {
  index::StreamReader reader(streams);
  index::TextStream stream;
  while (reader.next(stream)) {
    if (std::find(names.fields().begin(), names.fields().end(), stream.field) == names.fields().end()) continue;
    auto name = text::to_utf32(stream.text);
    if (const auto place = pattern.find(name)) return SoundingName{std::move(name), place->first, place->second};
  }
  return std::nullopt;
}

}  // namespace lantai::search
