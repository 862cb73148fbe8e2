#include "extract.h"

#include <new>

namespace lantai::extract::worker {
namespace {

void read_content(Source& source, const Identity& identity, Report& report, Context& context, unsigned depth) {
  switch (identity.kind) {
    case Kind::empty:
      return;
    case Kind::text:
      return read_text(source, identity, report, context);
    case Kind::html:
      return read_html(source, report, context);
    case Kind::pdf:
      return read_pdf(source, report, context, depth);
    case Kind::docx:
      return read_docx(source, report, context, depth);
    case Kind::xlsx:
      return read_xlsx(source, report, context, depth);
    case Kind::pptx:
      return read_pptx(source, report, context, depth);
    case Kind::odf:
      return read_odf(source, identity, report, context, depth);
    case Kind::ofd:
      return read_ofd(source, report, context, depth);
    case Kind::epub:
      return read_epub(source, report, context, depth);
    case Kind::svg:
      return read_svg(source, report, context);
    case Kind::archive:
      return read_archive(source, identity, report, context, depth);
    case Kind::mail:
      return read_mail(source, report, context, depth);
    case Kind::mailbox:
      return read_mailbox(source, report, context, depth);
    case Kind::outlook:
      return read_outlook(source, report, context, depth);
    case Kind::outlook_folders:
      return read_pst(source, report, context);
    case Kind::image:
      return read_image(source, report, context);
    case Kind::media:
      return read_media(source, identity, report, context);
    case Kind::office:
      return report.want_conversion(identity.extension, identity.converted, report.top() ? ByteView() : source.all());
    case Kind::known_unsupported:
      throw Fault("unsupported_format", "no reader for " + identity.format);
    case Kind::unknown:
      throw Fault("unsupported_format", "neither text nor a format known by its content");
  }
}

// What is read in about the time it takes to say what it is, unless something in it takes longer (Report::slow_step).
bool is_read_at_a_glance(Kind kind) {
  switch (kind) {
    case Kind::empty:
    case Kind::text:
    case Kind::html:
    case Kind::pdf:
    case Kind::docx:
    case Kind::xlsx:
    case Kind::pptx:
    case Kind::odf:
    case Kind::ofd:
    case Kind::epub:
    case Kind::svg:
    case Kind::mail:
      return true;
    default:
      return false;
  }
}

}  // namespace

void extract(Source& source, Report& report, Context& context, unsigned depth) {
  try {
    const auto identity = identify(source, context.charsets, context.magic);
    report.identified(identity.media_type, identity.format, identity.evidence);
    if (report.top() && report.glances() && !is_read_at_a_glance(identity.kind)) return report.want_reading();
    if (identity.kind != Kind::text) report.send_what_is_known();
    if (identity.damaged) damaged("its container cannot be read");
    if (identity.encrypted) throw Fault("encrypted", "protected by a password");
    if (depth > report.budget().limits().depth) throw Fault("too_deep", "nested more deeply than allowed");
    read_content(source, identity, report, context, depth);
  } catch (const Fault& fault) {
    report.failure(fault.code, fault.detail);
    if (fault.scope == Fault::Scope::everything) throw;
  } catch (const std::bad_alloc&) {
    report.failure("memory_limit", "needs more memory than allowed");
  }
}

void extract_embedded(Bytes bytes, Report& member, Context& context, unsigned depth) {
  const auto size = bytes.size();
  Source source(std::move(bytes));
  try {
    extract(source, member, context, depth);
  } catch (const Fault&) {
    member.end_embedded(size);
    throw;
  }
  member.end_embedded(size);
}

}  // namespace lantai::extract::worker
