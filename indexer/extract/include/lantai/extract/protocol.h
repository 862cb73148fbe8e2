// What do the server and a worker say to each other? Frames over a stream socket: a little-endian 32-bit length, then a
// kind, numbers and byte fields (docs/formats/extraction.md). The decoder trusts nothing: a worker that parsed hostile
// bytes may say anything. Values; FrameDecoder is thread-compatible. Fuzzed by tests/fuzz/extract_protocol.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/extract/extractor.h"

namespace lantai::extract {

inline constexpr std::uint64_t kProtocolVersion = 4;
inline constexpr std::uint32_t kMaxFrameBytes = 1U << 20U;  // without the length itself
inline constexpr std::size_t kMaxPieceBytes = 256U << 10U;  // text and data travel in pieces of at most this
inline constexpr int kOutOfMemoryExit = 77;                 // a worker's exit status
// Changes when the same bytes would give another result.
inline constexpr std::string_view kExtractionVersion = "6";

enum class FrameKind : std::uint8_t {
  // parent → worker; numbers: see Request
  extract = 1,
  unpack,
  render_page,
  read_table,
  identify,
  ocr_page,
  probe,
  convert,  // only to lantai-office-worker; name: the extension the document goes by
  place_characters,
  count_pages,  // answered by metadata `page_count`
  glance,       // as identify; a plain text is read as well
  // worker → parent: numbers | fields
  hello = 32,      // protocol version, complete | detail
  identified,      // – | media type, format, evidence (empty: as told before)
  title,           // – | title
  metadata,        // – | key, value
  page,            // target, page number, ocr | –       target 0: the file itself, n: the n-th embedded
  text,            // – | a piece of the page begun last
  embedded,        // – | path, raw name                 gets the next target number
  embedded_end,    // target, size | media type, error code
  warning,         // – | code, detail
  failure,         // – | code, detail
  ocr_wanted,      // page number | –
  convert_wanted,  // target | extension, format to convert to; of a member, its bytes follow as data
  progress,        // – | –                              a slow step begins: the time limit counts from here
  member,          // size | path, raw name
  member_end,      // – | failure code
  data,            // – | a piece of a member or of an image
  row,             // – | cells
  row_part,        // – | cells; the row goes on in the next frame
  attempt,         // allowed | what was tried
  placed,          // left, top, right, bottom in 1/10,000 of the page, confidence, ocr | a character, what follows it
  unread,          // – | –                              a glance was not enough: `extract` reads it
  done,            // worker wants to be replaced | –
};

struct Frame {
  FrameKind kind = FrameKind::done;
  std::vector<std::uint64_t> numbers;  // at most 16
  std::vector<Bytes> fields;           // at most 65,535

  std::uint64_t number(std::size_t index) const;  // throws data_loss if there are fewer
  std::string text(std::size_t index) const;      // as UTF-8, ill-formed bytes replaced; throws data_loss
  const Bytes& bytes(std::size_t index) const;    // throws data_loss
};

// The frame with its length in front. Throws invalid_argument above kMaxFrameBytes.
Bytes encode(const Frame& frame);

// Takes bytes as they come, gives whole frames. After a throw (data_loss) it is of no further use.
class FrameDecoder {
 public:
  void add(ByteView bytes);
  std::optional<Frame> next();
  bool idle() const { return begin_ == buffer_.size(); }  // nothing of a frame is waiting

 private:
  Bytes buffer_;
  std::size_t begin_ = 0;
};

struct Request {
  FrameKind kind = FrameKind::extract;
  Limits limits;
  bool ocr = true;
  std::uint32_t page = 0;
  std::uint32_t width = 0;
  std::string name;
  std::string target;  // of convert: pdf, xlsx, pptx
};

Frame to_frame(const Request& request);
Request to_request(const Frame& frame);  // throws data_loss

}  // namespace lantai::extract
