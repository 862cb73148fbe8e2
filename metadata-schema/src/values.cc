#include "values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

#include "fold.h"
#include "lantai/base/bytes.h"
#include "lantai/base/time.h"

namespace lantai::schema {

struct CompiledPattern {
  std::regex expression;
};

namespace {

using Result = std::variant<Json, FieldProblem>;
using Arguments = std::map<std::string, std::string>;

constexpr std::size_t kMaxLine = 10'000, kMaxLongText = 200'000;  // characters, where the declaration sets no limit
constexpr std::size_t kMaxPatternInput = 500;                     // std::regex recurses once a character

constexpr std::array<std::pair<std::string_view, FieldKind>, 10> kKinds{{{"text", FieldKind::text},
                                                                         {"long_text", FieldKind::long_text},
                                                                         {"integer", FieldKind::integer},
                                                                         {"decimal", FieldKind::decimal},
                                                                         {"boolean", FieldKind::boolean},
                                                                         {"date", FieldKind::date},
                                                                         {"timestamp", FieldKind::timestamp},
                                                                         {"term", FieldKind::term},
                                                                         {"link", FieldKind::link},
                                                                         {"table", FieldKind::table}}};

FieldProblem problem(std::string rule, Arguments arguments = {}) { return {{}, std::move(rule), std::move(arguments)}; }

FieldProblem wrong_kind(FieldKind kind) {
  return problem("field.wrong_kind", {{"kind", std::string(kind_name(kind))}});
}

// Enough of a value to recognise it in a message.
std::string shown(const std::string& text) {
  const auto points = code_points(text);
  std::string result;
  for (std::size_t i = 0; i < std::min<std::size_t>(points.size(), 40); ++i) append_utf8(result, points[i]);
  return points.size() > 40 ? result + "…" : result;
}

// Numbers from programs are welcome where text is kept: 2021 for `2021`.
std::optional<std::string> as_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

// Line breaks inside a one-line value come from spreadsheet cells; they become one space.
std::string one_line(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != '\t') {
      result.push_back(c);
    } else if (result.empty() || result.back() != ' ') {
      result.push_back(' ');
    }
  }
  return result;
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
  });
}

Result normalise_text(const FieldDecl& field, const Json& value) {
  auto text = as_text(value);
  if (!text) return wrong_kind(field.kind);
  const bool is_long = field.kind == FieldKind::long_text;
  auto kept = trimmed(is_long ? *text : one_line(*text));
  if (has_control(kept)) return problem("field.control_character");
  const auto characters = static_cast<std::int64_t>(length(kept));
  const auto max = field.max.value_or(is_long ? kMaxLongText : kMaxLine);
  if (characters > max) return problem("field.too_long", {{"max", std::to_string(max)}});
  if (field.min && characters < *field.min) return problem("field.too_short", {{"min", std::to_string(*field.min)}});
  if (field.compiled && (kept.size() > kMaxPatternInput || !matches(*field.compiled, kept)))
    return problem("field.pattern", {{"value", shown(kept)}});
  return Json(std::move(kept));
}

// `2021年`, `12页`: a unit behind a number in a spreadsheet is not an error.
std::string without_unit(std::string text) {
  for (const std::string_view unit : {"年", "页", "頁", "件", "份", "卷", "盒", "张", "張"})
    if (text.size() > unit.size() && text.ends_with(unit)) return text.substr(0, text.size() - unit.size());
  return text;
}

std::optional<std::int64_t> whole_number(const Json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (number < -9e15 || number > 9e15 || number != static_cast<double>(static_cast<std::int64_t>(number)))
      return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (!value.is_string()) return std::nullopt;
  auto text = without_unit(trimmed(narrowed(value.get<std::string>())));
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  std::int64_t result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return result;
}

Result normalise_integer(const FieldDecl& field, const Json& value) {
  const auto number = whole_number(value);
  if (!number)
    return problem("field.not_a_number",
                   {{"value", shown(value.is_string() ? value.get<std::string>() : value.dump())}});
  if (field.min && *number < *field.min) return problem("field.too_small", {{"min", std::to_string(*field.min)}});
  if (field.max && *number > *field.max) return problem("field.too_large", {{"max", std::to_string(*field.max)}});
  return Json(*number);
}

