#include "analysis.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "lantai/index/text_log.h"
#include "lantai/text/code.h"
#include "lantai/text/folding.h"
#include "lantai/text/mention.h"

namespace lantai::index {
namespace {

// A packed key: 2 bits kind, 20 bits field number, 21 bits each character.
enum Kind : std::uint64_t { kGram = 1, kWord = 2 };

constexpr std::uint64_t pack(Kind kind, unsigned field, char32_t first, char32_t second) {
  return (static_cast<std::uint64_t>(kind) << 62U) | (static_cast<std::uint64_t>(field) << 42U) |
         (static_cast<std::uint64_t>(first) << 21U) | second;
}

constexpr char32_t kNoChar = 0;

std::uint32_t weight_of(double weight) { return static_cast<std::uint32_t>(std::clamp(std::lround(weight), 1L, 20L)); }

}  // namespace

struct Analyser::Stream {
  std::string_view field;
  std::uint32_t file = 0;
  bool code = false;
  std::uint32_t weight = 1;
  std::u32string folded;
  std::vector<PageStart> pages;
};

void Analyser::GramCounts::add(std::uint64_t key, std::uint32_t weight) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (key * 0x9E3779B97F4A7C15ULL >> 20U) & mask;
  while (slots_[at].key != key) {
    if (slots_[at].key == 0) {
      slots_[at].key = key;
      used_.push_back(static_cast<std::uint32_t>(at));
      if (used_.size() * 2 > slots_.size()) {
        slots_[at].count += weight;
        grow();
        return;
      }
      break;
    }
    at = (at + 1) & mask;
  }
  slots_[at].count += weight;
}

void Analyser::GramCounts::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  std::vector<std::uint32_t> used;
  used.swap(used_);
  for (const std::uint32_t at : used) add(old[at].key, old[at].count);
}

template <typename F>
void Analyser::GramCounts::drain(F&& visit) {
  for (const std::uint32_t at : used_) {
    visit(slots_[at].key, slots_[at].count);
    slots_[at] = {};
  }
  used_.clear();
}

AnalysedDocument Analyser::analyse(const Document& document) {
  field_names_.clear();
  streams_.clear();
  length_ = 0;
  add_fields(document);
  add_files(document);
  AnalysedDocument out;
  out.terms = take_terms();
  out.streams = streams_;
  out.length = length_;
  return out;
}

void Analyser::add_fields(const Document& document) {
  bool title_seen = document.title.empty();
  bool code_seen = document.reference_code.empty();
  const auto text_value = [&](const std::string& name, const std::string& value, bool code, double weight) {
    title_seen = title_seen || value == document.title;
    code_seen = code_seen || (code && value == document.reference_code);
    add_stream({name, 0, code, weight_of(weight), text::fold_only(value), {}});
    if (!code) return;
    const std::string normal = text::normalise_code(value);
    add_exact(code_term(normal));
    add_exact(field_code_term(name, normal));
    if (const auto number = text::parse_document_number(value)) add_exact(organ_term(number->organ));
  };
  for (const auto& field : document.fields) {
    for (const auto& value : field.values) {
      if (field.text || field.code) text_value(field.name, value, field.code, field.weight);
      // A whole value of a text field is found as a phrase that is all there is.
      if (!field.code && !field.text) add_exact(exact_term(field.name, fold_value(value)));
    }
  }
  if (!title_seen) text_value("title", document.title, false, 5);
  if (!code_seen) text_value("reference_code", document.reference_code, true, 3);
  for (const auto& file : document.files) {
    add_stream({"file_name", file.file, false, 1, text::fold_only(file.name), {}});
  }
}

