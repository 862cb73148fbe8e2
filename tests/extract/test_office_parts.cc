#define BOOST_TEST_MODULE extract_office_parts
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

// Relationships of a part: pairs of type and target.
std::string related(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string inside;
  for (const auto& [type, target] : parts)
    inside += "<Relationship Id=\"r" + std::to_string(inside.size()) + "\" Type=\"http://example.org/" + type +
              "\" Target=\"" + target + "\"/>";
  return "<Relationships>" + inside + "</Relationships>";
}

bool says(const Extraction& extraction, std::string_view what) {
  return all_text(extraction).find(what) != std::string::npos;
}

std::string drawing(const std::string& text) { return "<x><a:p><a:r><a:t>" + text + "</a:t></a:r></a:p></x>"; }

std::string ofd_of(const std::string& page, const std::string& common, const std::string& info, const Members& more) {
  Members members = {
      {"OFD.xml", "<ofd:OFD><ofd:DocBody><ofd:DocInfo>" + info +
                      "</ofd:DocInfo><ofd:DocRoot>/Custom/根/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"},
      {"Custom/根/Document.xml", "<ofd:Document><ofd:CommonData>" + common +
                                     "</ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P/C.xml\"/></ofd:Pages>"
                                     "</ofd:Document>"},
      {"Custom/根/P/C.xml", "<ofd:Page>" + page + "</ofd:Page>"}};
  members.insert(members.end(), more.begin(), more.end());
  return zip(members);
}

std::string text_object(const std::string& text, int top) {
  return "<ofd:TextObject Boundary=\"10 " + std::to_string(top) +
         " 100 10\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">" + text + "</ofd:TextCode></ofd:TextObject>";
}

std::string layer(const std::string& objects) {
  return "<ofd:Content><ofd:Layer ID=\"2\">" + objects + "</ofd:Layer></ofd:Content>";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Office)

BOOST_AUTO_TEST_CASE(a_docx_says_what_stands_beside_its_text) {
  const auto part = [](const std::string& text) { return "<w:x>" + paragraph(text) + "</w:x>"; };
  const std::string text_box = "<w:p><w:r><w:drawing><wps:txbx><w:txbxContent>" + paragraph("文本框内容") +
                               "</w:txbxContent></wps:txbx></w:drawing></w:r></w:p>";
  const auto result = extract(docx(
      paragraph("正文段落") + text_box,
      {{"word/_rels/document.xml.rels", related({{"header", "h.xml"},
                                                 {"footer", "f.xml"},
                                                 {"footnotes", "n.xml"},
                                                 {"endnotes", "e.xml"},
                                                 {"comments", "c.xml"},
                                                 {"diagramData", "d.xml"},
                                                 {"chart", "g.xml"},
                                                 {"aFChunk", "chunk.html"}})},
       {"word/h.xml", part("页眉文字")},
       {"word/f.xml", part("页脚文字")},
       {"word/n.xml", part("脚注文字")},
       {"word/e.xml", part("尾注文字")},
       {"word/c.xml", part("批注文字")},
       {"word/d.xml",
        "<dgm:dataModel><dgm:pt><dgm:t><a:p><a:r><a:t>校长室</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>"},
       {"word/g.xml", "<c:chart><c:title>" + drawing("招生统计") +
                          "</c:title><c:cat><c:strCache><c:pt><c:v>物理系</c:v></c:pt></c:strCache></c:cat></c:chart>"},
       {"word/chunk.html", "<html><body>嵌入的网页片段</body></html>"}}));
  for (const auto* what : {"正文段落", "文本框内容", "页眉文字", "页脚文字", "脚注文字", "尾注文字", "批注文字",
                           "校长室", "招生统计", "物理系"})
    BOOST_TEST(says(result, what), what);
  const auto* chunk = find_embedded(result, "word/chunk.html");
  BOOST_REQUIRE(chunk != nullptr && !chunk->pages.empty());
  BOOST_TEST(chunk->pages[0].text == "嵌入的网页片段");
}

BOOST_AUTO_TEST_CASE(numbers_that_word_counts_are_read) {
  const auto numbered = [](const std::string& level, const std::string& text) {
    return "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"" + level + "\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>" +
           text + "</w:t></w:r></w:p>";
  };
  const auto level = [](const std::string& index, const std::string& format, const std::string& text) {
    return "<w:lvl w:ilvl=\"" + index + "\"><w:start w:val=\"1\"/><w:numFmt w:val=\"" + format +
           "\"/><w:suff w:val=\"nothing\"/><w:lvlText w:val=\"" + text + "\"/></w:lvl>";
  };
  std::string body = numbered("0", "总则") + numbered("1", "甲款") + numbered("1", "乙款") + numbered("0", "职责") +
                     numbered("1", "丙款") +
                     "<w:p><w:pPr><w:pStyle w:val=\"s\"/></w:pPr><w:r><w:t>附则</w:t></w:r></w:p>";
  for (int i = 4; i <= 11; ++i) body += numbered("0", "条");
  const auto result = extract(docx(
      body,
      {{"word/_rels/document.xml.rels", related({{"numbering", "n.xml"}, {"styles", "s.xml"}})},
       {"word/n.xml", "<w:numbering><w:abstractNum w:abstractNumId=\"0\">" +
                          level("0", "chineseCountingThousand", "第%1条") + level("1", "decimal", "%1.%2 ") +
                          "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"},
       {"word/s.xml",
        "<w:styles><w:style w:styleId=\"s\"><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr>"
        "</w:style></w:styles>"}}));
  BOOST_TEST(says(result, "第一条总则\n一.1 甲款\n一.2 乙款\n第二条职责\n二.1 丙款\n第三条附则"), all_text(result));
  BOOST_TEST(says(result, "第十条条\n第十一条条"), all_text(result));
}

