#include "lantai/schema/numbering.h"

#include <fmt/format.h>

#include <algorithm>

#include "fold.h"
#include "lantai/base/error.h"

namespace lantai::schema {
namespace {

constexpr std::size_t kMaxCodeBytes = 400, kMaxElement = 60, kMaxTries = 10'000, kMaxDigits = 18;
constexpr std::u32string_view kDots = U"·•.‧・∙⋅･﹒";
constexpr std::u32string_view kDashes = U"-–—‐‑‒―−﹣";

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_separator(char32_t c) { return c == U'·' || c == U'-'; }

// One spelling of every character: separators, widths and case; white space goes.
std::u32string plain(std::string_view text) {
  std::u32string result;
  for (auto c : code_points(text)) {
    c = narrow(c);
    if (is_space(c)) continue;
    if (kDots.find(c) != std::u32string_view::npos) c = U'·';
    if (kDashes.find(c) != std::u32string_view::npos) c = U'-';
    result.push_back(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return result;
}

std::string utf8(std::u32string_view text) {
  std::string result;
  for (const auto c : text) append_utf8(result, c);
  return result;
}

// Exactly as many zeros in front as the width asks for.
std::string padded(std::string digits, unsigned width) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

const std::string* code_of(const NumberingElement& element, const std::string& written) {
  for (const auto& [code, spelling] : element.written)
    if (utf8(plain(spelling)) == written) return &code;
  return nullptr;
}

// Tries the elements one after the other, taking back choices that lead nowhere: an optional element is taken before it
// is left out, a repeated one as few times as possible.
class Matcher {
 public:
  Matcher(const NumberingTemplate& numbering, std::u32string text)
      : elements_(numbering.elements), text_(std::move(text)), found_(elements_.size()) {}

  bool run() { return match(0, 0); }
  const std::vector<std::string>& found() const { return found_; }

 private:
  bool match(std::size_t i, std::size_t at) {
    if (++tries_ > kMaxTries) return false;
    if (i == elements_.size()) return at == text_.size();
    const auto& element = elements_[i];
    found_[i].clear();
    if (element.optional && element.repeat && match(i + 1, at)) return true;
    if (take(i, at)) return true;
    found_[i].clear();
    return element.optional && !element.repeat && match(i + 1, at);
  }

  bool take(std::size_t i, std::size_t at) {
    const auto& element = elements_[i];
    std::string taken;
    do {
      if (i > 0 && !skip_separator(element, at)) return false;
      const auto end = end_of(element, at);
      if (end == at || end - at > kMaxElement) return false;
      auto one = written(element, text_.substr(at, end - at));
      if (one.empty()) return false;
      taken += (taken.empty() ? "" : element.separator) + one;
      at = end;
      found_[i] = taken;
      if (match(i + 1, at)) return true;
    } while (element.repeat);
    return false;
  }

  bool skip_separator(const NumberingElement& element, std::size_t& at) const {
    const auto separator = plain(element.separator);
    if (text_.compare(at, separator.size(), separator) != 0) return false;
    at += separator.size();
    return true;
  }

  std::size_t end_of(const NumberingElement& element, std::size_t at) const {
    const auto run = [&](auto belongs) {
      auto end = at;
      while (end < text_.size() && belongs(text_[end])) ++end;
      return end;
    };
    switch (element.form) {
      case ElementForm::text:
        return run([](char32_t c) { return !is_separator(c); });
      case ElementForm::letters:
        return run(is_letter);
      case ElementForm::number:
        return run(is_digit);
      case ElementForm::year:
        break;
    }
    const auto end = run(is_digit);
    return end == at + 4 ? end : at;
  }

  // The canonical spelling of one element, empty when it may not stand here.
  static std::string written(const NumberingElement& element, const std::u32string& given) {
    auto text = utf8(given);
    if (element.form == ElementForm::number) return given.size() > kMaxDigits ? "" : padded(text, element.width);
    if (element.vocabulary.empty() || element.open || code_of(element, text)) return text;
    return {};
  }

  const std::vector<NumberingElement>& elements_;
  std::u32string text_;
  std::vector<std::string> found_;
  std::size_t tries_ = 0;
};

Json field_value(const NumberingElement& element, const std::string& written) {
  if (element.form == ElementForm::number || element.form == ElementForm::year) return std::stoll(written);
  const auto* code = code_of(element, written);
  return code ? *code : written;
}

[[noreturn]] void fail_unknown(const NumberingElement& element, const std::string& value) {
  throw Error(ErrorCode::invalid_argument, fmt::format("`{}` cannot stand for `{}` in a code", value, element.name),
              "numbering.unknown_code", {{"value", value}, {"element", element.name}, {"field", element.field}});
}

std::string checked(const NumberingElement& element, const std::string& given);

// `JC·CC`: each part stands in the code by itself.
std::string checked_parts(NumberingElement element, const std::string& given) {
  element.repeat = false;
  const auto text = plain(given);
  const auto separator = plain(element.separator);
  std::string result;
  for (std::size_t at = 0;;) {
    const auto end = text.find(separator, at);
    result += (at == 0 ? "" : element.separator) + checked(element, utf8(text.substr(at, end - at)));
    if (end == std::u32string::npos) return result;
    at = end + separator.size();
  }
}

std::string checked(const NumberingElement& element, const std::string& given) {
  if (element.repeat) return checked_parts(element, given);
  const auto known = element.written.find(given);
  const auto text = plain(known == element.written.end() ? given : known->second);
  const bool all_digits = std::all_of(text.begin(), text.end(), is_digit);
  const bool has_separator = std::any_of(text.begin(), text.end(), is_separator);
  bool fits = !text.empty() && text.size() <= kMaxElement;
  if (element.form == ElementForm::year) fits = fits && all_digits && text.size() == 4;
  if (element.form == ElementForm::number) fits = fits && all_digits && text.size() <= kMaxDigits;
  fits = fits && !has_separator;
  if (!element.vocabulary.empty() && !element.open) fits = fits && known != element.written.end();
  if (!fits) fail_unknown(element, given);
  return element.form == ElementForm::number ? padded(utf8(text), element.width) : utf8(text);
}

// Empty when the record has none.
std::string value_of(const NumberingElement& element, const Json& fields) {
  const auto at = fields.find(element.field);
  if (at == fields.end() || at->is_null()) return {};
  if (at->is_number_integer()) return at->dump();
  return at->is_string() ? trimmed(at->get<std::string>()) : std::string{};
}

std::string joined(const NumberingTemplate& numbering, const Json& fields, const std::string& number) {
  std::string code;
  for (const auto& element : numbering.elements) {
    auto text = number;
    if (!element.field.empty()) {
      const auto value = value_of(element, fields);
      if (value.empty() && element.optional) continue;
      if (value.empty())
        throw Error(ErrorCode::invalid_argument, fmt::format("the code needs the field `{}`", element.field),
                    "numbering.missing_field", {{"field", element.field}});
      text = checked(element, value);
    } else if (number.empty()) {
      continue;
    } else {
      text = padded(number, element.width);
    }
    code += (code.empty() ? "" : element.separator) + text;
  }
  return code;
}

}  // namespace

std::optional<ParsedCode> parse_code(const NumberingTemplate& numbering, std::string_view as_given) {
  if (as_given.size() > kMaxCodeBytes) return std::nullopt;
  Matcher matcher(numbering, plain(as_given));
  if (!matcher.run()) return std::nullopt;
  ParsedCode parsed;
  parsed.fields = Json::object();
  for (std::size_t i = 0; i < numbering.elements.size(); ++i) {
    const auto& element = numbering.elements[i];
    const auto& written = matcher.found()[i];
    if (written.empty()) continue;
    parsed.canonical += (parsed.canonical.empty() ? "" : element.separator) + written;
    parsed.elements[element.name] = written;
    if (!element.field.empty()) parsed.fields[element.field] = field_value(element, written);
  }
  return parsed;
}

std::string counter_scope(const NumberingTemplate& numbering, const Json& fields) {
  return joined(numbering, fields, {});
}

std::string format_code(const NumberingTemplate& numbering, const Json& fields, std::uint64_t number) {
  return joined(numbering, fields, std::to_string(number));
}

}  // namespace lantai::schema
