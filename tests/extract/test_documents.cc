#define BOOST_TEST_MODULE extract_documents
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {

BOOST_AUTO_TEST_SUITE(Documents)

BOOST_AUTO_TEST_CASE(a_chinese_pdf_without_embedded_fonts_gives_its_text_and_attachments) {
  const auto result = extract(
      pdf({{{"关于召开校务会议的通知", "No. 12 of 2020"}, {"第二页"}}, "Notice", 12, {"list.txt", "附件内容"}}));
  BOOST_TEST(all_text(result) == "关于召开校务会议的通知\nNo. 12 of 2020\f第二页");
  const auto* attached = find_embedded(result, "list.txt");
  BOOST_REQUIRE(attached != nullptr);
  BOOST_TEST(attached->pages.at(0).text == "附件内容");
}

BOOST_AUTO_TEST_CASE(a_pdf_says_whether_it_is_meant_for_archives_and_signed) {
  const auto described = [](const std::string& inside) {
    return pdf({{{"Notice"}},
                "",
                12,
                {},
                "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
                "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" +
                    inside + "</rdf:RDF></x:xmpmeta>"});
  };
  const std::string name = "xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'";
  const auto first = extract(described("<rdf:Description " + name +
                                       "><pdfaid:part>1</pdfaid:part>"
                                       "<pdfaid:conformance>A</pdfaid:conformance></rdf:Description>"));
  BOOST_TEST(first.metadata.at("archival") == "PDF/A-1a");
  const auto second = extract(described("<rdf:Description " + name + " pdfaid:part='2' pdfaid:conformance='B'/>"));
  BOOST_TEST(second.metadata.at("archival") == "PDF/A-2b");
  const auto fourth = extract(described("<rdf:Description " + name + " pdfaid:part='4'/>"));
  BOOST_TEST(fourth.metadata.at("archival") == "PDF/A-4");
  const auto plain = extract(pdf({{{"Notice"}}}));
  BOOST_TEST(plain.metadata.count("archival") == 0U);
  BOOST_TEST(plain.metadata.count("signed") == 0U);
  const auto is_signed = extract(pdf({{{"Notice"}}, "", 12, {}, "", "ETSI.CAdES.detached"}));
  BOOST_TEST(is_signed.metadata.at("signed") == "ETSI.CAdES.detached");
}

BOOST_AUTO_TEST_CASE(a_document_with_signatures_says_so) {
  BOOST_TEST(extract(docx("<w:p/>")).metadata.count("signed") == 0U);
  BOOST_TEST(extract(docx("<w:p/>", {{"_xmlsignatures/sig1.xml", "<Signature/>"}})).metadata.at("signed") == "XMLDSIG");
  const Members odt = {{"mimetype", "application/vnd.oasis.opendocument.text"},
                       {"content.xml", "<office:document-content/>"},
                       {"META-INF/documentsignatures.xml", "<document-signatures/>"}};
  BOOST_TEST(extract(zip(odt)).metadata.at("signed") == "XMLDSIG");
}

BOOST_AUTO_TEST_CASE(html_gives_what_a_reader_sees) {
  const std::string page =
      "<!DOCTYPE html><html><head><meta charset=\"gb2312\"><title> 放假通知 </title><style>p{}</style></head><body>"
      "<script>var x = 1;</script><h1>放假\n通知</h1><p>各 <b>部门</b>：</p><table><tr><td>姓名</td><td>电话</td></tr>"
      "<tr><td>张三</td><td>8001</td></tr></table><!-- hidden --><p>A &amp; B&nbsp;&#20013;</p></body></html>";
  const auto result = extract(encoded(page, "GB18030"));
  BOOST_TEST(result.media_type == "text/html");
  BOOST_TEST(result.title == "放假通知");
  BOOST_TEST(all_text(result) == "放假通知\n各 部门：\n姓名\t电话\n张三\t8001\nA & B\u00A0中");
}

BOOST_AUTO_TEST_CASE(a_docx_gives_headers_notes_hidden_text_and_pages) {
  const std::string relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  const auto result = extract(docx(
      paragraph("第一页") +
          "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
          "<w:r><w:br w:type=\"page\"/><w:t>第二页</w:t><w:tab/><w:t>完</w:t></w:r></w:p>",
      {{"word/_rels/document.xml.rels", "<Relationships><Relationship Id=\"r2\" Type=\"" + relation +
                                            "header\" Target=\"header1.xml\"/><Relationship Id=\"r3\" Type=\"" +
                                            relation + "footnotes\" Target=\"footnotes.xml\"/></Relationships>"},
       {"word/header1.xml", "<w:hdr>" + paragraph("某某学校文件") + "</w:hdr>"},
       {"word/footnotes.xml", "<w:footnotes><w:footnote>" + paragraph("脚注") + "</w:footnote></w:footnotes>"},
       {"word/media/image1.bin", "\x01\x02\x03"},
       {"docProps/core.xml",
        "<cp:coreProperties><dc:title>题名</dc:title><dc:creator>李四</dc:creator>"
        "<dcterms:created>2020-01-02T03:04:05Z</dcterms:created></cp:coreProperties>"}}));
  BOOST_TEST(result.title == "题名");
  BOOST_TEST(result.metadata.at("author") == "李四");
  BOOST_TEST(result.metadata.at("created") == "2020-01-02T03:04:05Z");
  BOOST_TEST(all_text(result) == "某某学校文件\n第一页\n暗\f第二页\t完\n脚注");
  BOOST_TEST(has_warning(result, "hidden_text"));
  BOOST_TEST(find_embedded(result, "word/media/image1.bin") != nullptr);
  BOOST_TEST(!result.failure.has_value());
}

BOOST_AUTO_TEST_CASE(an_xlsx_gives_a_page_a_sheet_with_cells_as_shown) {
  const std::string styles =
      "\n<numFmts><numFmt numFmtId=\"164\" "
      "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/></numFmts>\n"
      "<cellXfs>\n<xf numFmtId=\"0\"/>\n<xf numFmtId=\"14\"/>\n<xf numFmtId=\"164\"/>\n<xf numFmtId=\"10\"/>\n<xf "
      "numFmtId=\"22\"/>\n</cellXfs>";
  const auto result = extract(xlsx(
      {{"资产",
        "\n<row r=\"1\">\n<c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>原值</t></is></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" s=\"1\"><v>43525</v></c><c "
        "r=\"C2\"><v>1234.5</v></c></row>"},
       {"其他",
        "<row><c s=\"2\"><v>43525</v></c><c s=\"3\"><v>0.125</v></c><c s=\"4\"><v>43525.75</v></c>"
        "<c t=\"b\"><v>1</v></c><c><v>3</v></c><c t=\"str\"><v>公式</v></c></row>"}},
      {"<t>名称</t>", "<r><t>投影</t></r><r><t>仪</t></r><rPh><t>ignored</t></rPh>"}, styles));
  BOOST_TEST(
      all_text(result) ==
      "资产\n名称\t\t原值\n投影仪\t2019-03-01\t1234.5\f其他\n2019年3月1日\t12.50%\t2019-03-01 18:00\tTRUE\t3\t公式");
}

BOOST_AUTO_TEST_CASE(a_pptx_gives_a_page_a_slide_in_the_order_shown) {
  const auto result = extract(pptx({{{"培训计划", "要点"}, "讲稿"}, {{"第二张"}}, {{"第三张"}}}));
  BOOST_TEST(all_text(result) == "培训计划\n要点\n讲稿\f第二张\f第三张");
  BOOST_TEST(result.pages.at(2).number == 3U);
}

BOOST_AUTO_TEST_CASE(an_odt_gives_paragraphs_and_cells) {
  const auto result =
      extract(odt("<text:h>年度<text:s text:c=\"1\"/>计划</text:h><table:table><table:table-row><table:table-cell>"
                  "<text:p>甲</text:p></table:table-cell><table:table-cell><text:p>乙</text:p></table:table-cell>"
                  "</table:table-row></table:table><text:p>正文</text:p>"));
  BOOST_TEST(result.title == "年度计划");
  BOOST_TEST(all_text(result) == "年度 计划\n甲\t乙\n正文");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Ofd)

BOOST_AUTO_TEST_CASE(short_runs_are_joined_into_lines_in_either_name_space) {
  for (const char* name_space : {"http://www.ofdspec.org/2016", "http://www.ofdspec.org"}) {
    // Out of order, two halves of a word, one a single character, and a second line above in the file.
    const auto result = extract(ofd({{{{20, 60, "各部门："},
                                       {28, 50, "案工作"},
                                       {20, 50, "档"},
                                       {24, 50, "案"},
                                       {60, 50, "2020"},
                                       {70, 50, "No. 5"}}},
                                     {},
                                     "",
                                     {},
                                     name_space,
                                     "通知"}));
    BOOST_TEST(result.media_type == "application/ofd");
    BOOST_TEST(result.title == "通知");
    BOOST_TEST(all_text(result) == "档案案工作 2020 No. 5\n各部门：");
  }
}

BOOST_AUTO_TEST_CASE(templates_annotations_and_attachments_belong_to_it) {
  const auto result =
      extract(ofd({{{{20, 50, "正文"}}, {{20, 50, "次页"}}}, {{20, 20, "文件头"}}, "内部资料", {"明细.txt", "附件"}}));
  BOOST_TEST(all_text(result) == "文件头\n正文\n内部资料\f文件头\n次页");
  BOOST_TEST(result.metadata.at("page_count") == "2");
  BOOST_REQUIRE(result.embedded.size() == 1U);
  BOOST_TEST(result.embedded[0].path == "明细.txt");
  BOOST_TEST(result.embedded[0].pages.at(0).text == "附件");
}

BOOST_AUTO_TEST_CASE(labels_written_downwards_are_one_word) {
  const auto result =
      extract(ofd({{{{10, 50, "购"}, {10, 56, "买"}, {10, 62, "方"}, {40, 50, "名称"}, {40, 62, "地址"}}}}));
  BOOST_TEST(all_text(result) == "购买方 名称\n地址");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
