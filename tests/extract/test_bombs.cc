// Small files that ask for much: each ends within its limits, with a named error or its text, and the worker goes on.
#define BOOST_TEST_MODULE extract_bombs
#include <boost/crc.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <random>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

using std::string_literals::operator""s;

Extraction extract_within(const Limits& limits, const std::string& bytes) {
  const MemoryFile file(bytes);
  return make_extractor(limits)->extract(file.source());
}

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::uint64_t little_at(const std::string& bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = count; i-- > 0;)
    value = value << 8U | static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
  return value;
}

// Members that share the bytes of one: each local header (APPNOTE 4.3.7) has the following ones in its extra field.
std::string overlapping_zip(const std::string& content, unsigned times) {
  const std::string one = zip({{"0000", content}});
  const auto directory = one.find("PK\x01\x02"s);
  const std::string crc_and_sizes = one.substr(directory + 16, 12);
  const auto data = 30 + 4 + little_at(one, 28, 2);
  const std::string kernel = one.substr(data, little_at(one, directory + 20, 4));
  constexpr std::size_t kHeader = 30 + 4 + 4;  // with a name and the head of an extra field
  std::string locals, entries;
  for (unsigned i = 0; i < times; ++i) {
    const std::string name = std::to_string(1000 + i);
    const std::size_t quoted = (times - 1 - i) * kHeader;
    const std::string about = "\x14\0\0\0\x08\0\0\0\0\0"s + crc_and_sizes + little(4, 2);
    locals += "PK\x03\x04"s + about + little(4 + quoted, 2) + name + "\x99\x99"s + little(quoted, 2);
    entries += "PK\x01\x02\x14\0"s + about + std::string(12, '\0') + little(i * kHeader, 4) + name;
  }
  return locals + kernel + entries + "PK\x05\x06"s + little(0, 4) + little(times, 2) + little(times, 2) +
         little(entries.size(), 4) + little(locals.size() + kernel.size(), 4) + little(0, 2);
}

// A member of a TAR (POSIX ustar) of any type: '0' file, '1' hard link, '2' symbolic link, '3' character device.
std::string tar_member(const std::string& name, char type, const std::string& link, const std::string& content = "") {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  const auto octal = [](std::uint64_t value, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; value /= 8) text[i] = static_cast<char>('0' + value % 8);
    return text;
  };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(content.size(), 11));
  put(136, octal(0, 11));
  put(148, "        ");
  header[156] = type;
  put(157, link);
  put(257, "ustar\0"s + "00");
  put(329, "0000001");
  put(337, "0000003");
  unsigned sum = 0;
  for (const unsigned char byte : header) sum += byte;
  put(148, octal(sum, 6) + "\0 "s);
  const std::size_t padding = (512 - content.size() % 512) % 512;
  return header + content + std::string(padding, '\0');
}

// The first bytes of a PNG (ISO/IEC 15948, 11.2.2) of any size, with right checksums and no pixels to speak of.
std::string png_of(std::uint32_t width, std::uint32_t height) {
  const auto big = [](std::uint32_t value) {
    const std::string text = little(value, 4);
    return std::string(text.rbegin(), text.rend());
  };
  const auto chunk = [&](const std::string& typed) {
    boost::crc_32_type crc;
    crc.process_bytes(typed.data(), typed.size());
    return big(static_cast<std::uint32_t>(typed.size() - 4)) + typed + big(crc.checksum());
  };
  return "\x89PNG\r\n\x1A\n"s + chunk("IHDR" + big(width) + big(height) + "\x08\x02\0\0\0"s) +
         chunk("IDAT\x78\x9C\x63\0\0\0\x01\0\x01"s) + chunk("IEND");
}

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The server's one worker is as good as before.
void check_still_reads() { BOOST_TEST(all_text(extract("还在读")) == "还在读"); }