void Analyser::add_files(const Document& document) {
  // Each member of an archive is a text of its own: nothing is found across two of them.
  std::map<std::pair<std::uint32_t, std::string_view>, std::vector<const PageBody*>> files;
  for (const auto& page : document.pages) files[{page.file, page.member}].push_back(&page);
  for (auto& [place, pages] : files) {
    std::stable_sort(pages.begin(), pages.end(), [](const auto* a, const auto* b) { return a->page < b->page; });
    Stream stream{"", place.first, false, 1, {}, {}};
    std::string whole;
    std::vector<std::size_t> starts;
    for (const auto* page : pages) {
      starts.push_back(whole.size());
      whole += page->text;
      whole += '\n';
    }
    auto folded = text::fold(whole);
    // Offsets in the stream count UTF-8 bytes of the folded text.
    std::uint32_t bytes = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < folded.text.size() && next < pages.size(); ++i) {
      while (next < pages.size() && folded.origin[i] >= starts[next])
        stream.pages.push_back({pages[next++]->page, bytes});
      const char32_t c = folded.text[i];
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    stream.folded = std::move(folded.text);
    add_stream(stream);
  }
}

void Analyser::add_stream(const Stream& stream) {
  if (stream.folded.empty()) return;
  const std::string utf8 = text::to_utf8(stream.folded);
  streams_ += encode_streams({{stream.field, stream.file, stream.code, utf8, stream.pages}});
  add_grams(stream.folded, stream.weight, 0);
  if (!stream.field.empty()) add_grams(stream.folded, 0, field_number(std::string(stream.field)));
  add_words(stream.folded, stream.weight);
  for (auto date = text::next_date(utf8, 0); date; date = text::next_date(utf8, date->end)) {
    add_exact(date_term(date->date));
  }
}

// Pairs of neighbours, of word characters only, and the last of each run. With a field: for finding in that field
// alone.
void Analyser::add_grams(std::u32string_view folded, std::uint32_t weight, unsigned field) {
  char32_t before = kNoChar;
  bool han_before = false;
  const auto end_run = [&] {
    if (before != kNoChar) grams_.add(pack(kGram, field, before, kNoChar), han_before ? weight : 0);
    before = kNoChar;
  };
  for (const char32_t c : folded) {
    const bool han = text::is_han(c);
    if (!han && !text::is_word_char(c)) {
      end_run();
      continue;
    }
    if (before != kNoChar) {
      const bool counts = han && han_before;
      grams_.add(pack(kGram, field, before, c), counts ? weight : 0);
      if (counts) length_ += weight;
    }
    before = c;
    han_before = han;
  }
  end_run();
}

void Analyser::add_words(std::u32string_view folded, std::uint32_t weight) {
  segmenter_.words(folded, word_buffer_);
  text::leave_out_unknown_names(word_buffer_);
  for (const auto& word : word_buffer_) {
    const std::size_t size = word.end - word.begin;
    if (!word.han || size > 1) length_ += weight;
    if (word.han && size == 2) continue;  // its bigram stands for it
    if (size <= 2) {
      grams_.add(pack(kWord, 0, folded[word.begin], size == 2 ? folded[word.begin + 1] : kNoChar), weight);
    } else {
      words_[word_term(text::to_utf8(folded.substr(word.begin, size)))] += weight;
    }
  }
}

void Analyser::add_exact(const std::string& term) { words_.emplace(term, 0); }

unsigned Analyser::field_number(const std::string& name) {
  const auto found = std::find(field_names_.begin(), field_names_.end(), name);
  if (found == field_names_.end()) {
    field_names_.push_back(name);
    return static_cast<unsigned>(field_names_.size());
  }
  return static_cast<unsigned>(found - field_names_.begin()) + 1;
}

std::vector<TermCount> Analyser::take_terms() {
  std::vector<TermCount> terms;
  std::string gram;
  grams_.drain([&](std::uint64_t key, std::uint32_t count) {
    const auto first = static_cast<char32_t>((key >> 21U) & 0x1FFFFFU);
    const auto second = static_cast<char32_t>(key & 0x1FFFFFU);
    const auto field = static_cast<unsigned>((key >> 42U) & 0xFFFFFU);
    gram.clear();
    text::append_utf8(first, gram);
    if (second != kNoChar) text::append_utf8(second, gram);
    if (field != 0) {
      terms.push_back({field_gram_term(field_names_[field - 1], gram), 0});
    } else if (key >> 62U == kWord) {
      terms.push_back({word_term(gram), count});
    } else {
      terms.push_back({"B" + gram, count});
    }
  });
  for (auto& [term, count] : words_) terms.push_back({term, count});
  words_.clear();
  return terms;
}

}  // namespace lantai::index
