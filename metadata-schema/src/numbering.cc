#include "lantai/schema/numbering.h"

#include <fmt/format.h>

#include <algorithm>

#include "fold.h"
#include "lantai/base/error.h"

namespace lantai::schema {
namespace {

constexpr std::size_t kMaxCodeBytes = 400, kMaxElement = 60, kMaxTries = 10'000;
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

// Digits that a number may have, zeros in front not counted.
unsigned max_digits(const NumberingElement& element) { return std::max(6U, element.width + 2U); }

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
    if (element.form == ElementForm::number)
      return padded(text, 0).size() > max_digits(element) ? "" : padded(text, element.width);
    if (element.vocabulary.empty() || element.open || code_of(element, text)) return text;
    return {};
  }

  const std::vector<NumberingElement>& elements_;
  std::u32string text_;
  std::vector<std::string> found_;
  std::size_t tries_ = 0;
};

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
  if (element.form == ElementForm::number)
    fits = fits && all_digits && padded(utf8(text), 0).size() <= max_digits(element);
  if (element.form == ElementForm::letters) fits = fits && std::all_of(text.begin(), text.end(), is_letter);
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

void require_all(const NumberingTemplate& numbering, const Json& fields) {
  for (const auto& element : numbering.elements) {
    if (element.field.empty() || element.optional || !value_of(element, fields).empty()) continue;
    throw Error(ErrorCode::invalid_argument, fmt::format("the code needs the field `{}`", element.field),
                "numbering.missing_field", {{"field", element.field}});
  }
}

std::string joined(const NumberingTemplate& numbering, const Json& fields, const std::string& number) {
  require_all(numbering, fields);
  std::string code;
  for (const auto& element : numbering.elements) {
    auto text = number;
    if (!element.field.empty()) {
      const auto value = value_of(element, fields);
      if (value.empty()) continue;
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

std::string plain_code(std::string_view text) { return utf8(plain(text)); }

std::string code_key(std::string_view text) {
  constexpr std::size_t kLongest = 99;
  const auto all = plain(text);
  std::string key;
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find(U'-', at), all.size());
    auto part = utf8(std::u32string_view(all).substr(at, end - at));
    const bool digits = part.find_first_not_of("0123456789") == std::string::npos;
    if (at > 0 && !part.empty() && digits) {
      part = padded(part, 0);
      const auto length = std::min(part.size(), kLongest);
      // Its length goes before a number: one digit up to nine, then 9 and two digits.
      key += length < 10 ? std::to_string(length - 1) : fmt::format("9{:02}", length);
    }
    key += part;
    if (end < all.size()) key += '-';
    at = end + 1;
  }
  return key;
}

std::uint64_t max_number(const NumberingElement& element) {
  std::uint64_t limit = 1;
  for (auto digits = max_digits(element); digits > 0; --digits) limit *= 10;
  return limit - 1;
}

const NumberingElement& counter_of(const NumberingTemplate& numbering) {
  const auto& elements = numbering.elements;
  return *std::find_if(elements.begin(), elements.end(), [](const auto& e) { return e.field.empty(); });
}

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
    if (element.field.empty()) {
      parsed.number = std::stoull(written);
      continue;
    }
    const auto* code = code_of(element, written);
    parsed.fields[element.field] = code ? *code : written;
    if (!element.vocabulary.empty()) ++(code ? parsed.recognised : parsed.unknown);
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
