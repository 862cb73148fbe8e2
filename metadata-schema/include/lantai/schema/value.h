// How are field values held in memory? As JSON values; on disk they become CBOR. Dates are strings `2021-03-05`, and an
// incomplete or uncertain date keeps its written form; links are ids; child tables are arrays of objects.
#pragma once

#include <nlohmann/json.hpp>

namespace lantai::schema {

using Json = nlohmann::json;

}  // namespace lantai::schema
