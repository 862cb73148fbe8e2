// Why is a record found by a search, or not? From the store, the extraction and the index together. A value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lantai/archive/text_store.h"
#include "lantai/search/searcher.h"

namespace lantai::app {

// `code`: id in metadata-schema/messages, such as `explain.part_missing`; `detail`: what it is about.
using Reason = search::Hint;

struct ExplainedFile {
  std::uint32_t number = 0;
  std::string name;
  archive::TextState state = archive::TextState::waiting;
  std::uint64_t characters = 0;
  std::string error_code;
};

struct FoundOrNot {
  bool found = false;
  std::vector<Reason> reasons;  // in the order in which they would have to be seen to; never empty
  std::uint64_t version = 0;    // of the record in the store
  std::uint64_t position = 0;   // of the store's last change
  search::Explanation index;
  std::vector<ExplainedFile> files;
};

// What the parts amount to. Pure.
FoundOrNot conclude(const records::Record& record, std::vector<ExplainedFile> files, search::Explanation index,
                    std::uint64_t position);

// Everything but the reasons, which need a language.
schema::Json to_json(const FoundOrNot& explained);

}  // namespace lantai::app
