// What is it called, in the reader's language? Every name a person meets has three forms. Values.
#pragma once

#include <string>
#include <string_view>

namespace lantai::schema {

enum class Language { zh_hans, zh_hant, en };

// Best match for an Accept-Language header or a `lang` value; 简体 when nothing fits.
Language parse_language(std::string_view accept_language);
std::string_view tag(Language language);  // zh-Hans, zh-Hant, en

struct Label {
  std::string zh_hans, zh_hant, en;
  const std::string& in(Language language) const {
    return language == Language::en ? en : language == Language::zh_hant ? zh_hant : zh_hans;
  }
  bool operator==(const Label&) const = default;
};

}  // namespace lantai::schema
