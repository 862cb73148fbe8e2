// How do records leave, so that people and programs can read them without this product? As JSON Lines, complete, or as
// CSV for spreadsheets: UTF-8 with a byte order mark, RFC 4180, and no cell that a spreadsheet would run as a formula.
//
// Writes every record of the type that the principal may see, in the order of their making; personal fields only with
// the right to them. Needs the right to export; audited. Throws what the engine throws, and unavailable when the stream
// fails; what was written until then stays in the stream. Memory: one page of records. Thread-safe.
// Formats: docs/formats/records.md. Used in tests/records/exchange_test.cc.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

#include "lantai/records/record_engine.h"

namespace lantai::records {

// One object a line: {"type","id","version","created","modified","author","fields","files":[…]}; readable by
// read_json_lines. Returns the number of records.
std::uint64_t export_json_lines(const RecordEngine& engine, const Principal& principal, std::string_view type,
                                std::ostream& out);

struct CsvExportOptions {
  // Headings and terms in this language; absent: field names and codes. Both can be read back by read_csv.
  std::optional<schema::Language> language;
};
// A column for `id` and each field; several values joined by `；`, tables as JSON. Returns the number of records.
std::uint64_t export_csv(const RecordEngine& engine, const Principal& principal, std::string_view type,
                         std::ostream& out, const CsvExportOptions& options = {});

}  // namespace lantai::records
