#include <algorithm>

#include "extract.h"
#include "image.h"
#include "picture_metadata.h"

namespace lantai::extract::worker {

// The file itself is read page by page in requests of their own; a picture inside something is read at once.
void read_image(Source& source, Report& report, Context& context) {
  const auto bytes = source.all();
  const auto said = read_picture_metadata(bytes, context.charsets);
  report.title(said.title);
  for (const auto& [key, value] : said.fields) report.metadata(key, value);
  const auto pages = Image::count(bytes);
  bool large = true;
  {
    const auto first = Image::from_file(bytes);
    large = std::min(first.width(), first.height()) >= context.smallest_picture;
    report.metadata("width", std::to_string(first.width()));
    report.metadata("height", std::to_string(first.height()));
  }
  if (pages > 1) report.metadata("page_count", std::to_string(pages));
  if (!context.ocr_allowed || !large) return;
  for (std::uint32_t number = 1; number <= pages; ++number) {
    if (report.top()) {
      report.want_ocr(number);
    } else {
      report.progress();
      const auto text = context.ocr.read(Image::from_file(bytes, number)).text;
      if (!text.empty()) report.page(number, text, true);
    }
  }
}

}  // namespace lantai::extract::worker
