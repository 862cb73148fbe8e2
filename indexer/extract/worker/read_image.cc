#include <algorithm>

#include "exif.h"
#include "extract.h"
#include "image.h"

namespace lantai::extract::worker {

// The file itself is read page by page in requests of their own; a picture inside something is read at once.
void read_image(Source& source, const Identity& identity, Report& report, Context& context) {
  const auto bytes = source.all();
  const auto pages = Image::count(bytes);
  bool large = true;
  {
    const auto first = Image::from_file(bytes);
    large = std::min(first.width(), first.height()) >= context.smallest_picture;
    report.metadata("width", std::to_string(first.width()));
    report.metadata("height", std::to_string(first.height()));
  }
  if (identity.media_type == "image/jpeg") report.metadata("created", read_exif(bytes).taken);
  if (pages > 1) report.metadata("page_count", std::to_string(pages));
  if (!context.ocr_allowed || !large) return;
  for (std::uint32_t number = 1; number <= pages; ++number) {
    if (report.top()) {
      report.want_ocr(number);
    } else {
      report.progress();
      const auto text = context.ocr.read(Image::from_file(bytes, number));
      if (!text.empty()) report.page(number, text, true);
    }
  }
}

}  // namespace lantai::extract::worker