Result normalise_decimal(const Json& value) {
  const auto text = as_text(value);
  if (!text) return wrong_kind(FieldKind::decimal);
  auto kept = trimmed(narrowed(*text));
  kept.erase(std::remove(kept.begin(), kept.end(), ','), kept.end());
  const auto digits = kept.starts_with('-') ? std::string_view(kept).substr(1) : std::string_view(kept);
  const auto point = digits.find('.');
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const bool ok = digits.size() <= 40 && all_digits(digits.substr(0, point)) &&
                  (point == std::string_view::npos || all_digits(digits.substr(point + 1)));
  if (!ok) return problem("field.not_a_number", {{"value", shown(*text)}});
  return Json(std::move(kept));
}

Result normalise_boolean(const Json& value) {
  if (value.is_boolean()) return value;
  if (value.is_string()) {
    const auto text = folded(value.get<std::string>());
    for (const auto* yes : {"true", "是", "yes", "1", "√", "有"})
      if (text == yes) return Json(true);
    for (const auto* no : {"false", "否", "no", "0", "×", "无", "無"})
      if (text == no) return Json(false);
  }
  return problem("field.wrong_kind", {{"kind", "boolean"}});
}

Result normalise_day(const FieldDecl& field, const Json& value) {
  const auto text = as_text(value);
  if (!text) return wrong_kind(FieldKind::date);
  if (auto date = normalise_date(*text, field.uncertain)) return Json(std::move(*date));
  return problem("field.not_a_date", {{"value", shown(*text)}});
}

Result normalise_instant(const Json& value) {
  if (value.is_string())
    if (const auto time = parse_rfc3339(value.get<std::string>())) return Json(format_rfc3339(*time));
  return problem("field.not_a_time");
}

Result normalise_term(const Schema& schema, const FieldDecl& field, const Json& value, std::string_view scheme) {
  const auto text = as_text(value);
  if (!text) return wrong_kind(FieldKind::term);
  auto kept = trimmed(*text);
  const auto* vocabulary = schema.find_vocabulary(field.vocabulary);
  if (vocabulary)
    if (const auto* term = vocabulary->match(kept, scheme)) return Json(term->code);
  if (field.open_vocabulary && length(kept) <= 100 && !has_control(kept)) return Json(std::move(kept));
  return problem("field.not_in_vocabulary", {{"value", shown(kept)}, {"vocabulary", field.vocabulary}});
}

// An id, or the name of a record that is yet to be found.
Result normalise_link(const Json& value) {
  if (!value.is_string()) return wrong_kind(FieldKind::link);
  auto id = trimmed(value.get<std::string>());
  if (length(id) > 200 || has_control(id)) return wrong_kind(FieldKind::link);
  return Json(std::move(id));
}

}  // namespace

std::optional<Json> kept_value(const Schema& schema, const FieldDecl& field, const Json& value) {
  auto result = normalise_value(schema, field, value);
  if (auto* kept = std::get_if<Json>(&result)) return std::move(*kept);
  return std::nullopt;
}

std::optional<FieldKind> find_kind(std::string_view name) {
  for (const auto& [text, kind] : kKinds)
    if (text == name) return kind;
  return std::nullopt;
}

std::string_view kind_name(FieldKind kind) {
  for (const auto& [text, known] : kKinds)
    if (known == kind) return text;
  return "text";
}

std::shared_ptr<const CompiledPattern> compile_pattern(const std::string& pattern) {
  try {
    return std::make_shared<const CompiledPattern>(CompiledPattern{std::regex(pattern, std::regex::ECMAScript)});
  } catch (const std::regex_error&) {
    return nullptr;  // the caller reports it with its place
  }
}

bool matches(const CompiledPattern& pattern, const std::string& text) {
  try {
    return std::regex_match(text, pattern.expression);
  } catch (const std::regex_error&) {
    return false;  // too complex for the library's limits: not a match
  }
}

Result normalise_value(const Schema& schema, const FieldDecl& field, const Json& value, std::string_view scheme) {
  if (value.is_string() && !is_valid_utf8(value.get_ref<const std::string&>())) return problem("field.not_text");
  switch (field.kind) {
    case FieldKind::text:
    case FieldKind::long_text:
      return normalise_text(field, value);
    case FieldKind::integer:
      return normalise_integer(field, value);
    case FieldKind::decimal:
      return normalise_decimal(value);
    case FieldKind::boolean:
      return normalise_boolean(value);
    case FieldKind::date:
      return normalise_day(field, value);
    case FieldKind::timestamp:
      return normalise_instant(value);
    case FieldKind::term:
      return normalise_term(schema, field, value, scheme);
    case FieldKind::link:
      return normalise_link(value);
    case FieldKind::table:
      break;
  }
  return wrong_kind(field.kind);
}

}  // namespace lantai::schema
