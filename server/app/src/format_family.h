// How is a format called in a list of formats? By its family, as people name it: PDF, DOCX, OFD, TXT, JPEG. Pure.
#pragma once

#include <string>
#include <string_view>

namespace lantai::app {

std::string format_family(std::string_view media_type);  // empty: not known

}  // namespace lantai::app
