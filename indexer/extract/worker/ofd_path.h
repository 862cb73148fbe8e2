// The outlines of OFD (GB/T 33190-2016, 9.1: AbbreviatedData) on a cairo context. Thread-confined.
#pragma once

#include <cairo.h>

#include <string_view>

namespace lantai::extract::worker {

// Adds to the current path; stops at what makes no sense, and after 100,000 steps.
void add_path(cairo_t* cairo, std::string_view abbreviated);

}  // namespace lantai::extract::worker
