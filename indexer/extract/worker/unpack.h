// What does a container hold, one level deep, as bytes? For imports that take each member as a file of its own.
#pragma once

#include "extract.h"

namespace lantai::extract::worker {

// Sends member, data and member_end frames. Throws Fault for what concerns the whole.
void unpack(Source& source, Report& report, Context& context);

}  // namespace lantai::extract::worker
