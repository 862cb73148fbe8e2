#include "lantai/records/record_import.h"

#include <algorithm>
#include <array>
#include <istream>
#include <optional>

#include "lantai/base/bytes.h"
#include "lantai/records/csv.h"

namespace lantai::records {
namespace {

using schema::FieldDecl;
using schema::FieldKind;
using schema::Json;
using schema::Schema;
using schema::TypeDecl;

constexpr std::size_t kMaxLineBytes = 8U << 20U;
constexpr int kMaxDepth = 64;
constexpr std::array<std::string_view, 5> kOfTheEngine = {"id", "version", "created", "modified", "author"};

struct Column {
  std::string heading;
  const FieldDecl* field = nullptr;  // null: no field
  bool skipped = false;              // of an export: what the program keeps itself
};

FieldProblem bad_line(std::size_t line) { return {"", "import.bad_json_line", {{"row", std::to_string(line)}}}; }

// Values nested without end would exhaust the stack of whoever copies them.
bool is_too_deep(std::string_view json) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (quoted) continue;
    if ((c == '[' || c == '{') && ++depth > kMaxDepth) return true;
    if (c == ']' || c == '}') --depth;
  }
  return false;
}

// Discarded when it is no JSON.
Json parsed(const std::string& text) {
  return is_too_deep(text) ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, false);
}

void judge(const Schema& schema, const TypeDecl& type, const Json& defaults, Draft& draft) {
  for (const auto& [name, value] : defaults.items()) {
    if (!draft.fields.contains(name)) draft.fields[name] = value;
  }
  auto problems = schema::validate(schema, type, draft.fields);
  draft.problems.insert(draft.problems.end(), std::make_move_iterator(problems.begin()),
                        std::make_move_iterator(problems.end()));
}

// Filled in by the program, also when a record is made again of what was exported.
bool is_kept(const TypeDecl& type, const FieldDecl& field) { return field.system && field.name != type.owner_field; }

