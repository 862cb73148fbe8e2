// How is one file read? Identified, handed to the reader of its format, and again for what is inside it.
// Thread-confined, like everything in the worker.
#pragma once

#include "charset.h"
#include "identify.h"
#include "ocr.h"
#include "report.h"
#include "source.h"

namespace lantai::extract::worker {

struct Context {
  const Charsets& charsets;
  const Magic& magic;
  OcrEngine& ocr;
  bool ocr_allowed = true;
  std::string name;          // of the file itself, a hint
  int smallest_picture = 0;  // pixels of its shorter side; smaller ones are not read by OCR
};

// What goes wrong ends up in the report; a limit of the whole request is thrown on (Fault::Scope::everything).
void extract(Source& source, Report& report, Context& context, unsigned depth);

// A member whose bytes are in memory.
void extract_embedded(Bytes bytes, Report& member, Context& context, unsigned depth);

// One reader a format; each throws Fault.
void read_text(Source& source, const Identity& identity, Report& report, const Context& context);
void read_html(Source& source, Report& report, const Context& context);
void read_pdf(Source& source, Report& report, Context& context, unsigned depth);
void read_docx(Source& source, Report& report, Context& context, unsigned depth);
void read_xlsx(Source& source, Report& report, Context& context, unsigned depth);
void read_pptx(Source& source, Report& report, Context& context, unsigned depth);
void read_ofd(Source& source, Report& report, Context& context, unsigned depth);
void read_odf(Source& source, const Identity& identity, Report& report, Context& context, unsigned depth);
void read_epub(Source& source, Report& report, Context& context, unsigned depth);
void read_svg(Source& source, Report& report, const Context& context);
void read_archive(Source& source, const Identity& identity, Report& report, Context& context, unsigned depth);
// One message, and a file of many (mbox).
void read_mail(Source& source, Report& report, Context& context, unsigned depth);
void read_mailbox(Source& source, Report& report, Context& context, unsigned depth);
void read_outlook(Source& source, Report& report, Context& context, unsigned depth);
void read_pst(Source& source, Report& report, Context& context);
void read_media(Source& source, const Identity& identity, Report& report, const Context& context);
void read_image(Source& source, Report& report, Context& context);

}  // namespace lantai::extract::worker
