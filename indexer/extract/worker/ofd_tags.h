// What do the custom tags of an OFD document say (GB/T 33190-2016, 16)? They name parts of its pages, such as 发票号码
// of an invoice: a tree of the trade's own, whose leaves refer to the text objects of a page. Thread-confined.
#pragma once

#include <string>
#include <vector>

#include "ofd_structure.h"
#include "package.h"

namespace lantai::extract::worker {

struct OfdTag {
  std::string name;   // its path below the root, without prefixes: `Buyer/BuyerName`
  std::string value;  // what the objects say, joined; one a line where the tag is repeated
};

// In their order, at most 500. Parts that are missing or broken are left out. Reads every page again, if there are
// tags.
std::vector<OfdTag> read_ofd_tags(const Package& package, const std::string& root, const OfdStructure& document,
                                  Report& report);

}  // namespace lantai::extract::worker