std::vector<Column> columns_of(const TypeDecl& type, const std::vector<std::string>& headings) {
  std::vector<Column> columns;
  for (const auto& heading : headings) {
    Column column{heading, type.match_field(heading), false};
    column.skipped =
        column.field == nullptr && std::find(kOfTheEngine.begin(), kOfTheEngine.end(), heading) != kOfTheEngine.end();
    if (column.field != nullptr && is_kept(type, *column.field)) column.skipped = true;
    const bool twice = column.field != nullptr && std::any_of(columns.begin(), columns.end(), [&](const auto& other) {
                         return other.field == column.field;
                       });
    if (twice) {
      throw Error(ErrorCode::invalid_argument, "two columns are the field " + column.field->name,
                  "import.ambiguous_column", {{"name", heading}});
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

// A table is written as JSON; everything else is left to the tolerance of validation.
void take_cell(const Column& column, std::string text, Draft& draft) {
  text = formula_plain(std::move(text));
  if (text.empty()) return;
  if (!is_valid_utf8(text)) {
    draft.problems.push_back({column.field->name, "field.not_text", {}});
  } else if (column.field->kind != FieldKind::table) {
    draft.fields[column.field->name] = std::move(text);
  } else {
    auto rows = parsed(text);
    if (rows.is_discarded()) {
      draft.problems.push_back({column.field->name, "field.wrong_kind", {{"kind", "table"}}});
    } else {
      draft.fields[column.field->name] = std::move(rows);
    }
  }
}

bool is_blank(const std::vector<std::string>& row) {
  return std::all_of(row.begin(), row.end(), [](const auto& cell) { return cell.empty(); });
}

Draft draft_of_row(const std::vector<Column>& columns, std::vector<std::string> row, std::size_t line) {
  Draft draft;
  draft.line = line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i >= columns.size()) {
      if (!row[i].empty()) draft.problems.push_back({"", "import.bad_row", {{"row", std::to_string(line)}}});
    } else if (columns[i].field != nullptr && !columns[i].skipped) {
      take_cell(columns[i], std::move(row[i]), draft);
    } else if (!columns[i].skipped) {
      draft.other[columns[i].heading] = to_valid_utf8(formula_plain(std::move(row[i])));
    }
  }
  return draft;
}

const TypeDecl* type_of_line(const Schema& schema, const Json& json, std::string_view otherwise, Draft& draft) {
  const auto named = json.find("type");
  draft.type = named != json.end() && named->is_string() ? named->get<std::string>() : std::string(otherwise);
  const auto* type = schema.find_type(draft.type);
  if (type == nullptr) draft.problems.push_back({"type", "import.unknown_type", {{"type", draft.type}}});
  return type;
}

Draft draft_of_line(const Schema& schema, std::string_view type, const Json& defaults, const std::string& text,
                    std::size_t line) {
  Draft draft;
  draft.line = line;
  draft.type = type;
  const auto json = is_valid_utf8(text) ? parsed(text) : Json(Json::value_t::discarded);
  if (!json.is_object()) {
    draft.problems.push_back(bad_line(line));
    return draft;
  }
  const auto* declared = type_of_line(schema, json, type, draft);
  const auto key = json.find("key");
  if (key != json.end() && key->is_string()) draft.key = *key;
  if (json.contains("files")) draft.files = json["files"];
  if (!draft.files.is_array()) draft.problems.push_back({"files", "field.wrong_kind", {{"kind", "list"}}});
  if (json.contains("fields")) draft.fields = json["fields"];
  if (!draft.fields.is_object()) {
    draft.problems.push_back({"fields", "field.wrong_kind", {{"kind", "object"}}});
    return draft;
  }
  if (declared == nullptr) return draft;
  for (const auto& field : declared->fields) {
    if (is_kept(*declared, field)) draft.fields.erase(field.name);
  }
  judge(schema, *declared, defaults, draft);
  return draft;
}

// Without its line end; nullopt at the end of the stream.
std::optional<std::string> next_line(std::istream& in, std::size_t number) {
  std::string line;
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    if (c == '\n') return line;
    line += static_cast<char>(c);
    if (line.size() > kMaxLineBytes) {
      throw Error(ErrorCode::invalid_argument, "line " + std::to_string(number) + " is too long",
                  "import.bad_json_line", {{"row", std::to_string(number)}});
    }
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

}  // namespace

RowsRead read_csv(std::istream& in, const Schema& schema, std::string_view type, const Json& defaults,
                  const DraftReceiver& each) {
  const auto& declared = schema.type(type);
  CsvReader reader(in);
  const auto headings = reader.next();
  if (!headings || is_blank(*headings)) {
    throw Error(ErrorCode::invalid_argument, "there is no row of headings", "import.bad_row", {{"row", "1"}});
  }
  const auto columns = columns_of(declared, *headings);
  RowsRead read;
  for (const auto& column : columns) {
    if (column.field == nullptr && !column.skipped) read.unknown_columns.push_back(column.heading);
  }
  while (auto row = reader.next()) {
    if (is_blank(*row)) continue;
    auto draft = draft_of_row(columns, std::move(*row), reader.line());
    draft.type = type;
    judge(schema, declared, defaults, draft);
    ++read.rows;
    read.good += draft.problems.empty() ? 1 : 0;
    each(std::move(draft));
  }
  return read;
}

RowsRead read_json_lines(std::istream& in, const Schema& schema, std::string_view type, const Json& defaults,
                         const DraftReceiver& each) {
  RowsRead read;
  std::size_t number = 0;
  while (auto line = next_line(in, ++number)) {
    if (number == 1 && line->starts_with(kByteOrderMark)) line->erase(0, kByteOrderMark.size());
    if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
    auto draft = draft_of_line(schema, type, defaults, *line, number);
    ++read.rows;
    read.good += draft.problems.empty() ? 1 : 0;
    each(std::move(draft));
  }
  return read;
}

}  // namespace lantai::records