std::string pdf_of(const std::vector<std::string>& objects) {
  std::string out = "%PDF-1.7\n", table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto offset = std::to_string(out.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const auto size = std::to_string(objects.size() + 1);
  return out + "xref\n0 " + size + "\n" + table + "trailer << /Size " + size + " /Root 1 0 R >>\nstartxref\n" +
         std::to_string(out.size()) + "\n%%EOF\n";
}

// With the beginning of a TrueType or CFF font, and then nothing that makes sense.
std::vector<std::string> broken_fonts() {
  std::mt19937 random(20'210'305);
  std::vector<std::string> fonts;
  for (const std::string& begin : {std::string("\0\1\0\0\0\x0C\0\x80", 8), std::string("OTTO\0\x09\0\x80", 8),
                                   std::string("\1\0\4\1", 4), std::string("%!PS-AdobeFont-1.0: a\n"), std::string()}) {
    for (int i = 0; i < 4; ++i) {
      auto font = begin;
      while (font.size() < 4000) font += static_cast<char>(random());
      // Tables of a font that claim to lie anywhere.
      if (i % 2 == 1 && begin.size() == 8)
        for (std::size_t at = 12; at + 16 < 200; at += 16) font.replace(at, 4, i == 1 ? "glyf" : "loca");
      fonts.push_back(font);
    }
  }
  return fonts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Bombs)

BOOST_AUTO_TEST_CASE(members_that_overlap_are_counted_each) {
  Limits limits;
  limits.expanded_bytes = 64U << 20U;
  const auto result = extract_within(limits, overlapping_zip(std::string(1U << 20U, ' '), 1500));
  BOOST_TEST(failure_code(result) == "too_large");
  BOOST_TEST(result.embedded.size() <= 65U);
  check_still_reads();
}

BOOST_AUTO_TEST_CASE(archives_nested_ten_thousand_deep_end_at_the_depth_allowed) {
  std::string archive = "the innermost text";
  for (int i = 0; i < 10'000; ++i) {
    // Stored, so that it grows by its own headers only.
    boost::crc_32_type crc;
    crc.process_bytes(archive.data(), archive.size());
    const auto size = little(archive.size(), 4), sum = little(crc.checksum(), 4);
    const std::string about = "\x14\0\0\0\0\0\0\0\0\0"s + sum + size + size + "\x01\0\0\0"s;
    const std::string local = "PK\x03\x04"s + about + "a";
    const std::string directory = "PK\x01\x02\x14\0"s + about + std::string(14, '\0');
    const auto offset = little(local.size() + archive.size(), 4);
    archive = local + archive + directory + "a" + "PK\x05\x06\0\0\0\0\x01\0\x01\0"s + little(directory.size() + 1, 4) +
              offset + "\0\0"s;
  }
  const auto result = extract(archive);
  BOOST_TEST(failure_code(result) == "too_deep");
  check_still_reads();
}

BOOST_AUTO_TEST_CASE(links_and_devices_are_no_files_and_lead_nowhere) {
  const auto result = extract(tar_member("a-link", '2', "/etc/passwd") + tar_member("b-link", '1', "/etc/passwd") +
                              tar_member("device", '3', "") + tar_member("pipe", '6', "") +
                              tar_member("text.txt", '0', "", "只有这一份") + std::string(1024, '\0'));
  BOOST_TEST(failure_code(result) == "");
  const auto* text = find_embedded(result, "text.txt");
  BOOST_TEST_REQUIRE(text != nullptr);
  BOOST_TEST(text->pages.at(0).text == "只有这一份");
  for (const auto& member : result.embedded)
    for (const auto& page : member.pages) BOOST_TEST(page.text.find("root:") == std::string::npos, member.path);
}

BOOST_AUTO_TEST_CASE(external_entities_are_not_fetched) {
  const std::string entity = "<!DOCTYPE w:document [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
  const auto result = extract(docx("", {{"word/header9.xml", "x"}}));
  BOOST_TEST(failure_code(result) == "");
  for (const std::string& xml :
       {"<?xml version=\"1.0\"?>" + entity + "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body>&e;正文</body></html>",
        "<?xml version=\"1.0\"?>" + entity + "<root>&e;正文</root>"}) {
    const auto read = extract(xml);
    BOOST_TEST(all_text(read).find("root:") == std::string::npos);
    BOOST_TEST(all_text(read).find("正文") != std::string::npos, all_text(read));
  }
}

BOOST_AUTO_TEST_CASE(a_pdf_that_refers_to_itself_ends) {
  const auto looping = [](const std::string& kids, const std::string& form) {
    return pdf_of(
        {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 2 /Kids [" + kids + "] >>",
         "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << /XObject << /F 5 0 "
         "R >> >> >>",
         "<< /Length 4 >>\nstream\n/F Do\nendstream",
         "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F " + form +
             " >> >> /Length 5 >>\nstream\n/F Do\nendstream"});
  };
  Limits limits;
  limits.wall_time = std::chrono::seconds(20);
  for (const auto& pdf : {looping("3 0 R 2 0 R", "5 0 R"), looping("3 0 R 3 0 R", "5 0 R")}) {
    const MemoryFile file(pdf);
    const auto extractor = make_extractor(limits, true);
    BOOST_TEST(seconds([&] { extractor->extract(file.source()); }) < 20.0);
    BOOST_TEST(seconds([&] { extractor->render_page(file.source(), 1, 600); }) < 20.0);
  }
}

BOOST_AUTO_TEST_CASE(a_font_that_makes_no_sense_costs_at_most_its_own_file) {
  for (const auto& font : broken_fonts()) {
    const auto length = std::to_string(font.size());
    const MemoryFile pdf(
        pdf_of({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << /Font << /F 5 0 R "
                ">> >> >>",
                "<< /Length 35 >>\nstream\nBT /F 20 Tf 10 50 Td (Charter) Tj ET\nendstream",
                "<< /Type /Font /Subtype /TrueType /BaseFont /A /FirstChar 65 /LastChar 66 /Widths [500 500] "
                "/FontDescriptor 6 0 R "
                ">>",
                "<< /Type /FontDescriptor /FontName /A /Flags 32 /FontFile2 7 0 R >>",
                "<< /Length " + length + " /Length1 " + length + " >>\nstream\n" + font + "\nendstream"}));
    shared_extractor().extract(pdf.source());
    shared_extractor().render_page(pdf.source(), 1, 300);
    const std::string ofd = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
    const MemoryFile page(
        zip({{"OFD.xml", "<ofd:OFD " + ofd + "><ofd:DocBody><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"},
             {"D.xml", "<ofd:Document " + ofd +
                           "><ofd:CommonData><ofd:DocumentRes>R.xml</ofd:DocumentRes></ofd:CommonData>"
                           "<ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages></ofd:Document>"},
             {"R.xml", "<ofd:Res " + ofd +
                           "><ofd:Fonts><ofd:Font ID=\"7\" FontName=\"A\"><ofd:FontFile>f.ttf</ofd:FontFile>"
                           "</ofd:Font></ofd:Fonts></ofd:Res>"},
             {"f.ttf", font},
             {"P.xml", "<ofd:Page " + ofd +
                           "><ofd:Content><ofd:Layer><ofd:TextObject Boundary=\"0 0 90 20\" Font=\"7\" "
                           "Size=\"8\"><ofd:TextCode X=\"0\" Y=\"9\">章程</ofd:TextCode></ofd:TextObject></ofd:Layer>"
                           "</ofd:Content></ofd:Page>"}}));
    BOOST_TEST(all_text(shared_extractor().extract(page.source())) == "章程");
    shared_extractor().render_page(page.source(), 1, 300);
  }
  check_still_reads();
}

BOOST_AUTO_TEST_CASE(a_picture_of_fifty_thousand_megapixels_is_not_decoded) {
  const auto read = extract(png_of(223'607, 223'607));
  BOOST_TEST(failure_code(read) == "too_large");
  const MemoryFile file(png_of(223'607, 223'607));
  BOOST_TEST(!shared_extractor().render_page(file.source(), 1, 600).has_value());
  check_still_reads();
}

BOOST_AUTO_TEST_CASE(a_sheet_that_declares_a_thousand_million_cells_gives_those_it_has) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\"><v>11</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>77</v></c></row>";
  Extraction read;
  BOOST_TEST(seconds([&] { read = extract(xlsx({{"表", rows}})); }) < 10.0);
  BOOST_TEST(all_text(read).find("11") != std::string::npos);
  BOOST_TEST(all_text(read).find("77") != std::string::npos);
  BOOST_TEST(all_text(read).size() < 1'000'000U);
}

