// Which rows does a spreadsheet have? For imports of lists: the first sheet of an XLSX file, or separated text.
#pragma once

#include "extract.h"

namespace lantai::extract::worker {

// Sends row frames. Throws Fault.
void read_table(Source& source, Report& report, Context& context);

}  // namespace lantai::extract::worker
