#include "snippet.h"

#include <algorithm>
#include <map>
#include <set>

#include "lantai/text/folding.h"

namespace lantai::search {
namespace {

constexpr std::size_t kSnippetCharacters = 120;
constexpr std::size_t kBefore = 30;
constexpr std::size_t kMaxOccurrences = 2000;

struct Occurrence {
  std::size_t begin = 0, end = 0;  // characters of the folded text
  std::size_t mark = 0;
};

// A text with what occurs in it.
struct Marked {
  text::FoldedText folded;
  std::vector<Occurrence> occurrences;  // by begin
};

Marked occurrences_in(const std::vector<Mark>& marks, const std::string& original) {
  Marked out;
  out.folded = text::fold(original);
  // Needles are found in UTF-8; what they cover is counted in characters.
  const std::string utf8 = text::to_utf8(out.folded.text);
  std::vector<std::uint32_t> character;  // by byte
  character.reserve(utf8.size() + 1);
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (i > 0 && begins_character(utf8[i])) ++count;
    character.push_back(count);
  }
  character.push_back(static_cast<std::uint32_t>(out.folded.text.size()));
  for (std::size_t number = 0; number < marks.size(); ++number) {
    const Needle& needle = marks[number].needle;
    if (needle.text.empty()) continue;
    auto found = find_needle(needle, utf8, 0);
    while (found && out.occurrences.size() < kMaxOccurrences) {
      out.occurrences.push_back({character[found->begin], character[found->end], number});
      found = find_needle(needle, utf8, found->end);
    }
  }
  std::sort(out.occurrences.begin(), out.occurrences.end(),
            [](const auto& a, const auto& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  return out;
}

// Up to the end of the last original character that an occurrence covers; white space that folding dropped stays out.
ByteRange original_range(const Marked& marked, const std::string& original, std::size_t begin, std::size_t end) {
  std::size_t stop = marked.folded.origin[end];
  if (end > begin && stop > marked.folded.origin[end - 1]) {
    std::size_t last = marked.folded.origin[end - 1] + 1;
    while (last < stop && !begins_character(original[last])) ++last;
    // What follows the last character up to the next one belongs to it only if it is not white space.
    const std::string_view between = std::string_view(original).substr(last, stop - last);
    const bool blank = text::fold_only(between).empty();
    if (blank) stop = last;
  }
  return {marked.folded.origin[begin], stop};
}

std::vector<ByteRange> ranges_of(const Marked& marked, const std::string& original) {
  std::vector<ByteRange> ranges;
  std::size_t end = 0;
  std::size_t begin = 0;
  bool open = false;
  const auto close = [&] {
    if (open) ranges.push_back(original_range(marked, original, begin, end));
  };
  for (const auto& occurrence : marked.occurrences) {
    if (open && occurrence.begin <= end) {
      end = std::max(end, occurrence.end);
      continue;
    }
    close();
    begin = occurrence.begin;
    end = occurrence.end;
    open = true;
  }
  close();
  return ranges;
}

// The window that holds the most weight of different marks: where it begins, and that weight.
std::pair<std::size_t, double> best_window(const std::vector<Mark>& marks, const Marked& marked) {
  std::pair<std::size_t, double> best{0, 0};
  std::map<std::size_t, std::size_t> inside;
  double weight = 0;
  std::size_t last = 0;
  const auto& all = marked.occurrences;
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (; last < all.size() && all[last].end <= all[first].begin + kSnippetCharacters; ++last) {
      if (inside[all[last].mark]++ == 0) weight += marks[all[last].mark].weight;
    }
    const double with_count = weight + 0.001 * static_cast<double>(std::min<std::size_t>(last - first, 50));
    if (with_count > best.second) best = {all[first].begin, with_count};
    if (last <= first) {
      last = first + 1;
      continue;
    }
    if (--inside[all[first].mark] == 0) weight -= marks[all[first].mark].weight;
  }
  return best;
}

// Cuts [begin, begin + kSnippetCharacters) out of the original, white space evened, hits apart.
std::vector<SnippetPart> cut(const Marked& marked, const std::string& original, std::size_t hit) {
  const std::size_t size = marked.folded.text.size();
  const std::size_t begin = hit > kBefore ? hit - kBefore : 0;
  const std::size_t end = std::min(size, begin + kSnippetCharacters);
  const std::size_t from = marked.folded.origin[begin];
  const std::size_t to = marked.folded.origin[end];
  std::vector<SnippetPart> parts;
  const auto add = [&](std::size_t low, std::size_t high, bool is_hit) {
    if (low < high) parts.push_back({original.substr(low, high - low), is_hit});
  };
  std::size_t at = from;
  for (const auto& [low, high] : ranges_of(marked, original)) {
    if (high <= from || low >= to) continue;
    add(at, std::max(low, from), false);
    add(std::max(low, from), std::min(high, to), true);
    at = std::min(high, to);
  }
  add(at, to, false);
  for (auto& part : parts) {
    std::replace_if(
        part.text.begin(), part.text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  }
  if (begin > 0 && !parts.empty()) parts.insert(parts.begin(), {"…", false});
  if (end < size) parts.push_back({"…", false});
  return parts;
}

// The pages of a component file, or of a member of one, as one text, so that a hit may go over a page break.
struct Body {
  std::string text;
  std::vector<std::pair<std::size_t, std::uint32_t>> starts;  // byte → page

  std::uint32_t page_at(std::size_t byte) const {
    std::uint32_t page = starts.empty() ? 0 : starts.front().second;
    for (const auto& [start, number] : starts) {
      if (start <= byte) page = number;
    }
    return page;
  }
};

using Place = std::pair<std::uint32_t, std::string>;  // file, member of it

std::map<Place, Body> bodies_of(const index::Document& document) {
  std::vector<const index::PageBody*> pages;
  for (const auto& page : document.pages) pages.push_back(&page);
  std::stable_sort(pages.begin(), pages.end(), [](const auto* a, const auto* b) { return a->page < b->page; });
  std::map<Place, Body> bodies;
  for (const auto* page : pages) {
    Body& body = bodies[{page->file, page->member}];
    body.starts.emplace_back(body.text.size(), page->page);
    body.text += page->text;
    body.text += '\n';
  }
  return bodies;
}

}  // namespace

std::vector<ByteRange> find_marks(const std::vector<Mark>& marks, const std::string& text) {
  return ranges_of(occurrences_in(marks, text), text);
}

Passage best_passage(const std::vector<Mark>& marks, const index::Document& document, index::Effort& effort) {
  Passage best;
  double best_weight = 0;
  const auto file_name = [&](std::uint32_t file) {
    for (const auto& name : document.files) {
      if (name.file == file) return name.name;
    }
    return std::string();
  };
  const auto consider = [&](const std::string& text, const Place& place, const Body* body) {
    effort.spend(1 + text.size() * (1 + marks.size()) / kBytesPerStep);
    const Marked marked = occurrences_in(marks, text);
    const auto [at, weight] = best_window(marks, marked);
    if (weight <= best_weight) return;
    best_weight = weight;
    best = {place.first, place.first == 0 ? "" : file_name(place.first), place.second,
            body == nullptr ? 0 : body->page_at(marked.folded.origin[at]), cut(marked, text, at)};
  };
  const auto bodies = bodies_of(document);
  for (const auto& [place, body] : bodies) consider(body.text, place, &body);
  for (const auto& field : document.fields) {
    if (!field.text && !field.code) continue;
    for (const auto& value : field.values) consider(value, {}, nullptr);
  }
  if (best_weight == 0) consider(document.title, {}, nullptr);
  if (best_weight == 0) consider(document.reference_code, {}, nullptr);
  if (best_weight == 0) {
    for (const auto& file : document.files) consider(file.name, {file.file, {}}, nullptr);
  }
  if (best_weight > 0 || bodies.empty()) return best;
  // Found without text to show, as by a field's value: the beginning of the first file.
  const auto& [place, body] = *bodies.begin();
  const Marked marked = occurrences_in({}, body.text);
  return {place.first, place.first == 0 ? "" : file_name(place.first), place.second, body.page_at(0),
          cut(marked, body.text, 0)};
}

}  // namespace lantai::search
