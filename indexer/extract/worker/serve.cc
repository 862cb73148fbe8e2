#include "serve.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "extract.h"
#include "image.h"
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

constexpr long kMaxProcessorSeconds = 1'200;

// Formats whose pages, as numbered in their text, only LibreOffice can draw: the extension they go by.
std::string_view laid_out_as_pdf(const Identity& identity) {
  if (identity.encrypted) return {};
  if (identity.kind == Kind::office && identity.converted != "xlsx") return identity.extension;
  if (identity.kind == Kind::pptx) return "pptx";
  if (identity.media_type == "application/vnd.oasis.opendocument.presentation") return "odp";
  return {};
}

class Server {
 public:
  Server(Channel& channel, const Charsets& charsets) : channel_(channel), charsets_(charsets) {}

  void answer(const Channel::Incoming& incoming) {
    const auto& request = incoming.request;
    Budget budget(request.limits);
    Report report(channel_, budget);
    try {
      if (request.kind == FrameKind::probe) return probe();
      Source source(incoming.descriptor);
      Context context{charsets_, ocr_, request.ocr, request.name};
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
        const auto identity = identify(source, charsets_);
        report.identified(identity.media_type, identity.format);
        if (const auto extension = laid_out_as_pdf(identity); !extension.empty())
          report.want_conversion(extension, "pdf", {});
        return;
      }
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
      default:
        throw Fault("unsupported_format", "unknown request");
    }
  }

  Image page_image(Source& source, const Request& request, std::uint32_t width) {
    const auto identity = identify(source, charsets_);
    if (identity.kind == Kind::pdf) {
      const Pdf pdf(source.all());
      return width == 0 ? pdf.render(request.page, kOcrDotsPerInch) : pdf.render_to_width(request.page, width);
    }
    if (identity.kind != Kind::image || request.page == 0 || request.page > Image::count(source.all()))
      throw Fault("unsupported_format", "no page images");
    auto image = Image::from_file(source.all(), request.page);
    return width == 0 ? std::move(image) : image.scaled_to_width(width);
  }

  void render_page(Source& source, Report& report, const Request& request) {
    const auto png = page_image(source, request, request.width).to_png();
    report.budget().spend_output(png.size());
    for (std::size_t at = 0; at < png.size(); at += kMaxPieceBytes) {
      const auto piece = ByteView(png).subspan(at, std::min(kMaxPieceBytes, png.size() - at));
      channel_.send(FrameKind::data, {}, {as_chars(piece)});
    }
  }

  void ocr_page(Source& source, Report& report, const Request& request) {
    const auto text = ocr_.read(page_image(source, request, 0));
    if (!text.empty()) report.page(request.page, text, true);
  }

  // What was read by OCR for the index is so here, and what its text layer says comes behind.
  void place_characters(Source& source, Report& report, const Request& request) {
    PageLayout layout;
    bool scan = true;
    const auto kind = identify(source, charsets_).kind;
    if (kind != Kind::pdf && kind != Kind::image) throw Fault("unsupported_format", "no page images");
    if (kind == Kind::pdf) {
      const Pdf pdf(source.all());
      layout = pdf.layout(request.page);
      scan = pdf.is_scan(request.page, pdf.text(request.page));
    }
    if (request.ocr && scan) {
      report.progress();
      auto read = ocr_.place(page_image(source, request, 0));
      std::move(layout.characters.begin(), layout.characters.end(), std::back_inserter(read.characters));
      layout = std::move(read);
    }
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
  OcrEngine ocr_;
};

}  // namespace

void serve(Channel& channel, const Charsets& charsets) {
  Server server(channel, charsets);
  while (true) {
    const auto incoming = channel.receive();
    limit_processor_time(incoming.request.limits.wall_time);
    server.answer(incoming);
    limit_processor_time(std::chrono::milliseconds(0));
    channel.send(FrameKind::done, {server.worn_out(incoming.request.limits) ? 1U : 0U}, {});
  }
}

}  // namespace lantai::extract::worker
