// What could be catalogued of a record, going by the text of its files? Elements of an official document 公文, for the
// fields that take them (`element` in the declaration), as those fields would keep them. Nothing is written: a person
// decides. Thread-safe. Tests: tests/archive/suggestions_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lantai/archive/text_store.h"
#include "lantai/records/record_engine.h"

namespace lantai::archive {

struct Suggestion {
  struct Place {
    std::uint32_t page = 0;
    std::size_t begin = 0, end = 0;  // bytes of the page's text
    std::string text;                // as it stands there
  };
  std::string field;
  schema::Json value;  // a list where the field has many
  double confidence = 0;
  std::uint32_t file = 0;  // its number
  std::vector<Place> places;
};

// From the first file that gives any, in the order of the declaration. Cost: reading that text.
std::vector<Suggestion> suggest(const schema::Schema& schema, const schema::TypeDecl& type,
                                const records::Record& record, const TextStore& texts);

}  // namespace lantai::archive
