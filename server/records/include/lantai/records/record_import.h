// How do rows that somebody else wrote become records? Each row is read into a draft and judged by itself, without a
// store and without writing: the dry run. Whoever imports then creates the drafts that are good (server/archive).
//
// CSV headings are field names, labels in any language or aliases; `id`, `version`, `created`, `modified` and `author`
// of an export are skipped, and so are fields that the program fills in itself; columns that mean nothing are given
// back with their cells, so that a file column can be used. JSON Lines are {"type":…, "fields":{…}, "files":[…]}. Input
// is UTF-8 (with or without byte order mark).
//
// Thread-safe on different streams. Memory: one row. Throws invalid_argument when the whole cannot be read: no heading,
// the same field twice (`import.ambiguous_column`), a quote that is never closed. Formats: docs/formats/records.md.
// Used in tests/records/exchange_test.cc.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/schema/schema.h"

namespace lantai::records {

struct Draft {
  std::size_t line = 0;  // where the row begins, from 1
  std::string type;
  schema::Json fields = schema::Json::object();  // normalised as the record would be
  schema::Json files = schema::Json::array();    // of JSON Lines, as given
  std::string key;                               // of JSON Lines: `key`, by which a later run knows it again
  std::map<std::string, std::string> other;      // heading → cell, of columns that are no fields
  std::vector<FieldProblem> problems;            // empty: good
};
using DraftReceiver = std::function<void(Draft)>;

struct RowsRead {
  std::size_t rows = 0, good = 0;
  std::vector<std::string> unknown_columns;
};

// `defaults`: fields that every row gets unless it names them itself.
RowsRead read_csv(std::istream& in, const schema::Schema& schema, std::string_view type, const schema::Json& defaults,
                  const DraftReceiver& each);
// `type`: of lines that name none.
RowsRead read_json_lines(std::istream& in, const schema::Schema& schema, std::string_view type,
                         const schema::Json& defaults, const DraftReceiver& each);

}  // namespace lantai::records
