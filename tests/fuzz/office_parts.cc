// The parts of packages, which a fuzzer would not reach through compressed containers: the first byte chooses the part
// that the rest becomes, in a package that is good otherwise. OFD pages are drawn too.
#include <array>
#include <cstdint>

#include "ofd_drawing.h"
#include "reading.h"
#include "samples.h"

namespace {

using namespace lantai::extract;
using test::Members;

constexpr const char* kOfd = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

Members ofd(const std::string& page) {
  const std::string open = std::string("<ofd:");
  return {{"OFD.xml", open + "OFD " + kOfd +
                          "><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot><ofd:Signatures>D/S.xml"
                          "</ofd:Signatures></ofd:DocBody></ofd:OFD>"},
          {"D/Document.xml",
           open + "Document " + kOfd +
               "><ofd:CommonData><ofd:DocumentRes>R.xml</ofd:DocumentRes><ofd:TemplatePage ID=\"9\" BaseLoc=\"T.xml\"/>"
               "</ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages><ofd:Annotations>A.xml"
               "</ofd:Annotations><ofd:CustomTags>C.xml</ofd:CustomTags><ofd:Attachments>F.xml</ofd:Attachments>"
               "</ofd:Document>"},
          {"D/P.xml", page}};
}

const std::string kPage =
    std::string("<ofd:Page ") + kOfd +
    "><ofd:Template TemplateID=\"9\"/><ofd:Content><ofd:Layer ID=\"2\"><ofd:TextObject ID=\"3\" "
    "Boundary=\"0 0 90 9\" Font=\"7\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">校办</ofd:TextCode>"
    "</ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>";

std::string outline(const std::string& data) {
  std::string escaped;
  for (const char c : data) escaped += c == '<' || c == '&' ? ' ' : c;
  return std::string("<ofd:Page ") + kOfd +
         "><ofd:Content><ofd:Layer><ofd:PathObject Boundary=\"0 0 200 200\" Fill=\"true\"><ofd:AbbreviatedData>" +
         escaped + "</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer></ofd:Content></ofd:Page>";
}

const std::string kTypes =
    "<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

// The package of one part that is `bytes`.
Members package(unsigned which, const std::string& bytes) {
  const std::array<const char*, 7> beside = {"D/R.xml", "D/T.xml", "D/A.xml", "D/C.xml",
                                             "D/F.xml", "D/S.xml", "OFD.xml"};
  if (which == 0) return ofd(bytes);
  if (which == 1) return ofd(outline(bytes));
  if (which < 9) {
    auto members = ofd(kPage);
    if (which == 8) members.erase(members.begin());
    members.emplace_back(beside[which - 2], bytes);
    return members;
  }
  switch (which) {
    case 9:
      return {{"[Content_Types].xml", kTypes}, {"word/document.xml", bytes}};
    case 10:
      return {{"[Content_Types].xml", kTypes},
              {"word/document.xml",
               "<w:document xmlns:w=\"w\"><w:body><w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId "
               "w:val=\"1\"/></w:numPr></w:pPr></w:p></w:body></w:document>"},
              {"word/numbering.xml", bytes}};
    case 11:
      return {{"xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" sheetId=\"1\"/></sheets></workbook>"},
              {"xl/worksheets/sheet1.xml", bytes}};
    case 12:
      return {{"xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" sheetId=\"1\"/></sheets></workbook>"},
              {"xl/styles.xml", bytes},
              {"xl/worksheets/sheet1.xml",
               "<worksheet><sheetData><row><c s=\"0\"><v>44000.5</v></c></row></sheetData>"
               "</worksheet>"}};
    case 13:
      return {{"ppt/presentation.xml", "<p/>"}, {"ppt/slides/slide1.xml", bytes}};
    case 14:
      return {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", bytes}};
    default:
      return {
          {"mimetype", "application/epub+zip"},
          {"META-INF/container.xml", "<container><rootfiles><rootfile full-path=\"a.opf\"/></rootfiles></container>"},
          {"a.opf", bytes}};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr unsigned kParts = 16;
  if (size == 0) return 0;
  const unsigned which = data[0] % kParts;
  const auto file = test::zip(package(which, std::string(reinterpret_cast<const char*>(data) + 1, size - 1)));
  auto& reading = fuzz::Reading::shared();
  reading.read(file);
  if (which >= 9) return 0;
  reading.run([&](worker::Report& report, worker::Context& context) {
    worker::Source source(lantai::to_bytes(file));
    const worker::Package pages(source, report, context.charsets);
    const worker::OfdDrawing drawing(pages, report, context.charsets);
    drawing.render(1, 100);
    drawing.look(1);
  });
  return 0;
}
