// Whatever stands in a declaration file: it is loaded, or refused with file and line.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lantai/schema/schema.h"

using lantai::Error;
using lantai::ErrorCode;
using lantai::schema::Schema;

namespace {

// The first byte chooses the folder, so that one corpus serves all kinds.
const char* name_for(std::uint8_t byte) {
  switch (byte) {
    case 'v':
      return "vocabularies/f.yaml";
    case 'n':
      return "numbering/f.yaml";
    case 'm':
      return "messages/f.yaml";
    default:
      return "types/f.yaml";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string name = name_for(data[0]);
  try {
    const auto schema = Schema::parse({{name, std::string(reinterpret_cast<const char*>(data) + 1, size - 1)}});
    for (const auto& [key, numbering] : schema->numberings()) (void)parse_code(numbering, "A1-WS·2011-Y-BGS-0001");
    (void)schema->describe(lantai::schema::Language::en);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) std::abort();
    const auto at = error.message().find(':');
    if (at == std::string::npos || error.message().compare(0, name.size(), name) != 0 ||
        at + 1 >= error.message().size() || error.message()[at + 1] < '0' || error.message()[at + 1] > '9')
      std::abort();
  }
  return 0;
}
