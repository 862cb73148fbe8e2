#include "likeness.h"

#include <algorithm>
#include <cmath>

#include "lantai/index/terms.h"
#include "lantai/text/folding.h"

namespace lantai::search {
namespace {

constexpr double kTitleTimes = 3;          // a word of the title stands for so many of the text
constexpr std::size_t kCommonWords = 300;  // whose frequencies are looked up

using Counts = std::map<Term, double>;

void count(std::string_view original, double times, text::Segmenter& segmenter, Counts& counts) {
  const auto folded = text::fold_only(original);
  std::vector<text::Word> words;
  segmenter.words(folded, words);
  for (const auto& word : words) {
    const std::u32string_view form = std::u32string_view(folded).substr(word.begin, word.end - word.begin);
    if (form.size() < 2) continue;
    const bool pair = word.han && form.size() == 2;  // indexed as its bigram
    counts[{pair ? index::bigram_term(form[0], form[1]) : index::word_term(text::to_utf8(form))}] += times;
  }
}

std::uint64_t frequency(const Term& term, QueryRun& run) {
  std::uint64_t sum = 0;
  for (const auto& segment : run.snapshot.segments) {
    run.effort.spend();
    sum += segment->reader()->frequency(term.text);
  }
  return sum;
}

Counts words_of(const index::Document& document, text::Segmenter& segmenter) {
  Counts counts;
  count(document.title, kTitleTimes, segmenter, counts);
  for (const auto& field : document.fields)
    for (const auto& value : field.values)
      if (field.text && value != document.title) count(value, 1, segmenter, counts);
  std::size_t read = 0;
  for (const auto& page : document.pages) {
    if (read >= kReadCharacters) break;
    count(page.text, 1, segmenter, counts);
    read += page.text.size() / 3;  // bytes of a Han character
  }
  return counts;
}

}  // namespace

Plan plan_of_likeness(const index::Document& document, text::Segmenter& segmenter, QueryRun& run) {
  const auto counts = words_of(document, segmenter);
  std::vector<std::pair<double, Term>> words;
  for (const auto& [term, times] : counts) words.emplace_back(times, term);
  std::stable_sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (words.size() > kCommonWords) words.resize(kCommonWords);
  const double documents = static_cast<double>(std::max<std::uint64_t>(1, run.snapshot.documents));
  for (auto& [weight, term] : words) {
    const auto in = static_cast<double>(frequency(term, run));
    // What no other has cannot be shared.
    weight = in < 2 ? 0 : weight / (weight + 1) * std::log(1 + documents / in);
  }
  std::stable_sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (words.size() > kTellingWords) words.resize(kTellingWords);
  Plan plan;
  plan.root.kind = PlanNode::Kind::any_of;
  for (auto& [weight, term] : words) {
    if (weight <= 0) break;
    PlanNode node;
    node.kind = PlanNode::Kind::terms;
    node.terms = {term};
    plan.root.children.push_back(std::move(node));
    plan.scoring.push_back({std::move(term), 1});
  }
  return plan;
}

}  // namespace lantai::search
