#include <fmt/format.h>

#include "samples.h"

namespace lantai::extract::test {
namespace {

constexpr const char* kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string relationship(const std::string& id, const std::string& type, const std::string& target) {
  return fmt::format(R"(<Relationship Id="{}" Type="{}/{}" Target="{}"/>)", id, kOffice, type, target);
}

std::string relationships(const std::string& inside) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" + inside +
         "</Relationships>";
}

Members office_package(const std::string& main_part) {
  return {{"[Content_Types].xml", "<Types/>"},
          {"_rels/.rels", relationships(relationship("rId1", "officeDocument", main_part))}};
}

std::string slide_shape(const std::vector<std::string>& paragraphs) {
  std::string text;
  for (const auto& line : paragraphs) text += "<a:p><a:r><a:t>" + line + "</a:t></a:r></a:p>";
  return "<p:cSld><p:spTree><p:sp><p:txBody>" + text + "</p:txBody></p:sp></p:spTree></p:cSld>";
}

std::string ofd_content(const std::vector<OfdRun>& runs) {
  std::string content = "<ofd:Layer ID=\"1\">";
  for (const auto& run : runs)
    content += fmt::format(
        "<ofd:TextObject Boundary=\"{} {} 100 6\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">{}"
        "</ofd:TextCode></ofd:TextObject>",
        run.x, run.y - 4, run.text);
  return "<ofd:Content>" + content + "</ofd:Layer></ofd:Content>";
}

}  // namespace

std::string xlsx(const std::vector<XlsxSheet>& sheets, const std::vector<std::string>& shared_strings,
                 const std::string& styles) {
  auto members = office_package("xl/workbook.xml");
  std::string list, related = relationship("rIdS", "sharedStrings", "sharedStrings.xml") +
                              relationship("rIdT", "styles", "styles.xml");
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    list += fmt::format(R"(<sheet name="{}" sheetId="{}" r:id="rId{}"/>)", sheets[i].name, i + 1, i + 1);
    related += relationship(fmt::format("rId{}", i + 1), "worksheet", fmt::format("worksheets/sheet{}.xml", i + 1));
    members.emplace_back(fmt::format("xl/worksheets/sheet{}.xml", i + 1),
                         "<worksheet><sheetData>" + sheets[i].rows + "</sheetData></worksheet>");
  }
  std::string strings;
  for (const auto& text : shared_strings) strings += "<si>" + text + "</si>";
  members.emplace_back("xl/workbook.xml", "<workbook>\n<sheets>\n" + list + "\n</sheets>\n</workbook>");
  members.emplace_back("xl/_rels/workbook.xml.rels", relationships(related));
  members.emplace_back("xl/sharedStrings.xml", "<sst>" + strings + "</sst>");
  members.emplace_back("xl/styles.xml", "<styleSheet>" + styles + "</styleSheet>");
  return zip(members);
}

std::string pptx(const std::vector<PptxSlide>& slides) {
  auto members = office_package("ppt/presentation.xml");
  std::string list, related;
  for (std::size_t i = 0; i < slides.size(); ++i) {
    // Stored the other way round: the order is that of the list, not of the file names.
    const auto file = slides.size() - i;
    list += fmt::format("\n<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 256 + i, i + 1);
    related += relationship(fmt::format("rId{}", i + 1), "slide", fmt::format("slides/slide{}.xml", file));
    members.emplace_back(fmt::format("ppt/slides/slide{}.xml", file),
                         "<p:sld>" + slide_shape(slides[i].paragraphs) + "</p:sld>");
    if (slides[i].notes.empty()) continue;
    members.emplace_back(
        fmt::format("ppt/slides/_rels/slide{}.xml.rels", file),
        relationships(relationship("rId1", "notesSlide", fmt::format("../notesSlides/notes{}.xml", file))));
    members.emplace_back(fmt::format("ppt/notesSlides/notes{}.xml", file),
                         "<p:notes>" + slide_shape({slides[i].notes}) + "</p:notes>");
  }
  members.emplace_back("ppt/presentation.xml",
                       "<p:presentation><p:sldIdLst>" + list + "</p:sldIdLst></p:presentation>");
  members.emplace_back("ppt/_rels/presentation.xml.rels", relationships(related));
  return zip(members);
}

std::string ofd(const OfdPackage& package) {
  const auto element = [&](const std::string& name, const std::string& inside) {
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:{0} xmlns:ofd=\"{1}\">{2}</ofd:{0}>", name,
                       package.name_space, inside);
  };
  Members members = {
      {"OFD.xml", element("OFD", "<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID><ofd:Title>" + package.title +
                                     "</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
                                     "</ofd:DocBody>")}};
  std::string pages,
      document = "<ofd:CommonData><ofd:TemplatePage ID=\"90\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/></ofd:CommonData>";
  for (std::size_t i = 0; i < package.pages.size(); ++i) {
    pages += fmt::format("\n<ofd:Page ID=\"{0}\" BaseLoc=\"Pages/Page_{0}/Content.xml\"/>", i);
    members.emplace_back(fmt::format("Doc_0/Pages/Page_{}/Content.xml", i),
                         element("Page", "<ofd:Template TemplateID=\"90\"/>" + ofd_content(package.pages[i])));
  }
  members.emplace_back("Doc_0/Tpls/Tpl_0/Content.xml", element("Page", ofd_content(package.page_template)));
  document += "<ofd:Pages>" + pages + "\n</ofd:Pages>";
  if (!package.annotation.empty()) {
    document += "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>";
    members.emplace_back(
        "Doc_0/Annots/Annotations.xml",
        element("Annotations", "<ofd:Page PageID=\"0\"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>"));
    members.emplace_back(
        "Doc_0/Annots/Page_0/Annotation.xml",
        element("PageAnnot",
                "<ofd:Annot ID=\"9\" Type=\"Watermark\"><ofd:Appearance Boundary=\"10 10 90 20\">"
                "<ofd:TextObject Boundary=\"0 0 90 20\" Size=\"10\"><ofd:TextCode X=\"0\" Y=\"10\">" +
                    package.annotation + "</ofd:TextCode></ofd:TextObject></ofd:Appearance></ofd:Annot>"));
  }
  if (const auto& [name, content] = package.attachment; !name.empty()) {
    document += "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>";
    members.emplace_back("Doc_0/Attachs/Attachments.xml",
                         element("Attachments", "\n<ofd:Attachment ID=\"5\" Name=\"" + name +
                                                    "\"><ofd:FileLoc>a.dat</ofd:FileLoc></ofd:Attachment>\n"));
    members.emplace_back("Doc_0/Attachs/a.dat", content);
  }
  members.emplace_back("Doc_0/Document.xml", element("Document", document));
  return zip(members);
}

std::string odt(const std::string& body) {
  return zip(
      {{"mimetype", "application/vnd.oasis.opendocument.text"},
       {"content.xml", "<office:document-content office:version=\"1.2\"><office:body><office:text>" + body +
                           "</office:text></office:body></office:document-content>"},
       {"meta.xml",
        "<office:document-meta><office:meta><dc:title>年度计划</dc:title></office:meta></office:document-meta>"}});
}

}  // namespace lantai::extract::test
