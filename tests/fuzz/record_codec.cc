// Whatever bytes stand where a record should: they are read, and then written and read the same again, or refused as
// data loss.
#include <cstdint>
#include <cstdlib>

#include "lantai/base/error.h"
#include "lantai/records/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lantai;
  try {
    const auto once = records::encode(records::decode({data, size}));
    if (records::encode(records::decode(once)) != once) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data_loss) std::abort();
  }
  return 0;
}
