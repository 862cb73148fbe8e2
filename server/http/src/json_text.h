// How is a long answer written as JSON without making a tree of it first? Names and values go to the text one after the
// other; commas come by themselves. A text that needs more than quotes is left to the library. Thread-confined.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "lantai/base/bytes.h"
#include "lantai/schema/value.h"

namespace lantai::http {

class JsonText {
 public:
  JsonText& begin_object() { return begin('{'); }
  JsonText& end_object() { return end('}'); }
  JsonText& begin_array() { return begin('['); }
  JsonText& end_array() { return end(']'); }
  // Inside an object; a value, an object or an array follows.
  JsonText& name(std::string_view name) {
    value(name);
    text_ += ':';
    first_ = true;
    return *this;
  }

  JsonText& value(std::string_view text) {
    next();
    const bool plain = is_valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
                         return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F;
                       });
    if (!plain) return library(schema::Json(text));
    text_ += '"';
    text_ += text;
    text_ += '"';
    return *this;
  }
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(const std::string& text) { return value(std::string_view(text)); }
  JsonText& value(bool value) {
    next();
    text_ += value ? "true" : "false";
    return *this;
  }
  JsonText& value(std::uint64_t number) {
    next();
    text_ += std::to_string(number);
    return *this;
  }
  JsonText& value(const schema::Json& json) {
    next();
    return library(json);
  }

  template <typename Value>
  JsonText& member(std::string_view key, const Value& of) {
    return name(key).value(of);
  }

  std::string take() { return std::move(text_); }

 private:
  void next() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  JsonText& begin(char bracket) {
    next();
    text_ += bracket;
    first_ = true;
    return *this;
  }
  JsonText& end(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
  }
  JsonText& library(const schema::Json& json) {
    text_ += json.dump(-1, ' ', false, schema::Json::error_handler_t::replace);
    return *this;
  }

  std::string text_;
  bool first_ = true;  // nothing stands before it that wants a comma
};

}  // namespace lantai::http
