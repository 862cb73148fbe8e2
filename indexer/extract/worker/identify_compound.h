// Which program's document is this compound file? Thread-safe.
#pragma once

#include "identify.h"

namespace lantai::extract::worker {

Identity identify_compound(Source& source);

}  // namespace lantai::extract::worker