BOOST_AUTO_TEST_CASE(readings_beside_characters_do_not_tear_words_apart) {
  const auto ruby = [](const std::string& base, const std::string& reading) {
    return "<w:r><w:ruby><w:rt><w:r><w:t>" + reading + "</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>" + base +
           "</w:t></w:r></w:rubyBase></w:ruby></w:r>";
  };
  BOOST_TEST(all_text(extract(docx("<w:p>" + ruby("汉", "hàn") + ruby("字", "zì") + "</w:p>"))) == "汉字");
  BOOST_TEST(all_text(extract(
                 "<html><body><ruby>汉<rp>(</rp><rt>hàn</rt><rp>)</rp>字<rt>zì</rt></ruby></body></html>")) == "汉字");
}

BOOST_AUTO_TEST_CASE(a_sheet_says_comments_text_boxes_charts_headers_and_hidden_sheets) {
  const Members parts = {
      {"[Content_Types].xml", "<Types/>"},
      {"_rels/.rels", related({{"officeDocument", "xl/workbook.xml"}})},
      {"xl/workbook.xml",
       "<workbook><sheets><sheet name=\"表一\" r:id=\"r0\"/><sheet name=\"旧账\" state=\"hidden\" "
       "r:id=\"x\"/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       "<Relationships><Relationship Id=\"r0\" Type=\"/worksheet\" Target=\"s1.xml\"/>"
       "<Relationship Id=\"x\" Type=\"/worksheet\" Target=\"s2.xml\"/></Relationships>"},
      {"xl/s1.xml",
       "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><headerFooter>"
       "<oddHeader>&amp;C&amp;\"宋体,加粗\"&amp;14内部资料 第&amp;P页</oddHeader></headerFooter></worksheet>"},
      {"xl/s2.xml", "<worksheet><sheetData><row><c t=\"str\"><v>隐藏的数</v></c></row></sheetData></worksheet>"},
      {"xl/_rels/s1.xml.rels", related({{"comments", "c.xml"}, {"drawing", "d.xml"}})},
      {"xl/c.xml",
       "<comments><commentList><comment><text><r><t>核对无误</t></r></text></comment></commentList></comments>"},
      {"xl/d.xml", drawing("图形说明")},
      {"xl/_rels/d.xml.rels", related({{"chart", "g.xml"}})},
      {"xl/g.xml", drawing("经费走势")}};
  const auto result = extract(zip(parts));
  for (const auto* what : {"核对无误", "图形说明", "经费走势", "内部资料 第页", "隐藏的数"})
    BOOST_TEST(says(result, what), what);
  BOOST_TEST(has_warning(result, "hidden_text"));
}

BOOST_AUTO_TEST_CASE(cells_say_what_the_sheet_shows_and_tables_give_values) {
  const auto format = [](int id, const std::string& code) {
    return "<numFmt numFmtId=\"" + std::to_string(id) + "\" formatCode=\"" + code + "\"/>";
  };
  const std::string styles = "<numFmts>" + format(170, "000000") + format(171, "#,##0.00;(#,##0.00)") +
                             format(172, "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;") +
                             format(173, "0.0&quot;万元&quot;") + format(174, "[&lt;100]0.0;0") +
                             "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/>"
                             "<xf numFmtId=\"172\"/><xf numFmtId=\"173\"/><xf numFmtId=\"174\"/></cellXfs>";
  const auto cell = [](const std::string& style, const std::string& value) {
    return "<c s=\"" + style + "\"><v>" + value + "</v></c>";
  };
  const std::string row = "<row>" + cell("1", "123") + cell("2", "1234567.5") + cell("2", "-8") + cell("3", "43525") +
                          cell("4", "3.25") + cell("5", "7.5") + cell("0", "320102199001011234") +
                          cell("0", "3.20102199001011E+17") + "<c t=\"str\"><v>行一_x000D_二_x005F_</v></c></row>";
  const auto book = xlsx({{"表", row}}, {}, styles);
  BOOST_TEST(
      all_text(extract(book)) ==
      "表\n000123\t1,234,567.50\t(8.00)\t2019年3月1日\t3.2万元\t7.5\t320102199001011234\t320102199001011000\t行一二_");
  const MemoryFile file(book);
  const std::vector<std::vector<std::string>> values = {{"000123", "1234567.5", "-8", "2019-03-01", "3.25", "7.5",
                                                         "320102199001011234", "320102199001011000", "行一二_"}};
  BOOST_TEST((shared_extractor().read_table(file.source()) == values));
}

