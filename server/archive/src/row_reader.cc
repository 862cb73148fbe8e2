#include "row_reader.h"

#include <algorithm>

#include "blanks.h"
#include "file_name.h"
#include "lantai/base/error.h"

namespace lantai::archive {
namespace {

using schema::Json;

constexpr std::size_t kHeadSearch = 10;  // titles and remarks may stand above the heading row

Error bad_line(const std::string& why) { return Error(ErrorCode::invalid_argument, why); }

TableHead read_headings(const FieldNames& names, const std::vector<std::string>& cells, std::size_t row) {
  TableHead head;
  head.row = row;
  head.columns.assign(cells.size(), nullptr);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string heading = trimmed(cells[i]);
    if (heading.empty()) continue;
    const schema::FieldDecl* field = names.find(heading);
    const bool twice = std::find(head.columns.begin(), head.columns.end(), field) != head.columns.end();
    if (names_files(heading) && !head.files) {
      head.files = i;
    } else if (field != nullptr && !twice) {
      head.columns[i] = field;
    } else if (field == nullptr && names_key(heading) && !head.key) {
      head.key = i;
    } else if (!names_row_number(heading)) {
      head.unknown.push_back(heading);
    }
  }
  return head;
}

std::size_t understood(const TableHead& head) {
  return static_cast<std::size_t>(std::count_if(head.columns.begin(), head.columns.end(), [](auto* f) { return f; }));
}

FileSource source_at(const std::filesystem::path& path, std::string_view name) {
  FileSource source;
  source.name = decode_name(last_part(name));
  source.raw_name = to_bytes(last_part(name));
  source.path = path;
  return source;
}

std::string string_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  if (found->is_number_integer()) return found->dump();
  if (!found->is_string()) throw bad_line(std::string("`") + name + "` is not a text");
  return found->get<std::string>();
}

FileSource read_json_file(const Json& file, const FindFile& find_file) {
  if (!file.is_object()) throw bad_line("a file is not an object");
  const std::string path = string_member(file, "path"), name = string_member(file, "name");
  const auto text = file.find("text");
  if (path.empty() == (text == file.end())) throw bad_line("a file needs either `path` or `text`");
  FileSource source;
  if (!path.empty()) {
    source = source_at(find_file(path), path);
    if (!name.empty()) source.name = name, source.raw_name = to_bytes(name);
  } else {
    if (name.empty()) throw bad_line("a file with `text` needs a `name`");
    source.name = name;
    source.raw_name = to_bytes(name);
    source.content = std::make_shared<const Bytes>(to_bytes(string_member(file, "text")));
  }
  const std::string role = string_member(file, "role");
  if (!role.empty()) source.role = role;
  return source;
}

void read_json_fields(const schema::TypeDecl& type, const Json& given, Json& fields) {
  if (!given.is_object()) throw bad_line("`fields` is not an object");
  std::optional<FieldNames> names;
  for (const auto& [name, value] : given.items()) {
    const schema::FieldDecl* field = type.find_field(name);
    if (field == nullptr) field = (names ? *names : names.emplace(type)).find(name);
    // What is not understood stays under its own name, so that validation names it.
    fields[field == nullptr ? name : field->name] = value;
  }
}

void attach_files(const schema::TypeDecl& type, const Row& row) {
  if (!row.files.empty() && !type.files) throw bad_line("records of type " + type.name + " have no files");
}

}  // namespace

std::optional<TableHead> read_head(const FieldNames& names, const Rows& rows, bool strict) {
  for (std::size_t i = 0; i < std::min(rows.size(), kHeadSearch); ++i) {
    TableHead head = read_headings(names, rows[i], i);
    const std::size_t known = understood(head);
    const bool has_title = std::any_of(head.columns.begin(), head.columns.end(), [&](const auto* f) {
      return f != nullptr && f->name == names.type().title_field;
    });
    const bool enough =
        strict ? head.files && known > 0 : (has_title || head.files) && known + head.files.has_value() > 1;
    if (enough && (known + 1) * 2 >= head.unknown.size()) return head;
  }
  return std::nullopt;
}

std::vector<std::string> split_names(std::string_view cell) {
  std::vector<std::string> names;
  std::string name;
  const auto end = [&] {
    name = trimmed(name);
    if (!name.empty()) names.push_back(name);
    name.clear();
  };
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] == ';' || cell[i] == '|' || cell[i] == '\n') {
      end();
    } else if (cell.substr(i, 3) == "；") {
      end();
      i += 2;
    } else {
      name += cell[i];
    }
  }
  end();
  return names;
}

Row read_table_row(const schema::TypeDecl& type, const TableHead& head, const std::vector<std::string>& cells,
                   const FindFile& find_file) {
  Row row;
  row.type = type.name;
  for (std::size_t i = 0; i < std::min(cells.size(), head.columns.size()); ++i) {
    const std::string cell = trimmed(cells[i]);
    if (cell.empty()) continue;
    if (head.columns[i] != nullptr) {
      row.fields[head.columns[i]->name] = cell;
    } else if (head.key == i) {
      row.key = cell;
    } else if (head.files == i) {
      for (const auto& name : split_names(cell)) row.files.push_back(source_at(find_file(name), name));
    }
  }
  for (std::size_t i = 1; i < row.files.size(); ++i) row.files[i].role = "attachment";
  attach_files(type, row);
  return row;
}

Row read_json_row(const schema::Schema& schema, std::string_view default_type, std::string_view line,
                  const FindFile& find_file) {
  if (!is_valid_utf8(line)) throw bad_line("not UTF-8");
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) throw Error(ErrorCode::invalid_argument, "not a JSON object", "import.bad_json_line");
  Row row;
  row.type = string_member(json, "type");
  if (row.type.empty()) row.type = default_type;
  const schema::TypeDecl* type = schema.find_type(row.type);
  if (type == nullptr) {
    throw Error(ErrorCode::invalid_argument, "unknown type", "import.unknown_type", {{"type", row.type}});
  }
  row.key = string_member(json, "key");
  if (row.key.empty()) row.key = string_member(json, "id");
  if (json.contains("fields")) read_json_fields(*type, json["fields"], row.fields);
  if (const auto files = json.find("files"); files != json.end() && !files->is_null()) {
    if (!files->is_array()) throw bad_line("`files` is not a list");
    for (const auto& file : *files) row.files.push_back(read_json_file(file, find_file));
  }
  attach_files(*type, row);
  return row;
}

}  // namespace lantai::archive
