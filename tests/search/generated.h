// Holdings made at random, and what plain scanning of their folded text finds: the truth that search is held against.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

#include "lantai/index/document.h"

namespace lantai::search::testing {

using Random = std::mt19937;
using Ids = std::set<std::string>;

// A passage as scanners and typists leave it: words, digits, Latin, punctuation, spaces and line breaks inside words,
// some of it in traditional characters or full width.
std::u32string passage(Random& random, std::size_t characters);

std::vector<index::Document> holdings(Random& random, std::size_t count);

// How somebody else might type the same: other script, width, case or spacing.
std::string typed_otherwise(Random& random, std::u32string_view text);

// Every text of a document that search may look at, folded: fields, file names, bodies with pages joined.
struct Scanned {
  std::string id;
  std::vector<std::u32string> texts;
  std::u32string title;
};
std::vector<Scanned> scan(const std::vector<index::Document>& documents);

Ids containing(const std::vector<Scanned>& scanned, std::u32string_view folded, bool title_only = false);

}  // namespace lantai::search::testing
