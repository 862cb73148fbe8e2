#include "samples.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "fixture.h"

namespace lantai::extract::test {
namespace {

std::string pack(const Members& members, archive* writer) {
  const std::unique_ptr<archive, int (*)(archive*)> owner(writer, archive_write_free);
  std::string out;
  const auto on_write = [](archive*, void* to, const void* data, std::size_t size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  };
  archive_write_set_bytes_in_last_block(writer, 1);
  if (archive_write_open(writer, &out, nullptr, on_write, nullptr) != ARCHIVE_OK) throw std::runtime_error("archive");
  for (const auto& [name, content] : members) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_copy_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    if (archive_write_header(writer, entry.get()) < ARCHIVE_WARN)
      throw std::runtime_error(archive_error_string(writer));
    if (archive_write_data(writer, content.data(), content.size()) < 0) throw std::runtime_error("archive data");
  }
  archive_write_close(writer);
  return out;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string pdf_string(const std::string& line) {
  if (is_ascii(line)) return "/F1 {0} Tf (" + line + ") Tj";
  std::string hex;
  for (const unsigned char byte : encoded(line, "UTF-16BE")) hex += fmt::format("{:02X}", byte);
  return "/F2 {0} Tf <" + hex + "> Tj";
}

std::string pdf_page_content(const std::vector<std::string>& lines, int font_size) {
  std::string content = "BT 72 720 Td\n";
  for (const auto& line : lines)
    content += fmt::format(fmt::runtime(pdf_string(line)), font_size) + fmt::format(" 0 {} Td\n", -font_size * 3 / 2);
  return content + "ET\n";
}

std::string stream(const std::string& dictionary, const std::string& content) {
  return fmt::format("<< {} /Length {} >>\nstream\n{}\nendstream", dictionary, content.size(), content);
}

std::string pdf_file(const std::vector<std::string>& objects, int info) {
  std::string out = "%PDF-1.7\n", table;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += fmt::format("{:010} 00000 n \n", out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  const auto start = out.size();
  return out + fmt::format(
                   "xref\n0 {0}\n0000000000 65535 f \n{1}trailer\n<< /Size {0} /Root 1 0 R /Info {3} 0 R >>\n"
                   "startxref\n{2}\n%%EOF\n",
                   objects.size() + 1, table, start, info);
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

}  // namespace

std::string zip(const Members& members, const char* password) {
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_options(writer, "hdrcharset=BINARY");
  if (!members.empty() && members.front().first == "mimetype") archive_write_zip_set_compression_store(writer);
  if (password != nullptr) {
    archive_write_set_options(writer, "zip:encryption=traditional");
    archive_write_set_passphrase(writer, password);
  }
  return pack(members, writer);
}

std::string tar(const Members& members, bool gzipped) {
  archive* writer = archive_write_new();
  archive_write_set_format_ustar(writer);
  if (gzipped) archive_write_add_filter_gzip(writer);
  return pack(members, writer);
}

std::string packed(const std::string& format, const Members& members) {
  archive* writer = archive_write_new();
  if (archive_write_set_format_by_name(writer, format.c_str()) != ARCHIVE_OK) throw std::runtime_error(format);
  return pack(members, writer);
}

std::string compressed(const std::string& filter, const std::string& content) {
  archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  if (archive_write_add_filter_by_name(writer, filter.c_str()) != ARCHIVE_OK) throw std::runtime_error(filter);
  return pack({{"content", content}}, writer);
}

std::string pdf(const PdfText& text) {
  std::vector<std::string> objects = {
      "<< /Type /Catalog /Pages 2 0 R >>",
      "",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      "<< /Title (" + text.title + ") /CreationDate (D:20190301120000Z) >>",
      "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [6 0 R] >>",
      "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R "
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
      "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
      "/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"};
  std::string kids;
  for (const auto& lines : text.pages) {
    const auto number = objects.size() + 1;
    kids += fmt::format("{} 0 R ", number);
    objects.push_back(
        fmt::format("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R "
                    "/Resources << /Font << /F1 3 0 R /F2 5 0 R >> >> >>",
                    number + 1));
    objects.push_back(stream("", pdf_page_content(lines, text.font_size)));
  }
  objects[1] = fmt::format("<< /Type /Pages /Count {} /Kids [{}] >>", text.pages.size(), kids);
  if (const auto& [name, content] = text.attachment; !name.empty()) {
    const auto number = objects.size() + 1;
    objects.push_back(stream("/Type /EmbeddedFile", content));
    objects.push_back(fmt::format("<< /Type /Filespec /F ({0}) /UF ({0}) /EF << /F {1} 0 R >> >>", name, number));
    objects[0] = fmt::format("<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [({}) {} 0 R] >> >> >>",
                             name, number + 1);
  }
  if (!text.xmp.empty()) {
    objects.push_back(stream("/Type /Metadata /Subtype /XML", text.xmp));
    objects[0] = fmt::format("<< /Metadata {} 0 R {}", objects.size(), objects[0].substr(2));
  }
  if (!text.signature_format.empty()) {
    objects.push_back(
        fmt::format("<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /{} /ByteRange [0 1 2 3] "
                    "/Contents <{}> >>",
                    text.signature_format, std::string(64, '0')));
    objects.push_back(fmt::format("<< /FT /Sig /T (Signature) /V {} 0 R >>", objects.size()));
    objects[0] =
        fmt::format("<< /AcroForm << /Fields [{} 0 R] /SigFlags 3 >> {}", objects.size(), objects[0].substr(2));
  }
  return pdf_file(objects, 4);
}

std::string scanned_pdf(std::string_view png, const std::string& stamp, bool as_character) {
  const auto width = big_endian(png, 16), height = big_endian(png, 20);
  std::string pixels;  // deflated with PNG's row filters, which PDF knows as predictor 15
  for (std::size_t at = 8; at + 12 <= png.size(); at += big_endian(png, at) + 12)
    if (png.substr(at + 4, 4) == "IDAT") pixels += png.substr(at + 8, big_endian(png, at));
  const double points = 595.0 * height / width;
  const auto picture = fmt::format("q 595 0 0 {} 0 0 cm /I1 Do Q", points);
  auto page = as_character ? "BT /F2 1 Tf 1 0 0 1 0 0 Tm (a) Tj ET" : picture;
  if (!stamp.empty()) page += " BT /F1 8 Tf 400 20 Td (" + stamp + ") Tj ET";
  return pdf_file(
      {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
       fmt::format("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 {}] /Contents 4 0 R "
                   "/Resources << /XObject << /I1 5 0 R >> /Font << /F1 << /Type /Font /Subtype /Type1 "
                   "/BaseFont /Helvetica >> /F2 7 0 R >> >> >>",
                   points),
       stream("", page),
       stream(fmt::format("/Type /XObject /Subtype /Image /Width {0} /Height {1} /ColorSpace /DeviceRGB "
                          "/BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 "
                          "/BitsPerComponent 8 /Columns {0} >>",
                          width, height),
              pixels),
       "<< /Producer (scanner) >>",
       fmt::format("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 595 {0}] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 "
                   "/LastChar 97 /Widths [595] /Encoding << /Type /Encoding /Differences [97 /.notdef] >> "
                   "/CharProcs << /.notdef 8 0 R >> /Resources << /XObject << /I1 5 0 R >> >> >>",
                   points),
       stream("", "595 0 d0 " + picture)},
      6);
}

std::string paragraph(const std::string& text) { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>"; }

std::string docx(const std::string& body, const Members& more) {
  const std::string relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  Members members = {
      {"[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"},
      {"_rels/.rels", "<Relationships><Relationship Id=\"r1\" Type=\"" + relationships +
                          "/officeDocument\" Target=\"word/document.xml\"/></Relationships>"},
      {"word/document.xml",
       "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/"
       "wordprocessingml/2006/main\"><w:body>" +
           body + "</w:body></w:document>"}};
  members.insert(members.end(), more.begin(), more.end());
  return zip(members);
}

}  // namespace lantai::extract::test
