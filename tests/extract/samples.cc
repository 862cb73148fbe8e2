#include "samples.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <stdexcept>

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

std::string pdf_page_content(const std::vector<std::string>& lines) {
  std::string content = "BT /F1 12 Tf 72 720 Td\n";
  for (const auto& line : lines) content += "(" + line + ") Tj 0 -18 Td\n";
  return content + "ET\n";
}

}  // namespace

std::string zip(const Members& members, const char* password) {
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_options(writer, "hdrcharset=BINARY");
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

std::string pdf(const std::vector<std::vector<std::string>>& pages, const std::string& title) {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", "",
                                      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
                                      "<< /Title (" + title + ") /CreationDate (D:20190301120000Z) >>"};
  std::string kids;
  for (const auto& lines : pages) {
    const auto content = pdf_page_content(lines);
    const auto number = objects.size() + 1;
    kids += fmt::format("{} 0 R ", number);
    objects.push_back(
        fmt::format("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R "
                    "/Resources << /Font << /F1 3 0 R >> >> >>",
                    number + 1));
    objects.push_back(fmt::format("<< /Length {} >>\nstream\n{}endstream", content.size(), content));
  }
  objects[1] = fmt::format("<< /Type /Pages /Count {} /Kids [{}] >>", pages.size(), kids);
  std::string out = "%PDF-1.7\n", table;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += fmt::format("{:010} 00000 n \n", out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  const auto start = out.size();
  return out + fmt::format(
                   "xref\n0 {0}\n0000000000 65535 f \n{1}trailer\n<< /Size {0} /Root 1 0 R /Info 4 0 R >>\n"
                   "startxref\n{2}\n%%EOF\n",
                   objects.size() + 1, table, start);
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
