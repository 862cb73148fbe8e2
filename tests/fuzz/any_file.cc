// Any bytes are a file: identified and read, or refused, without harm.
#include <cstdint>

#include "reading.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lantai::extract::fuzz::Reading::shared().read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
