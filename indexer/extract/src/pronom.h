// Which entry of PRONOM, the register of formats that archives share, is a format? Thread-safe.
#pragma once

#include <string>

#include "lantai/extract/extraction.h"

namespace lantai::extract {

// Empty where PRONOM has none (OFD, CAJ, UOF and what Kingsoft's programs write) or tells versions apart that are not
// told apart here.
std::string pronom_id(const Extraction& extraction);

}  // namespace lantai::extract
