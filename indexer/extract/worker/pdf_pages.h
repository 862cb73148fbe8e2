// What does a page of a PDF say, and does it show anything beside its text? Both seen in one pass over what draws it:
// poppler reads a page's fonts anew for each pass, which is most of its work, and its C++ interface has a pass for each
// question. So this is its inner interface (docs/adr/0103). Thread-confined; needs a poppler::document that is open as
// long.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "lantai/base/bytes.h"

class Page;
class PDFDoc;

namespace lantai::extract::worker {

struct WrittenPage {
  std::string text;         // as poppler gives it
  bool text_alone = false;  // nothing else is drawn, no line, picture or character that nobody can name
};

class PdfPages {
 public:
  // The bytes must outlive it.
  explicit PdfPages(ByteView bytes);
  ~PdfPages();
  PdfPages(const PdfPages&) = delete;
  PdfPages& operator=(const PdfPages&) = delete;

  // `as_written`: in the order of the file, else in that of columns and lines. Page 1 is the first; none there,
  // nothing.
  WrittenPage read(std::uint32_t number, bool as_written);

 private:
  void unpack_fonts(Page& page);
  void unpack(int number, int generation);

  std::deque<std::string> unpacked_;  // fonts' files, which the document refers to
  std::size_t unpacked_bytes_ = 0;
  std::set<std::pair<int, int>> looked_at_;
  std::unique_ptr<PDFDoc> document_;
};

}  // namespace lantai::extract::worker
