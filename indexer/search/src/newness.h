// How much less does an old document count where newer ones are preferred? Half at five years, a third at ten: never
// nothing, so that what fits much better stays before what is only new (docs/adr/0102). Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "lantai/base/time.h"

namespace lantai::search {

// In (0, 1], seen from the day numbered `today`; of a month or year its middle counts. What lies ahead counts as
// today's, what has no date as twenty years old.
float newness(std::string_view date, std::int64_t today);

}  // namespace lantai::search
