#include "index_value.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>

#include "lantai/base/error.h"
#include "lantai/storage/blob_store.h"
#include "lantai/storage/key_codec.h"

namespace lantai::records {
namespace {

using schema::FieldDecl;
using schema::FieldKind;
using schema::Json;

// On disk: never renumber.
constexpr std::uint8_t kNull = 0x05;
constexpr std::uint8_t kBoolean = 0x10;
constexpr std::uint8_t kInteger = 0x20;
constexpr std::uint8_t kDecimal = 0x28;
constexpr std::uint8_t kText = 0x30;
constexpr std::uint8_t kWhole = 0x00;
constexpr std::uint8_t kCut = 0x01;

void append_big_endian(Bytes& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
}

// Longest prefix of at most `limit` escaped bytes that ends between characters.
std::string_view cut_text(std::string_view text, std::size_t limit) {
  std::size_t escaped = 0, end = 0;
  while (end < text.size() && escaped + (text[end] == '\0' ? 2U : 1U) <= limit)
    escaped += text[end++] == '\0' ? 2U : 1U;
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

Bytes text_component(std::string_view text, std::size_t limit) {
  const auto head = cut_text(text, limit);
  Bytes out{kText};
  append_bytes(out, storage::KeyWriter().text(head).take());
  if (head.size() == text.size()) {
    out.push_back(kWhole);
  } else {
    out.push_back(kCut);
    append_bytes(out, storage::sha256(as_bytes(text)));
  }
  return out;
}

Bytes integer_component(std::int64_t value) {
  Bytes out{kInteger};
  append_big_endian(out, static_cast<std::uint64_t>(value) ^ (1ULL << 63U), 8);
  return out;
}

// Value = 0.digits × 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int32_t exponent = 0;
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto point = std::min(text.find('.'), text.size());
  if (text.empty() || text.size() > 1000) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    out.digits += text[i];
  }
  const auto leading = std::min(out.digits.find_first_not_of('0'), out.digits.size());
  out.exponent = static_cast<std::int32_t>(point) - static_cast<std::int32_t>(leading);
  out.digits.erase(0, leading);
  while (!out.digits.empty() && out.digits.back() == '0') out.digits.pop_back();
  return out;
}

Bytes decimal_component(const Decimal& decimal, std::size_t limit) {
  Bytes out{kDecimal};
  if (decimal.digits.empty()) {
    out.push_back(1);
    return out;
  }
  Bytes magnitude;
  append_big_endian(magnitude, static_cast<std::uint32_t>(decimal.exponent) ^ (1U << 31U), 4);
  append_bytes(magnitude, as_bytes(std::string_view(decimal.digits).substr(0, limit)));
  magnitude.push_back(0);
  if (decimal.negative)
    std::transform(magnitude.begin(), magnitude.end(), magnitude.begin(), std::bit_not<std::uint8_t>());
  out.push_back(decimal.negative ? 0 : 2);
  append_bytes(out, magnitude);
  return out;
}

// `[19450815]` and `1945-08-15` are the same day.
std::string date_text(std::string_view written) {
  std::string out;
  for (const char c : written) {
    if (c != '[' && c != ']') out += c;
  }
  const bool digits = std::all_of(out.begin(), out.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && out.size() == 8) out.insert(6, 1, '-');
  if (digits && out.size() >= 6) out.insert(4, 1, '-');
  return out;
}

Bytes component_of_text(const FieldDecl& field, const std::string& text, std::size_t limit) {
  if (field.kind == FieldKind::date) return text_component(date_text(text), limit);
  if (field.kind == FieldKind::decimal) {
    if (const auto decimal = parse_decimal(text)) return decimal_component(*decimal, limit);
  }
  return text_component(text, limit);
}

Json bound_value(const FieldDecl& field, const std::string& bound) {
  if (field.kind != FieldKind::integer) return bound;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(bound.data(), bound.data() + bound.size(), value);
  if (error != std::errc() || end != bound.data() + bound.size()) {
    throw Error("the bound of " + field.name + " is not a number",
                std::vector<FieldProblem>{{field.name, "field.not_a_number", {{"value", bound}}}});
  }
  return value;
}

std::uint8_t tag_of(const FieldDecl& field) {
  switch (field.kind) {
    case FieldKind::integer:
      return kInteger;
    case FieldKind::decimal:
      return kDecimal;
    case FieldKind::boolean:
      return kBoolean;
    default:
      return kText;
  }
}

}  // namespace

void append_bytes(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

Bytes index_component(const FieldDecl& field, const Json& value, std::size_t text_limit) {
  if (value.is_null()) return {kNull};
  if (value.is_boolean()) return {kBoolean, static_cast<std::uint8_t>(value.get<bool>() ? 1 : 0)};
  if (value.is_number_integer()) return integer_component(value.get<std::int64_t>());
  if (value.is_string()) return component_of_text(field, value.get_ref<const std::string&>(), text_limit);
  return text_component(value.dump(), text_limit);
}

ComponentBounds index_bounds(const FieldDecl& field, const std::optional<std::string>& from,
                             const std::optional<std::string>& to, std::size_t text_limit) {
  ComponentBounds bounds{{tag_of(field)}, {static_cast<std::uint8_t>(tag_of(field) + 1)}};
  if (from) bounds.begin = index_component(field, bound_value(field, *from), text_limit);
  if (!to) return bounds;
  auto last = index_component(field, bound_value(field, *to), text_limit);
  if (field.kind == FieldKind::date || field.kind == FieldKind::timestamp) {
    constexpr std::size_t kTerminator = 3;  // 00 01 and the mark of wholeness
    if (last.back() == kWhole) last.resize(last.size() - kTerminator);
  }
  bounds.end = storage::after_prefix(last);
  return bounds;
}

}  // namespace lantai::records
