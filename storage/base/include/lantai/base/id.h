// How are things named that have no name of their own? By a UUID version 7 in text form (RFC 9562): 36 characters,
// ordered by the time it was made, to the microsecond. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "lantai/base/time.h"

namespace lantai {

std::string make_id(Timestamp now);
// No id made at `time` or before is greater, every later one is: by whole thousandths of a second.
std::string last_id_at(Timestamp time);
bool is_id(std::string_view text);
// `bytes` random bytes from the kernel, as lower-case hex: session keys, tokens.
std::string random_hex(std::size_t bytes);

}  // namespace lantai
