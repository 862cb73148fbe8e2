#include "lantai/schema/label.h"

#include <charconv>

namespace lantai::schema {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// 1000 for q=1; 0 when refused or malformed.
int quality(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  const auto value = without_blanks(parameters.substr(at + 2));
  double q = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), q);
  if (error != std::errc{} || end != value.data() + value.size() || !(q >= 0 && q <= 1)) return 0;
  return static_cast<int>(q * 1000);
}

// Whether a tag is one of ours, and which.
bool recognise(std::string_view tag_text, Language& language) {
  const auto name = lower(tag_text);
  const auto starts = [&](std::string_view prefix) {
    return name.compare(0, prefix.size(), prefix) == 0 && (name.size() == prefix.size() || name[prefix.size()] == '-');
  };
  if (starts("zh-hant") ||
      ((starts("zh-tw") || starts("zh-hk") || starts("zh-mo")) && name.find("hans") == name.npos)) {
    language = Language::zh_hant;
    return true;
  }
  if (starts("zh") || name == "*") {
    language = Language::zh_hans;
    return true;
  }
  if (starts("en")) {
    language = Language::en;
    return true;
  }
  return false;
}

}  // namespace

Language parse_language(std::string_view accept_language) {
  Language best = Language::zh_hans;
  int best_quality = 0;
  while (!accept_language.empty()) {
    const auto comma = accept_language.find(',');
    const auto part = accept_language.substr(0, comma);
    accept_language = comma == std::string_view::npos ? std::string_view{} : accept_language.substr(comma + 1);
    const auto semicolon = part.find(';');
    const int q = semicolon == std::string_view::npos ? 1000 : quality(part.substr(semicolon + 1));
    Language language{};
    if (q > best_quality && recognise(without_blanks(part.substr(0, semicolon)), language)) {
      best = language;
      best_quality = q;
    }
  }
  return best;
}

std::string_view tag(Language language) {
  return language == Language::en ? "en" : language == Language::zh_hant ? "zh-Hant" : "zh-Hans";
}

}  // namespace lantai::schema
