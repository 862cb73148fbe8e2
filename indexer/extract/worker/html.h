// Which text does a person read on this page? Blocks are lines, cells are separated by tabs, nothing of scripts and
// styles. Thread-confined.
#pragma once

#include <string>

namespace lantai::extract::worker {

// `html` is UTF-8.
std::string html_text(const std::string& html);

}  // namespace lantai::extract::worker