BOOST_AUTO_TEST_CASE(a_sheet_of_repeated_cells_and_rows_gives_them_once) {
  const std::string cell =
      "<table:table-cell table:number-columns-repeated=\"16384\"><text:p>重复</text:p></table:table-cell>";
  Extraction read;
  BOOST_TEST(seconds([&] {
               read = extract(odt("<table:table><table:table-row table:number-rows-repeated=\"1048576\">" + cell +
                                  "</table:table-row></table:table>"));
             }) < 10.0);
  BOOST_TEST(all_text(read).find("重复") != std::string::npos);
  BOOST_TEST(all_text(read).size() < 1'000'000U);
}

BOOST_AUTO_TEST_CASE(mail_with_a_hundred_thousand_parts_ends_within_its_limits) {
  std::string mail =
      "From: a@example.org\r\nSubject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 100'001; ++i) mail += "--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nx\r\n";
  const auto read = extract(mail + "--b--\r\n");
  BOOST_TEST(failure_code(read) == "too_many_entries");
  BOOST_TEST(read.embedded.size() <= 100'000U);
  check_still_reads();
}

BOOST_AUTO_TEST_CASE(names_with_control_characters_and_direction_marks_are_shown_without_them) {
  const std::string turned = "\u202Efdp.exe", broken =
                                                  "a\x01"
                                                  "b\nc.txt";
  const auto read = extract(zip({{turned, "one"}, {broken, "two"}}));
  BOOST_TEST_REQUIRE(read.embedded.size() == 2U);
  for (const auto& member : read.embedded) {
    for (const unsigned char byte : member.path) BOOST_TEST(byte >= 0x20U, member.path);
    BOOST_TEST(member.path.find("\u202E") == std::string::npos);
  }
  BOOST_TEST((read.embedded[0].raw_name == to_bytes(turned)));
  BOOST_TEST((read.embedded[1].raw_name == to_bytes(broken)));
  BOOST_TEST(has_warning(read, "unsafe_name"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
