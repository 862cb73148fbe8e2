// The query parser never fails on what a person types, and strict parsing refuses with invalid_argument only.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "lantai/base/error.h"
#include "lantai/search/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  static const auto aliases = std::make_shared<const lantai::search::FieldAliases>(
      lantai::search::FieldAliases{{"年度", "fiscal_year"}, {"标题", "title"}});
  const lantai::search::FieldNames names{aliases, [](const std::string& name) { return name == "title"; }};
  lantai::search::parse_query(query, names);
  try {
    lantai::search::parse_query(query, names, true);
  } catch (const lantai::Error& error) {
    if (error.code() != lantai::ErrorCode::invalid_argument) std::abort();
  }
  return 0;
}
