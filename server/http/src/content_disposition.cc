#include "lantai/http/content_disposition.h"

#include <algorithm>
#include <map>

#include "header_text.h"

namespace lantai::http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void skip_space(std::string_view& rest) { rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t"))); }

std::string take_token(std::string_view& rest) {
  const auto end = std::min(rest.size(), rest.find_first_of(" \t;=\""));
  auto token = lowered(rest.substr(0, end));
  rest.remove_prefix(end);
  return token;
}

// A quoted string or a token; nullopt when a quote stays open.
std::optional<std::string> take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const auto end = std::min(rest.size(), rest.find_first_of(" \t;"));
    value = rest.substr(0, end);
    rest.remove_prefix(end);
    return value;
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    // Only \" and \\ are escapes: old browsers send C:\folder\file as it is.
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    value += rest[i];
  }
  return std::nullopt;
}

// What browsers escape inside quoted names, and nothing else.
std::string without_form_escapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escape = text.substr(i, 3);
    if (escape == "%22") {
      result += '"';
      i += 2;
    } else if (escape == "%0D" || escape == "%0A") {
      result += ' ';
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string clean_text(std::string_view bytes) {
  auto text = to_valid_utf8(bytes);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

// UTF-8''%E9%80%9A… ; other charsets are not used by anybody (RFC 8187 §3.2).
std::optional<std::string> extended_value(std::string_view value) {
  const auto first = value.find('\'');
  const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos || lowered(value.substr(0, first)) != "utf-8") return std::nullopt;
  return percent_decode(value.substr(second + 1));
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const unsigned char c : text) {
    if (is_unreserved(c)) {
      result += static_cast<char>(c);
    } else {
      result += {'%', kDigits[c >> 4U], kDigits[c & 15U]};
    }
  }
  return result;
}

std::optional<Disposition> parse_disposition(std::string_view value) {
  Disposition result;
  skip_space(value);
  result.kind = take_token(value);
  if (result.kind.empty()) return std::nullopt;
  std::map<std::string, std::string> parameters;
  for (skip_space(value); !value.empty(); skip_space(value)) {
    if (!value.starts_with(';')) return std::nullopt;
    value.remove_prefix(1);
    skip_space(value);
    if (value.empty()) break;
    const auto name = take_token(value);
    skip_space(value);
    if (name.empty() || !value.starts_with('=')) return std::nullopt;
    value.remove_prefix(1);
    skip_space(value);
    auto text = take_value(value);
    if (!text || !parameters.emplace(name, std::move(*text)).second) return std::nullopt;
  }
  if (const auto name = parameters.find("name"); name != parameters.end()) {
    result.name = clean_text(without_form_escapes(name->second));
  }
  if (const auto exact = parameters.find("filename*"); exact != parameters.end()) {
    const auto decoded = extended_value(exact->second);
    if (!decoded) return std::nullopt;
    result.has_file = true;
    result.raw_file_name = to_bytes(*decoded);
  } else if (const auto plain = parameters.find("filename"); plain != parameters.end()) {
    result.has_file = true;
    result.raw_file_name = to_bytes(without_form_escapes(plain->second));
  }
  result.file_name = clean_text(as_chars(result.raw_file_name));
  return result;
}

std::string make_disposition(std::string_view kind, std::string_view file_name) {
  std::string plain;
  bool exact = true;
  for (const unsigned char c : file_name) {
    const bool safe = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%' && c != '/';
    exact = exact && safe;
    if (safe) {
      plain += static_cast<char>(c);
    } else if (c < 0x80 || c >= 0xc0) {  // one for each character
      plain += '_';
    }
  }
  auto result = std::string(kind) + "; filename=\"" + plain + "\"";
  if (!exact) result += "; filename*=UTF-8''" + percent_encode(file_name);
  return result;
}

}  // namespace lantai::http
