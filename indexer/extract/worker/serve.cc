#include "serve.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "extract.h"
#include "image.h"
#include "ofd_drawing.h"
#include "pdf.h"
#include "read_table.h"
#include "sandbox.h"
#include "unpack.h"

namespace lantai::extract::worker {
namespace {

// In 1/10,000 of the page.
std::uint64_t part(double fraction) {
  return static_cast<std::uint64_t>(std::clamp(fraction, 0.0, 1.0) * 10'000 + 0.5);
}

constexpr std::uint32_t kOfdOcrWidth = 2480;  // of A4 at 300 dots per inch
constexpr long kMaxProcessorSeconds = 1'200;

// Formats whose pages only LibreOffice can draw: the extension they go by. Pages of texts and sheets are as it lays
// them out, those of the text are not (docs/formats/extraction.md).
std::string_view laid_out_as_pdf(const Identity& identity) {
  if (identity.encrypted) return {};
  switch (identity.kind) {
    case Kind::office:
      return identity.extension;
    case Kind::docx:
      return "docx";
    case Kind::xlsx:
      return "xlsx";
    case Kind::pptx:
      return "pptx";
    case Kind::odf: {
      const std::string_view type = std::string_view(identity.media_type).substr(identity.media_type.rfind('.') + 1);
      return type == "text" ? "odt" : type == "spreadsheet" ? "ods" : type == "presentation" ? "odp" : "odg";
    }
    default:
      return {};
  }
}

class Server {
 public:
  Server(Channel& channel, const Charsets& charsets, const Magic& magic)
      : channel_(channel), charsets_(charsets), magic_(magic) {}

  void answer(const Channel::Incoming& incoming) {
    const auto& request = incoming.request;
    Budget budget(request.limits);
    Report report(channel_, budget);
    try {
      if (request.kind == FrameKind::probe) return probe();
      Source source(incoming.descriptor);
      Context context{charsets_, magic_, ocr_, request.ocr, request.name};
      handle(request, source, report, context);
    } catch (const Fault& fault) {
      report.failure(fault.code, fault.detail);
    } catch (const std::bad_alloc&) {
      report.failure("memory_limit", "needs more memory than allowed");
    } catch (const std::exception& problem) {
      report.failure("damaged", problem.what());
    }
  }

  // Memory that libraries keep and processor time add up; a fresh worker has neither.
  bool worn_out(const Limits& limits) const {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec > kMaxProcessorSeconds ||
           static_cast<std::uint64_t>(usage.ru_maxrss) * 1024 > limits.memory_bytes / 2;
  }

 private:
  void handle(const Request& request, Source& source, Report& report, Context& context) {
    switch (request.kind) {
      case FrameKind::extract:
        return extract(source, report, context, 0);
      case FrameKind::identify: {
        const auto identity = identify(source, charsets_, magic_);
        report.identified(identity.media_type, identity.format, identity.evidence);
        if (const auto extension = laid_out_as_pdf(identity); !extension.empty())
          report.want_conversion(extension, "pdf", {});
        return;
      }
      case FrameKind::glance:
        report.glance();
        return extract(source, report, context, 0);
      case FrameKind::unpack:
        return unpack(source, report, context);
      case FrameKind::render_page:
        return render_page(source, report, request);
      case FrameKind::read_table:
        return read_table(source, report, context);
      case FrameKind::ocr_page:
        return ocr_page(source, report, request);
      case FrameKind::place_characters:
        return place_characters(source, report, request);
      case FrameKind::count_pages:
        return count_pages(source, report);
      default:
        throw Fault("unsupported_format", "unknown request");
    }
  }

  Image page_image(Source& source, Report& report, const Request& request, std::uint32_t width) {
    const auto identity = identify(source, charsets_, magic_);
    if (identity.kind == Kind::pdf) {
      const Pdf pdf(source.all());
      return width == 0 ? pdf.render(request.page, kOcrDotsPerInch) : pdf.render_to_width(request.page, width);
    }
    if (identity.kind == Kind::ofd) {
      const Package package(source, report, charsets_);
      return OfdDrawing(package, report, charsets_).render(request.page, width == 0 ? kOfdOcrWidth : width);
    }
    if (identity.kind != Kind::image || request.page == 0 || request.page > Image::count(source.all()))
      throw Fault("unsupported_format", "no page images");
    auto image = Image::from_file(source.all(), request.page);
    return width == 0 ? std::move(image) : image.scaled_to_width(width);
  }

  void count_pages(Source& source, Report& report) {
    const auto kind = identify(source, charsets_, magic_).kind;
    if (kind == Kind::ofd) {
      const Package package(source, report, charsets_);
      return report.metadata("page_count", std::to_string(OfdDrawing(package, report, charsets_).page_count()));
    }
    if (kind != Kind::pdf && kind != Kind::image) throw Fault("unsupported_format", "no page images");
    const auto count = kind == Kind::pdf ? Pdf(source.all()).page_count() : Image::count(source.all());
    report.metadata("page_count", std::to_string(count));
  }

  void render_page(Source& source, Report& report, const Request& request) {
    const auto png = page_image(source, report, request, request.width).to_png();
    report.budget().spend_output(png.size());
    for (std::size_t at = 0; at < png.size(); at += kMaxPieceBytes) {
      const auto piece = ByteView(png).subspan(at, std::min(kMaxPieceBytes, png.size() - at));
      channel_.send(FrameKind::data, {}, {as_chars(piece)});
    }
  }

  // With where its characters stand, so that nobody has to wait for OCR again to see a hit on the picture.
  void ocr_page(Source& source, Report& report, const Request& request) {
    auto read = ocr_.read(page_image(source, report, request, 0));
    if (!read.text.empty()) report.page(request.page, read.text, true);
    add_text_layer(source, request, read.layout);
    send(read.layout, report);
  }

  // What was read by OCR for the index is so here, and what its text layer says comes behind.
  void place_characters(Source& source, Report& report, const Request& request) {
    const auto kind = identify(source, charsets_, magic_).kind;
    if (kind == Kind::ofd) {
      const Package package(source, report, charsets_);
      auto look = OfdDrawing(package, report, charsets_).look(request.page);
      if (!request.ocr || !look.scan) return send(look.layout, report);
      report.progress();
      auto layout = ocr_.read(page_image(source, report, request, 0)).layout;
      std::move(look.layout.characters.begin(), look.layout.characters.end(), std::back_inserter(layout.characters));
      return send(layout, report);
    }
    if (kind != Kind::pdf && kind != Kind::image) throw Fault("unsupported_format", "no page images");
    bool scan = true;
    if (kind == Kind::pdf) {
      const Pdf pdf(source.all());
      scan = pdf.is_scan(request.page, pdf.text(request.page));
    }
    PageLayout layout;
    if (request.ocr && scan) {
      report.progress();
      layout = ocr_.read(page_image(source, report, request, 0)).layout;
    }
    add_text_layer(source, request, layout);
    send(layout, report);
  }

  void add_text_layer(Source& source, const Request& request, PageLayout& layout) {
    if (identify(source, charsets_, magic_).kind != Kind::pdf) return;
    auto characters = Pdf(source.all()).layout(request.page).characters;
    std::move(characters.begin(), characters.end(), std::back_inserter(layout.characters));
  }

  void send(const PageLayout& layout, Report& report) {
    for (const auto& [text, after, box, confidence] : layout.characters) {
      report.budget().spend_output(text.size());
      channel_.send(FrameKind::placed,
                    {part(box.left), part(box.top), part(box.right), part(box.bottom), confidence, layout.from_ocr},
                    {text, after});
    }
  }

  void probe() {
    for (const auto& attempt : try_to_break_out())
      channel_.send(FrameKind::attempt, {attempt.allowed ? 1U : 0U}, {attempt.what});
  }

  Channel& channel_;
  const Charsets& charsets_;
  const Magic& magic_;
  OcrEngine ocr_;
};

}  // namespace

void serve(Channel& channel, const Charsets& charsets, const Magic& magic) {
  Server server(channel, charsets, magic);
  while (true) {
    const auto incoming = channel.receive();
    limit_processor_time(incoming.request.limits.wall_time);
    server.answer(incoming);
    limit_processor_time(std::chrono::milliseconds(0));
    channel.send(FrameKind::done, {server.worn_out(incoming.request.limits) ? 1U : 0U}, {});
  }
}

}  // namespace lantai::extract::worker
