#include "lantai/index/terms.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "lantai/storage/blob_store.h"
#include "lantai/text/code.h"
#include "lantai/text/folding.h"

namespace lantai::index {
namespace {

std::string bounded(std::string term) {
  if (term.size() <= kMaxTermBytes) return term;
  const std::string digest = to_hex(storage::sha256(as_bytes(term))).substr(0, 32);
  term.resize(kMaxTermBytes - digest.size());
  return term + digest;
}

std::string fielded(char kind, std::string_view field, std::string_view value) {
  std::string term(1, kind);
  term += field;
  term += '\x01';
  term += value;
  return bounded(std::move(term));
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The numbers of a date in a folded text, if it is one.
std::vector<std::string_view> date_parts(std::string_view folded) {
  std::vector<std::string_view> parts;
  if (all_digits(folded) && (folded.size() == 8)) {
    return {folded.substr(0, 4), folded.substr(4, 2), folded.substr(6, 2)};
  }
  static constexpr std::string_view kSeparators[] = {"年", "月", "日", "-", "/", "."};
  while (!folded.empty() && parts.size() < 3) {
    std::size_t digits = 0;
    while (digits < folded.size() && folded[digits] >= '0' && folded[digits] <= '9') ++digits;
    if (digits == 0) return {};
    parts.push_back(folded.substr(0, digits));
    folded.remove_prefix(digits);
    for (const auto separator : kSeparators) {
      if (!folded.starts_with(separator)) continue;
      folded.remove_prefix(separator.size());
      break;
    }
  }
  if (!folded.empty() || parts.size() < 2 || parts[0].size() != 4) return {};
  return parts;
}

// [19450815], [1945]: brackets say that a date is not certain (DA/T 18). True: there were some.
bool without_brackets(std::string& value) {
  const auto bracket = [](char c) { return c == '[' || c == ']'; };
  const auto end = std::remove_if(value.begin(), value.end(), bracket);
  const bool some = end != value.end();
  value.erase(end, value.end());
  return some;
}

}  // namespace

std::string character_term(char32_t c) {
  std::string term = "B";
  text::append_utf8(c, term);
  return term;
}

std::string bigram_term(char32_t first, char32_t second) {
  std::string term = "B";
  text::append_utf8(first, term);
  text::append_utf8(second, term);
  return term;
}

std::string word_term(std::string_view word) { return bounded("W" + std::string(word)); }
std::string code_term(std::string_view normal_form) { return bounded("N" + std::string(normal_form)); }
std::string exact_term(std::string_view field, std::string_view folded) { return fielded('E', field, folded); }
std::string field_code_term(std::string_view field, std::string_view normal_form) {
  return fielded('C', field, normal_form);
}
std::string field_gram_term(std::string_view field, std::string_view gram) { return fielded('F', field, gram); }
std::string date_term(std::string_view date) { return "D" + std::string(date); }
std::string organ_term(std::string_view organ) { return bounded("O" + std::string(organ)); }

std::string normalise_date(std::string_view value) {
  std::string plain(value);
  const bool uncertain = without_brackets(plain);  // before folding, which makes all brackets alike
  std::string folded = text::to_utf8(text::fold_only(plain));
  if (uncertain && all_digits(folded)) {
    if (folded.size() == 4) return folded;
    if (folded.size() == 6) folded.insert(4, "-");
  }
  const auto parts = date_parts(folded);
  if (parts.empty()) return {};
  std::string date(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    unsigned number = 0;
    std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), number);
    if (parts[i].size() > 2 || number < 1 || number > (i == 1 ? 12U : 31U)) return {};
    date += number < 10 ? "-0" : "-";
    date += std::to_string(number);
  }
  return date;
}

std::string fold_value(std::string_view value) {
  std::string date = normalise_date(value);
  return date.empty() ? text::to_utf8(text::fold_only(value)) : date;
}

bool value_less(std::string_view left, std::string_view right) {
  const std::string left_key = text::natural_sort_key(left);
  const std::string right_key = text::natural_sort_key(right);
  return left_key != right_key ? left_key < right_key : left < right;
}

bool value_in_range(std::string_view value, std::string_view from, std::string_view to) {
  if (!from.empty() && value_less(value, from)) return false;
  // A day lies in its month and its year.
  const bool within = value.size() > to.size() && value.starts_with(to) && value[to.size()] == '-';
  return to.empty() || within || !value_less(to, value);
}

}  // namespace lantai::index
