#include "extract.h"
#include "image.h"

namespace lantai::extract::worker {

// The file itself is read page by page in requests of their own; a picture inside something is read at once.
void read_image(Source& source, const Identity&, Report& report, Context& context) {
  const auto image = Image::from_file(source.all());
  report.metadata("width", std::to_string(image.width()));
  report.metadata("height", std::to_string(image.height()));
  if (!context.ocr_allowed) return;
  if (report.top()) return report.want_ocr(1);
  report.progress();
  const auto text = context.ocr.read(image);
  if (!text.empty()) report.page(1, text, true);
}

}  // namespace lantai::extract::worker
