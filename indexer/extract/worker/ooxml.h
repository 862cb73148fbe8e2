// What do the Office Open XML formats share (ECMA-376 part 2)? Relationships between parts and document properties.
#pragma once

#include <map>
#include <string>

#include "package.h"

namespace lantai::extract::worker {

struct Relationship {
  std::string type;    // the last part of its URI: `worksheet`, `header`
  std::string target;  // resolved to a part's path
};
// By id; external ones are left out.
std::map<std::string, Relationship> relationships(const Package& package, const std::string& part, Report& report);

// The part the package's own relationships name as its main one, else `usual`.
std::string main_part(const Package& package, const std::string& usual, Report& report);

void read_properties(const Package& package, Report& report);

// Pictures and attached files under `root` (`word/`). In a document that `has_text`, small pictures are not read.
void read_ooxml_members(const Package& package, const std::string& root, bool has_text, Report& report,
                        Context& context, unsigned depth);

}  // namespace lantai::extract::worker
