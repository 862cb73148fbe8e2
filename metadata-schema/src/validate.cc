#include <fmt/format.h>

#include <algorithm>

#include "fold.h"
#include "values.h"

namespace lantai::schema {
namespace {

constexpr std::size_t kMaxValues = 1'000, kMaxRows = 5'000;

bool is_empty(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_string()) return trimmed(value.get_ref<const std::string&>()).empty();
  return (value.is_array() || value.is_object()) && value.empty();
}

constexpr bool is_list_separator(char32_t c) { return c == U';' || c == U'；' || c == U'\n'; }

// What list_text wrote, or a person: `教务处；学生处`. Backslashes mean something only before a separator: each two are
// one, and one more makes the separator part of the value.
std::vector<Json> listed(const std::string& text) {
  std::vector<Json> result;
  std::string part;
  std::size_t backslashes = 0;
  const auto end_run = [&](std::size_t count) {
    part.append(count, '\\');
    backslashes = 0;
  };
  for (const auto c : code_points(text)) {
    if (c == U'\\') {
      ++backslashes;
      continue;
    }
    const bool separator = is_list_separator(c), kept = !separator || backslashes % 2 == 1;
    end_run(separator ? backslashes / 2 : backslashes);
    if (kept) {
      append_utf8(part, c);
    } else {
      result.emplace_back(std::move(part));
      part.clear();
    }
  }
  end_run(backslashes);
  result.emplace_back(std::move(part));
  return result;
}

class Validation {
 public:
  // `unfilled`: the field whose default is not stored.
  Validation(const Schema& schema, const std::vector<FieldDecl>& declared, std::string prefix, const Schemes& schemes,
             std::string unfilled = {})
      : schema_(schema),
        declared_(declared),
        prefix_(std::move(prefix)),
        schemes_(schemes),
        unfilled_(std::move(unfilled)) {}

  std::vector<FieldProblem> run(Json& fields) {
    if (!fields.is_object()) {
      report(prefix_.empty() ? "fields" : prefix_, {{}, "field.wrong_kind", {{"kind", "object"}}});
      return std::move(problems_);
    }
    normalise_all(fields);
    require_all(fields);
    return std::move(problems_);
  }

 private:
  void normalise_all(Json& fields) {
    Json kept = Json::object();
    for (auto& [name, value] : fields.items()) {
      const auto* field = declared(name);
      if (!field) {
        report(name, {{}, "field.unknown", {{"name", name}}});
      } else if (!is_empty(value)) {
        auto normal = whole_field(*field, value, fields, kept);
        if (!is_empty(normal)) kept[name] = std::move(normal);
      }
    }
    for (const auto& field : declared_)
      if (!field.default_value.is_null() && field.name != unfilled_ && !kept.contains(field.name) &&
          !failed(field.name))
        kept[field.name] = field.default_value;
    fields = std::move(kept);
  }

  const FieldDecl* declared(const std::string& name) const {
    const auto at = std::find_if(declared_.begin(), declared_.end(), [&](const auto& f) { return f.name == name; });
    return at == declared_.end() ? nullptr : &*at;
  }

  void require_all(const Json& fields) {
    for (const auto& field : declared_)
      if (!fields.contains(field.name) && !failed(field.name) &&
          (field.required || (field.required_if && field.required_if->holds(fields))))
        report(field.name, {{}, "field.required", {}});
  }

  Json whole_field(const FieldDecl& field, const Json& value, const Json& given, Json& kept) {
    if (field.kind == FieldKind::table) return table(field, value);
    if (field.many) return list(field, value);
    if (value.is_array() && value.size() == 1) return one(field, value[0], field.name);
    if (!field.suffix_mark.empty() && value.is_string())
      return one(field, without_suffix(field, value.get<std::string>(), given, kept), field.name);
    return one(field, value, field.name);
  }

