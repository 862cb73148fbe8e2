// Which files are extracted in the tests? Small ones, built here byte by byte or by libarchive.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lantai::extract::test {

using Members = std::vector<std::pair<std::string, std::string>>;  // name as raw bytes, content

std::string zip(const Members& members, const char* password = nullptr);
std::string tar(const Members& members, bool gzipped = false);

// One page a text, of lines in the standard Helvetica font; ASCII only.
std::string pdf(const std::vector<std::vector<std::string>>& pages, const std::string& title = "");

// `body` is what stands inside <w:body>.
std::string docx(const std::string& body, const Members& more = {});
std::string paragraph(const std::string& text);  // <w:p> with one run

}  // namespace lantai::extract::test
