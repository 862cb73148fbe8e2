// Where do the postings of pairs of characters lie once they have settled? Nineteen of twenty postings are theirs: in a
// file of our own, written once, then mapped (docs/formats/index.md). Postings lie in blocks of 128, each as wide as
// its widest gap and its highest count need; a block is found by the first document of each and unpacked when somebody
// comes to it.
//
// Files are immutable and thread-safe; cursors thread-confined. Whatever a file holds, nothing outside it is read:
// damage that shows throws data_loss; that which does not is the digest's to find (Manifest).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/index/searchable.h"
#include "postings_by_term.h"

namespace lantai::index {

inline constexpr std::size_t kPostingsInBlock = 128;

class PostingFile {
 public:
  // Its documents lie in [first, last].
  PostingFile(const std::filesystem::path& file, DocId first, DocId last);
  ~PostingFile();
  PostingFile(const PostingFile&) = delete;
  PostingFile& operator=(const PostingFile&) = delete;

  struct Postings {
    std::uint64_t count = 0;
    std::string_view bytes;
  };
  // nullopt: no such term. Cost: a search over the first terms of blocks of sixteen, then through one block.
  std::optional<Postings> find(std::string_view term) const;
  // Terms that begin with `prefix`, in byte order; visit returns false to stop.
  void each_term(std::string_view prefix, const std::function<bool(const std::string&)>& visit) const;

  // Goes through the terms in order. Lives no longer than its file.
  class Walk {
   public:
    explicit Walk(const PostingFile& file) : Walk(file, 0) {}
    bool at_end() const { return at_end_; }
    void next();
    const std::string& term() const { return term_; }
    const Postings& postings() const { return postings_; }

   private:
    friend class PostingFile;
    Walk(const PostingFile& file, std::size_t block);
    const PostingFile* file_;
    std::size_t block_;
    std::string_view rest_;  // of the block
    std::uint64_t place_ = 0;
    std::string term_;
    Postings postings_;
    bool at_end_ = false;
  };

  DocId first() const { return first_; }
  DocId last() const { return last_; }

 private:
  std::string_view block(std::size_t number) const;
  std::string_view first_term(std::size_t block) const;
  Walk from(std::string_view term) const;  // the first term that is not below

  DocId first_, last_;
  std::string_view all_;
  std::string_view postings_, dictionary_, offsets_;
  std::size_t blocks_ = 0;
};

// Documents increasing.
class PackedCursor : public PostingCursor {
 public:
  PackedCursor(const PostingFile& file, const PostingFile::Postings& postings);
  void next() override;
  void skip_to(DocId doc) override;
  std::uint32_t wdf() const override;
  std::size_t fill(std::span<DocId> out, std::uint8_t* counts) override;

  static constexpr std::uint64_t kStepsOfBlock = 64;  // unpacking one, against a step in one

 protected:
  std::uint64_t steps() const { return steps_; }

 private:
  void load(std::size_t block);
  void load_counts() const;
  DocId first_of(std::size_t block) const;

  const DocId lowest_, highest_;
  std::string_view table_, blocks_;  // table_: empty when there is one block
  std::uint64_t count_;
  std::size_t block_count_, block_ = 0, at_ = 0, size_ = 0;
  std::uint64_t steps_ = 0;
  DocId only_first_ = 0;
  mutable bool counts_loaded_ = false;
  std::string_view packed_counts_;
  unsigned count_width_ = 0;
  std::uint8_t least_count_ = 0;
  std::uint32_t docs_[kPostingsInBlock];
  mutable std::uint8_t counts_[kPostingsInBlock];
};

// Throws resource_exhausted when the disk is full; what has been written by then is the caller's to remove.
class PostingFileWriter {
 public:
  explicit PostingFileWriter(const std::filesystem::path& file);
  ~PostingFileWriter();
  PostingFileWriter(const PostingFileWriter&) = delete;
  PostingFileWriter& operator=(const PostingFileWriter&) = delete;

  // Terms in byte order; of each at least one posting, documents increasing.
  void add(std::string_view term, std::span<const Posting> postings);
  void finish();  // written, not synced

 private:
  void write_out(std::size_t beyond);

  std::string name_;
  int file_ = -1;
  std::string waiting_;  // to be written
  std::uint64_t written_ = 0, postings_end_ = 0;
  std::string dictionary_, offsets_, before_;
  std::size_t terms_ = 0;
};

void write_posting_file(const std::filesystem::path& file, const PostingsByTerm& postings);
// Documents of each source lie above those of the one before.
void merge_posting_files(const std::filesystem::path& target, const std::vector<std::filesystem::path>& sources);

}  // namespace lantai::index