BOOST_AUTO_TEST_CASE(a_slide_says_its_comments_and_charts) {
  const Members parts = {
      {"[Content_Types].xml", "<Types/>"},
      {"_rels/.rels", related({{"officeDocument", "ppt/presentation.xml"}})},
      {"ppt/presentation.xml",
       "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"r0\"/></p:sldIdLst></p:presentation>"},
      {"ppt/_rels/presentation.xml.rels", related({{"slide", "s.xml"}})},
      {"ppt/s.xml", drawing("幻灯片")},
      {"ppt/_rels/s.xml.rels", related({{"comments", "c.xml"}, {"chart", "g.xml"}})},
      {"ppt/c.xml", "<p:cmLst><p:cm><p:text>审阅意见</p:text></p:cm></p:cmLst>"},
      {"ppt/g.xml", drawing("经费图表")}};
  BOOST_TEST(all_text(extract(zip(parts))) == "幻灯片\n审阅意见\n经费图表");
}

BOOST_AUTO_TEST_CASE(an_odt_says_its_headers_and_footers) {
  const auto furniture = [](const std::string& which, const std::string& text) {
    return "<style:" + which + "><text:p>" + text + "</text:p></style:" + which + ">";
  };
  const auto result = extract(
      zip({{"mimetype", "application/vnd.oasis.opendocument.text"},
           {"content.xml",
            "<office:document-content><office:body><office:text><text:p>正文</text:p></office:text></office:body>"
            "</office:document-content>"},
           {"styles.xml", "<office:document-styles><office:master-styles><style:master-page>" +
                              furniture("header", "页眉") + furniture("footer", "页脚") +
                              "</style:master-page></office:master-styles></office:document-styles>"}}));
  BOOST_TEST(all_text(result) == "页眉\n正文\n页脚");
}

BOOST_AUTO_TEST_CASE(a_package_with_backslashes_is_a_document_all_the_same) {
  const auto result =
      extract(zip({{"[Content_Types].xml", "<Types/>"},
                   {"_rels\\.rels", related({{"officeDocument", "word/document.xml"}})},
                   {"word\\document.xml", "<w:document><w:body>" + paragraph("反斜杠") + "</w:body></w:document>"}}));
  BOOST_TEST(result.format == "DOCX");
  BOOST_TEST(all_text(result) == "反斜杠");
}

BOOST_AUTO_TEST_CASE(a_binary_workbook_is_named_as_what_it_is) {
  const auto result = extract(zip({{"[Content_Types].xml", "<Types/>"}, {"xl/workbook.bin", "\x83\x01"}}));
  BOOST_TEST(result.format == "XLSB");
  BOOST_TEST(failure_code(result) != "damaged");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(OfdParts)

BOOST_AUTO_TEST_CASE(composite_objects_say_their_text_and_the_document_its_trade_data) {
  const auto result = extract(ofd_of(
      layer(text_object("正文文字", 50) + "<ofd:CompositeObject ID=\"7\" ResourceID=\"30\" Boundary=\"0 0 100 100\"/>"),
      "<ofd:DocumentRes>Res.xml</ofd:DocumentRes>",
      "<ofd:CustomDatas><ofd:CustomData Name=\"发票号码\">25112000000012345678</ofd:CustomData></ofd:CustomDatas>",
      {{"Custom/根/Res.xml", "<ofd:Res><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"30\">" +
                                 layer(text_object("复合对象", 10)) +
                                 "</ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"}}));
  BOOST_TEST(all_text(result) == "复合对象\n正文文字");
  BOOST_TEST(result.metadata.at("发票号码") == "25112000000012345678");
}

BOOST_AUTO_TEST_CASE(a_composite_object_that_holds_itself_ends) {
  const std::string self = "<ofd:CompositeObject ResourceID=\"30\" Boundary=\"0 0 1 1\"/>";
  const auto result = extract(
      ofd_of(layer(self), "<ofd:DocumentRes>Res.xml</ofd:DocumentRes>", "",
             {{"Custom/根/Res.xml",
               "<ofd:Res><ofd:CompositeGraphicUnits>"
               "<ofd:CompositeGraphicUnit ID=\"30\">" +
                   layer(self + self + self) + "</ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"}}));
  BOOST_TEST(failure_code(result) == "too_deep");
}

BOOST_AUTO_TEST_CASE(glyphs_without_characters_are_said_to_be_unreliable) {
  const auto result = extract(ofd_of(layer(text_object("¤¤", 50)), "", "", {}));
  BOOST_TEST(has_warning(result, "text_unreliable"));
  BOOST_TEST(
      !has_warning(extract(ofd_of(layer(text_object("价格¥5 ©2020 ＡＢ㈱", 50)), "", "", {})), "text_unreliable"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
