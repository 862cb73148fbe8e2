// Where is the text against which phrases are verified? In one append-only file of folded text, mapped into memory: a
// document is a row of streams, each a field value or a whole component file with its page boundaries
// (docs/formats/index.md). Each document's bytes carry a checksum. One writer; readers may read what a published
// document points at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::index {

struct PageStart {
  std::uint32_t page = 0;
  std::uint32_t offset = 0;  // in the stream's folded text, bytes
};

struct TextStream {
  std::string_view field;  // empty: the body of a component file
  std::uint32_t file = 0;
  bool code = false;  // holds a document number or reference code, which the N terms match
  std::string_view text;
  std::vector<PageStart> pages;
};

std::string encode_streams(const std::vector<TextStream>& streams);

// Walks encoded streams without copying the text; `pages` only when asked for.
class StreamReader {
 public:
  explicit StreamReader(std::string_view encoded, bool with_pages = false) : rest_(encoded), with_pages_(with_pages) {}
  bool next(TextStream& stream);

 private:
  std::string_view rest_;
  bool with_pages_;
};

class TextLog {
 public:
  // Cuts the file to `committed` bytes; throws data_loss when it is shorter.
  TextLog(const std::filesystem::path& file, std::uint64_t committed);
  ~TextLog();
  TextLog(const TextLog&) = delete;
  TextLog& operator=(const TextLog&) = delete;

  struct Place {
    std::uint64_t offset = 0;
    std::uint32_t size = 0;  // with the checksum
  };
  Place append(std::string_view bytes);  // visible at once, durable after sync()
  void sync();
  std::uint64_t size() const { return size_; }
  std::optional<std::string_view> read(Place place) const;  // nullopt: damaged. About 4 GB/s.
  std::string_view read_unchecked(Place place) const;       // of what was read lately
  void expect(Place place) const;                           // that it is read soon

  static constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 36U;  // 64 GiB of folded text

 private:
  int file_ = -1;
  std::uint64_t size_ = 0;
  const char* base_ = nullptr;
};

}  // namespace lantai::index
