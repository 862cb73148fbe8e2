// What does poppler see in this PDF? Thread-confined.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "image.h"
#include "lantai/extract/page_layout.h"
#include "pdf_pages.h"

namespace poppler {
class document;
}

namespace lantai::extract::worker {

inline constexpr double kOcrDotsPerInch = 300.0;

// What poppler sets up for a document, such as its tables of Chinese characters, stays for the next as long as one is
// open: keeps one open until the process ends.
void keep_poppler_ready();

class Pdf {
 public:
  // Throws Fault damaged, encrypted or too_large. The bytes must outlive it.
  explicit Pdf(ByteView bytes);
  Pdf(const Pdf&) = delete;
  Pdf& operator=(const Pdf&) = delete;
  ~Pdf();

  poppler::document& document() { return *document_; }
  std::uint32_t page_count() const;
  WrittenPage text(std::uint32_t number) const;  // reading order
  // The characters of the text layer and where they stand on the page as it is drawn.
  PageLayout layout(std::uint32_t number) const;
  // Is the page, whose text layer says `page`, to be read by OCR? One that shows anything beside no text or a
  // few characters is; one that shows much beside its little text, such as a scan with a stamp of the scanner's
  // program; and one whose text nobody can read.
  bool is_scan(std::uint32_t number, const WrittenPage& page) const;
  // Throw Fault damaged when there is no such page.
  Image render(std::uint32_t number, double dots_per_inch) const;
  Image render_to_width(std::uint32_t number, std::uint32_t width) const;

 private:
  std::unique_ptr<poppler::document> document_;
  std::unique_ptr<PdfPages> pages_;
  bool written_in_order_ = false;  // by an office program, which writes its text in the order in which it is read
};

}  // namespace lantai::extract::worker
