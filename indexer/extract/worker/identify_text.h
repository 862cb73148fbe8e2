// What kind of text is a text? Thread-safe.
#pragma once

#include "identify.h"

namespace lantai::extract::worker {

Identity identify_text(const DecodedText& decoded);  // of the first bytes of a file

}  // namespace lantai::extract::worker
