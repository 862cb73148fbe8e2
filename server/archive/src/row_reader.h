// What does a row say? A table's rows become fields by their headings, JSON Lines by their keys; each names its files.
// Pure but for looking whether files exist; thread-compatible.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "field_names.h"
#include "import_unit.h"

namespace lantai::archive {

using Rows = std::vector<std::vector<std::string>>;

// The heading row of a table, understood.
struct TableHead {
  std::size_t row = 0;                            // index of the heading row
  std::vector<const schema::FieldDecl*> columns;  // per column; nullptr: no field
  std::optional<std::size_t> files, key;          // their columns
  std::vector<std::string> unknown;               // headings that mean nothing here
  // It names no files, and some columns would be stored nowhere: the list is a paper itself.
  bool kept_whole() const { return !files && !unknown.empty(); }
};

// nullopt: this is not a list of records. `strict` asks for a column of files and a second one that is understood.
std::optional<TableHead> read_head(const FieldNames& names, const Rows& rows, bool strict);

// `a.pdf；b.pdf`: one cell, several names.
std::vector<std::string> split_names(std::string_view cell);

struct Row {
  std::string type;
  std::string key;  // as given, or empty
  schema::Json fields = schema::Json::object();
  std::vector<FileSource> files;
};

// Finds the file a row names; throws invalid_argument (`import.no_such_file`, `import.unsafe_path`).
using FindFile = std::function<std::filesystem::path(const std::string& name)>;

Row read_table_row(const schema::TypeDecl& type, const TableHead& head, const std::vector<std::string>& cells,
                   const FindFile& find_file);
// Throws invalid_argument naming what is wrong with the line.
Row read_json_row(const schema::Schema& schema, std::string_view default_type, std::string_view line,
                  const FindFile& find_file);

}  // namespace lantai::archive
