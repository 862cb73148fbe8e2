// Which documents hold which term? The postings of a row of documents, sorted by term. Written by one thread, then only
// read.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis.h"
#include "lantai/index/columns.h"

namespace lantai::index {

// A document with its number, waiting to settle.
struct NumberedDocument {
  DocId doc = 0;
  std::shared_ptr<const AnalysedDocument> document;
};

struct Posting {
  DocId doc;
  std::uint32_t wdf;
};

class PostingsByTerm {
 public:
  PostingsByTerm() = default;
  // Of the terms that `wanted` says; `documents` come in increasing order. Cost: one look into a table a posting.
  PostingsByTerm(std::span<const NumberedDocument> documents, bool (*wanted)(std::string_view term));

  std::size_t size() const { return terms_.size(); }  // in terms, which are in byte order
  const std::string& term(std::size_t number) const { return terms_[number]; }
  std::span<const Posting> postings(std::size_t number) const {
    return std::span(postings_).subspan(begins_[number], begins_[number + 1] - begins_[number]);
  }
  std::size_t lower_bound(std::string_view term) const;
  bool holds(std::size_t number, std::string_view term) const { return number < size() && terms_[number] == term; }

  // Both, the documents of `newer` above those of `older`.
  static PostingsByTerm merged(const PostingsByTerm& older, const PostingsByTerm& newer);

 private:
  void add(const PostingsByTerm& other, std::size_t number);

  std::vector<std::string> terms_;
  std::vector<std::size_t> begins_{0};  // the postings of terms_[i] are [begins_[i], begins_[i + 1])
  std::vector<Posting> postings_;
};

}  // namespace lantai::index
