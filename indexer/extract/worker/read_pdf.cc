#include <poppler-document.h>
#include <poppler-embedded-file.h>

#include <algorithm>
#include <set>
#include <string>

#include "extract.h"
#include "pdf.h"
#include "plausible.h"
#include "timestamp.h"
#include "utf8.h"
#include "xml.h"

namespace lantai::extract::worker {
namespace {

std::string to_text(const poppler::ustring& text) {
  const auto utf8 = text.to_utf8();
  return trim(to_valid_utf8({utf8.data(), utf8.size()}));
}

// What the document claims to be, such as `PDF/A-2b` (ISO 19005-2, 6.6.4): nobody has checked it.
std::string archival_claim(const std::string& xmp, const Charsets& charsets) {
  std::string part, level;
  struct Walker final : pugi::xml_tree_walker {
    std::string &part, &level;
    Walker(std::string& p, std::string& l) : part(p), level(l) {}
    bool for_each(pugi::xml_node& node) override {
      const std::string_view name = node.name();
      if (name == "pdfaid:part") part = trim(node.child_value());
      if (name == "pdfaid:conformance") level = trim(node.child_value());
      if (const auto given = node.attribute("pdfaid:part")) part = given.value();
      if (const auto given = node.attribute("pdfaid:conformance")) level = given.value();
      return true;
    }
  } walker(part, level);
  try {
    auto document = parse_xml(as_bytes(xmp), charsets);
    document.traverse(walker);
  } catch (const Fault&) {
    return {};
  }
  if (part.size() != 1 || part[0] < '1' || part[0] > '9' || level.size() > 1) return {};
  if (!level.empty()) level[0] = static_cast<char>(level[0] | 0x20);
  return "PDF/A-" + part + level;
}

// In which formats the document is signed (ISO 32000-1, 12.8.1: a signature covers a /ByteRange and stands in the file
// as it is). Whether the signatures hold is not said.
std::string signature_formats(std::string_view bytes) {
  std::set<std::string> formats;
  for (auto at = bytes.find("/ByteRange"); at != std::string_view::npos; at = bytes.find("/ByteRange", at + 1)) {
    constexpr std::string_view kKey = "/SubFilter";
    constexpr std::size_t kNear = 1024;  // keys of one dictionary, apart from the signature itself
    const auto begin = at - std::min(at, kNear);
    const auto around = bytes.substr(begin, 2 * kNear);
    const auto key = around.find(kKey);
    if (key == std::string_view::npos) continue;
    auto name = around.substr(key + kKey.size());
    name.remove_prefix(std::min(name.find_first_not_of(" \t\r\n"), name.size()));
    if (name.empty() || name.front() != '/') continue;
    name = name.substr(1, name.find_first_of(" \t\r\n/<>[]()", 1) - 1);
    if (name.size() < 64) formats.insert(to_valid_utf8(name));
  }
  std::string listed;
  for (const auto& format : formats) listed += (listed.empty() ? "" : ", ") + format;
  return listed;
}

void read_metadata(const poppler::document& document, Report& report) {
  report.title(to_text(document.get_title()));
  report.metadata("author", to_text(document.get_author()));
  report.metadata("subject", to_text(document.get_subject()));
  report.metadata("keywords", to_text(document.get_keywords()));
  report.metadata("creator", to_text(document.get_creator()));
  report.metadata("producer", to_text(document.get_producer()));
  report.metadata("created", rfc3339(document.get_creation_date_t()));
  report.metadata("modified", rfc3339(document.get_modification_date_t()));
  report.metadata("page_count", std::to_string(document.pages()));
}

// Is the page to be read by OCR? A text layer nobody can read is as good as none.
bool is_scan(const Pdf& pdf, std::uint32_t number, WrittenPage& page, Report& report, const Context& context) {
  if (looks_garbled(page.text)) {
    report.warning("text_unreliable", "page " + std::to_string(number) + ": the fonts do not say which characters");
    if (context.ocr_allowed) page = {};
  }
  return context.ocr_allowed && pdf.is_scan(number, page);
}

void read_pages(const Pdf& pdf, Report& report, const Context& context) {
  for (std::uint32_t number = 1; number <= pdf.page_count(); ++number) {
    WrittenPage page;
    try {
      page = pdf.text(number);
    } catch (const Fault& fault) {
      report.warning("page_unreadable", "page " + std::to_string(number) + ": " + fault.detail);
      continue;
    }
    const bool scanned = is_scan(pdf, number, page, report, context);
    const auto& text = page.text;
    if (scanned && !report.top()) {
      report.progress();
      const auto read = context.ocr.read(pdf.render(number, kOcrDotsPerInch)).text;
      if (!read.empty()) {
        report.page(number, with_ocr(text, read), true);
        continue;
      }
    }
    if (!text.empty()) report.page(number, text);
    if (scanned && report.top()) report.want_ocr(number);
  }
}

void read_attachments(const poppler::document& document, Report& report, Context& context, unsigned depth) {
  if (!document.has_embedded_files()) return;
  for (const auto* file : document.embedded_files()) {
    if (file == nullptr || !file->is_valid()) continue;
    const std::string raw = file->name();
    Report member = report.embed(to_valid_utf8(raw), as_bytes(raw));
    const auto data = file->data();
    report.budget().spend_expanded(data.size());
    extract_embedded(Bytes(data.begin(), data.end()), member, context, depth + 1);
  }
}

bool has_end_mark(ByteView bytes) {
  constexpr std::size_t kTail = 64U << 10U;
  const auto tail = as_chars(bytes.subspan(bytes.size() - std::min(bytes.size(), kTail)));
  return tail.find("%%EOF") != std::string_view::npos;
}

}  // namespace

void read_pdf(Source& source, Report& report, Context& context, unsigned depth) {
  const auto bytes = source.all();
  Pdf pdf(bytes);
  int major = 0, minor = 0;
  pdf.document().get_pdf_version(&major, &minor);
  report.identified("application/pdf", "PDF " + std::to_string(major) + "." + std::to_string(minor));
  read_metadata(pdf.document(), report);
  report.metadata("archival", archival_claim(to_text(pdf.document().metadata()), context.charsets));
  report.metadata("signed", signature_formats(as_chars(bytes)));
  read_pages(pdf, report, context);
  read_attachments(pdf.document(), report, context, depth);
  if (!has_end_mark(bytes)) damaged("the end of the file is missing");
  if (pdf.page_count() == 0) damaged("no page can be found");
}

}  // namespace lantai::extract::worker
