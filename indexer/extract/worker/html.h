// Which text does a person read on this page? Blocks are lines, cells are separated by tabs, nothing of scripts and
// styles. Thread-confined.
#pragma once

#include <string>

#include "charset.h"

namespace lantai::extract::worker {

// `html` is UTF-8.
std::string html_text(const std::string& html);
// Of a part of a book, which is XML: `<title/>` is empty there, and would swallow the page as HTML.
std::string xhtml_text(ByteView bytes, const Charsets& charsets);

}  // namespace lantai::extract::worker
