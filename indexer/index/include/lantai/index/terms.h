// What are the terms of the index called? One letter says the kind (docs/formats/index.md); everything is folded text.
// Terms longer than kMaxTermBytes are cut and end in a digest. Thread-safe functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lantai::index {

inline constexpr std::size_t kMaxTermBytes = 200;

// B: two word characters stand side by side; one alone ends a run of them. So a character occurs where any term occurs
// that begins with its character_term.
std::string character_term(char32_t c);
std::string bigram_term(char32_t first, char32_t second);
std::string word_term(std::string_view word);                             // W: a word
std::string code_term(std::string_view normal_form);                      // N: a document number or reference code
std::string exact_term(std::string_view field, std::string_view folded);  // E: a whole value
std::string field_code_term(std::string_view field, std::string_view normal_form);  // C: a code in this field
std::string field_gram_term(std::string_view field, std::string_view gram);         // F: as B, of one field
// Is it one of the B and F, of which there are many?
constexpr bool is_gram_term(std::string_view term) { return term.starts_with('B') || term.starts_with('F'); }
std::string date_term(std::string_view date);    // D: a date is mentioned, 2021-03-05 or 2021-03
std::string organ_term(std::string_view organ);  // O: a code field holds a document number of this 代字

// How an exact value is compared: folded; dates as 2021-03-05 however they are written.
std::string fold_value(std::string_view value);
// 2021年3月5日, 2021/3/5, 2021.3.5, 20210305 → 2021-03-05; 2021年3月 → 2021-03; anything else: nothing.
std::string normalise_date(std::string_view value);
// Orders values: numbers and the digit runs of text by value.
bool value_less(std::string_view left, std::string_view right);
// `value` lies in [from, to]; an empty bound is open; `to` includes everything that begins with it (2021 ∋ 2021-03-05).
bool value_in_range(std::string_view value, std::string_view from, std::string_view to);

}  // namespace lantai::index