  // `机密★10年`: what stands behind the mark belongs to another field.
  Json without_suffix(const FieldDecl& field, const std::string& text, const Json& given, Json& kept) {
    const auto at = text.find(field.suffix_mark);
    if (at == std::string::npos) return text;
    const auto rest = trimmed(text.substr(at + field.suffix_mark.size()));
    const auto other = given.find(field.suffix_field);
    if (other != given.end() && !is_empty(*other) && *other != rest) {
      report(field.name, {{}, "field.contradicts", {{"value", rest}, {"other", field.suffix_field}}});
    } else if (!rest.empty()) {
      kept[field.suffix_field] = rest;
    }
    return text.substr(0, at);
  }

  Json one(const FieldDecl& field, const Json& value, const std::string& path) {
    if (is_empty(value)) return nullptr;
    const auto scheme = schemes_.find(field.name);
    auto result = normalise_value(schema_, field, value, scheme == schemes_.end() ? std::string() : scheme->second);
    if (auto* problem = std::get_if<FieldProblem>(&result)) {
      report(path, std::move(*problem));
      return nullptr;
    }
    return std::get<Json>(std::move(result));
  }

  static std::vector<Json> elements(const Json& value) {
    if (value.is_array()) return {value.begin(), value.end()};
    if (!value.is_string()) return {value};
    return listed(value.get_ref<const std::string&>());
  }

  Json list(const FieldDecl& field, const Json& value) {
    const auto given = elements(value);
    if (given.size() > kMaxValues) {
      report(field.name, {{}, "field.too_many", {{"max", std::to_string(kMaxValues)}}});
      return nullptr;
    }
    Json result = Json::array();
    for (std::size_t i = 0; i < given.size(); ++i) {
      auto normal = one(field, given[i], fmt::format("{}[{}]", field.name, i));
      if (!is_empty(normal) && std::find(result.begin(), result.end(), normal) == result.end())
        result.push_back(std::move(normal));
    }
    return result;
  }

  Json table(const FieldDecl& field, const Json& value) {
    if (!value.is_array()) {
      report(field.name, {{}, "field.wrong_kind", {{"kind", "table"}}});
      return nullptr;
    }
    if (value.size() > kMaxRows) {
      report(field.name, {{}, "field.too_many", {{"max", std::to_string(kMaxRows)}}});
      return nullptr;
    }
    Json rows = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
      Json row = value[i];
      auto found = Validation(schema_, field.columns, fmt::format("{}{}[{}]", dotted(), field.name, i), {}).run(row);
      problems_.insert(problems_.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
      rows.push_back(std::move(row));
    }
    return rows;
  }

  std::string dotted() const { return prefix_.empty() ? std::string{} : prefix_ + "."; }

  bool failed(const std::string& name) const {
    const auto path = dotted() + name;
    return std::any_of(problems_.begin(), problems_.end(), [&](const auto& p) {
      return p.field == path || p.field.compare(0, path.size() + 1, path + "[") == 0;
    });
  }

  void report(const std::string& name, FieldProblem problem) {
    problem.field = dotted() + name;
    problems_.push_back(std::move(problem));
  }

  const Schema& schema_;
  const std::vector<FieldDecl>& declared_;
  std::string prefix_;
  const Schemes& schemes_;
  const std::string unfilled_;
  std::vector<FieldProblem> problems_;
};

}  // namespace

std::vector<FieldProblem> validate(const Schema& schema, const TypeDecl& type, Json& fields, const Schemes& schemes) {
  return Validation(schema, type.fields, {}, schemes, type.level_field).run(fields);
}

std::string list_text(const std::vector<std::string>& values) {
  std::string result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::size_t backslashes = 0;
    for (const auto c : code_points(values[i])) {
      if (is_list_separator(c)) result.append(backslashes + 1, '\\');
      backslashes = c == U'\\' ? backslashes + 1 : 0;
      append_utf8(result, c);
    }
    if (i + 1 < values.size()) result.append(backslashes, '\\') += "；";
  }
  return result;
}

std::vector<FieldProblem> gaps(const TypeDecl& type, const Json& fields) {
  std::vector<FieldProblem> result;
  for (const auto& field : type.fields)
    if (field.expected && (!fields.contains(field.name) || is_empty(fields[field.name])))
      result.push_back({field.name, "field.expected", {}});
  return result;
}

}  // namespace lantai::schema
