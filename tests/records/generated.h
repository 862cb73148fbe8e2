// Valid field values made from a declaration alone, so that a type nobody has seen before can be tested.
#pragma once

#include <atomic>

#include "holdings.h"

namespace lantai::records {

class Generated {
 public:
  explicit Generated(Holdings& holdings) : holdings_(holdings) {}

  // Every field that people fill, another way for each `variant`; linked records are made as needed.
  Json fields(const schema::TypeDecl& type, int variant) {
    Json out = Json::object();
    for (const auto& field : type.fields) {
      if (field.system || !field.follows.link.empty()) continue;
      const auto one = value(type, field, variant);
      if (!one.is_null()) out[field.name] = field.many ? Json::array({one}) : one;
    }
    return out;
  }
  // The least that is valid.
  Json required(const schema::TypeDecl& type, int variant) {
    Json out = Json::object();
    for (const auto& field : type.fields) {
      if (field.required) out[field.name] = fields(type, variant)[field.name];
    }
    return out;
  }
  // The fields that the program fills itself.
  Json system_fields(const schema::TypeDecl& type, int variant) {
    Json out = Json::object();
    for (const auto& field : type.fields) {
      if (!field.system || field.name == type.owner_field) continue;
      const auto one = value(type, field, variant);
      out[field.name] = field.many ? Json::array({one}) : one;
    }
    return out;
  }
  // A value that can never be valid.
  static Json invalid(const schema::FieldDecl& field) {
    return field.kind == schema::FieldKind::table ? Json("no table") : Json{{"an", "object"}};
  }

 private:
  Json value(const schema::TypeDecl& type, const schema::FieldDecl& field, int variant) {
    using K = schema::FieldKind;
    switch (field.kind) {
      case K::integer:
        return field.min.value_or(1) + variant;
      case K::decimal:
        return "12." + std::to_string(variant + 5);
      case K::boolean:
        return variant % 2 == 0;
      case K::date:
        return "2021-03-0" + std::to_string(1 + variant % 9);
      case K::timestamp:
        return "2021-03-05T08:30:0" + std::to_string(variant % 10) + ".000000Z";
      case K::term:
        return term(field, variant);
      case K::link:
        return link(type, field, variant);
      case K::table: {
        Json row = Json::object();
        for (const auto& column : field.columns) row[column.name] = value(type, column, variant);
        return Json::array({row});
      }
      default:
        return text(field, variant);
    }
  }

  Json term(const schema::FieldDecl& field, int variant) {
    const auto* vocabulary = holdings_.engine->schema().find_vocabulary(field.vocabulary);
    if (vocabulary == nullptr || vocabulary->terms.empty()) return nullptr;
    return vocabulary->terms[static_cast<std::size_t>(variant) % vocabulary->terms.size()].code;
  }

  // A link to the type itself stays empty: it would have to end somewhere.
  Json link(const schema::TypeDecl& type, const schema::FieldDecl& field, int variant) {
    if (field.target == type.name || depth_ > 2) return nullptr;
    ++depth_;
    const auto& target = holdings_.engine->schema().type(field.target);
    const auto id = holdings_.add(target.name, required(target, 1000 + 10 * ++made_ + variant)).id;
    --depth_;
    return id;
  }

  static Json text(const schema::FieldDecl& field, int variant) {
    const auto number = std::to_string(variant);
    if (field.pattern == "[^@ ]+@[^@ ]+") return "someone" + number + "@example.org";
    auto out = "文" + number;
    for (std::int64_t i = static_cast<std::int64_t>(number.size()) + 1; i < field.min.value_or(0); ++i) out += "档";
    return out;
  }

  Holdings& holdings_;
  int depth_ = 0;
  static inline std::atomic<int> made_ = 0;  // unique values differ whoever makes them
};

}  // namespace lantai::records
