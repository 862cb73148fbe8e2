// Which documents hold a term that is asked for again and again? The postings of a settled segment never change: once
// unpacked into memory any document is looked up in them at once (ADR 0090). Documents lie in chunks of 65,536 by their
// upper half; of each chunk the lower halves in order, or, where they are many, a bit for each (Chambi, Lemire, Kaser,
// Godin: Better bitmap performance with Roaring bitmaps, 2016); beside them the counts. One to three bytes a posting.
// Immutable, thread-safe; cursors thread-confined.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lantai/index/searchable.h"

namespace lantai::index {

class PostingList {
 public:
  // `all` stands at its first posting, of `count`, and is left at its end.
  PostingList(PostingCursor& all, std::size_t count);
  std::size_t size() const { return counts_.size(); }
  std::size_t bytes() const;

 private:
  friend class ListedCursor;
  static constexpr std::size_t kWords = 1024;  // of 64 documents, in a chunk
  static constexpr std::size_t kMany = 5'120;  // from here on bits and ranks take less room than numbers
  struct Chunk {
    std::uint32_t begin = 0;  // its first posting, in counts_
    std::uint32_t place = 0;  // in low_; or with bits, in bits_ and ranks_
    std::uint32_t size = 0;   // postings
    bool has_bits = false;
  };
  void end_chunk(std::vector<std::uint16_t>& low);

  DocId first_chunk_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<std::uint16_t> low_;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint16_t> ranks_;  // postings of the chunk before each word
  std::vector<std::uint8_t> counts_;
};

std::unique_ptr<PostingCursor> open_list(std::shared_ptr<const PostingList> list);

// The unpacked postings of one segment, as many as fit: all segments of a process share the room. Thread-safe.
class PostingLists {
 public:
  PostingLists() = default;
  ~PostingLists();
  PostingLists(const PostingLists&) = delete;
  PostingLists& operator=(const PostingLists&) = delete;

  // Of a list that is kept, or that was noted lately.
  std::optional<std::uint64_t> frequency(const std::string& term);
  void note_frequency(const std::string& term, std::uint64_t frequency);
  // nullptr: not kept. Then `walked` tells how many steps have been made in it elsewhere.
  std::shared_ptr<const PostingList> find(const std::string& term, std::uint64_t& walked);
  void note_walk(const std::string& term, std::uint64_t steps);
  // What was not asked for the longest makes room.
  void keep(const std::string& term, std::shared_ptr<const PostingList> list);

  static constexpr std::size_t kRoom = 384U << 20U;
  static constexpr std::uint64_t kFewest = 256;  // shorter lists are left as they are

 private:
  struct Entry {
    std::shared_ptr<const PostingList> list;
    std::list<std::string>::iterator place;
  };
  static constexpr std::size_t kNoted = 20'000;

  std::mutex mutex_;
  std::unordered_map<std::string, Entry> lists_;
  std::list<std::string> order_;  // the last asked for first
  std::unordered_map<std::string, std::uint64_t> frequencies_, walked_;
  std::size_t bytes_ = 0;
};

}  // namespace lantai::index
