// Which files are extracted in the tests? Small ones, built here byte by byte or by libarchive.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lantai::extract::test {

using Members = std::vector<std::pair<std::string, std::string>>;  // name as raw bytes, content

std::string zip(const Members& members, const char* password = nullptr);
std::string tar(const Members& members, bool gzipped = false);
// `format` as libarchive names it: `7zip`, `iso9660`, `cpio`, `newc`.
std::string packed(const std::string& format, const Members& members);
// `filter` as libarchive names it: `gzip`, `bzip2`, `xz`, `zstd`.
std::string compressed(const std::string& filter, const std::string& content);

// A page a list of lines; ASCII in Helvetica, other lines in a Chinese font that is not embedded.
struct PdfText {
  std::vector<std::vector<std::string>> pages;
  std::string title = {};
  int font_size = 12;
  std::pair<std::string, std::string> attachment = {};  // name, content
  std::string xmp = {};                                 // metadata of the document
  std::string signature_format = {};                    // as /SubFilter names it; the signature itself is empty
};
std::string pdf(const PdfText& text);
// A page that is nothing but a picture: `png` as render_page gives it (RGB, not interlaced). `stamp`: ASCII text that
// the scanner's program put below. `as_character`: the picture is drawn as the only character of a font, which nobody
// can name.
std::string scanned_pdf(std::string_view png, const std::string& stamp = "", bool as_character = false);

// `png`s as pages of one picture: `tiff` of any number, `bmp`, `gif`, `jpeg`, `webp`, `heic` of one. `jpeg lying`:
// turned left.
std::string picture(const std::string& format, const std::vector<std::string>& pngs);

// The colour of a picture at fractions of its width and height: 0xRRGGBB.
unsigned colour_at(std::string_view png, double across, double down);

// `body` is what stands inside <w:body>.
std::string docx(const std::string& body, const Members& more = {});
std::string paragraph(const std::string& text);  // <w:p> with one run

// A sheet's rows are the inside of <sheetData>.
struct XlsxSheet {
  std::string name;
  std::string rows;
};
std::string xlsx(const std::vector<XlsxSheet>& sheets, const std::vector<std::string>& shared_strings = {},
                 const std::string& styles = "");
// Each slide a list of paragraphs; its notes follow.
struct PptxSlide {
  std::vector<std::string> paragraphs;
  std::string notes = {};
};
std::string pptx(const std::vector<PptxSlide>& slides);

// A run of an OFD page: position of the baseline in millimetres, and text.
struct OfdRun {
  double x, y;
  std::string text;
};
struct OfdPackage {
  std::vector<std::vector<OfdRun>> pages;
  std::vector<OfdRun> page_template = {};
  std::string annotation = {};  // on the first page
  std::pair<std::string, std::string> attachment = {};
  std::string name_space = "http://www.ofdspec.org/2016";
  std::string title = {};
};
std::string ofd(const OfdPackage& package);
std::string odt(const std::string& body);

}  // namespace lantai::extract::test
