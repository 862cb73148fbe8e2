#define BOOST_TEST_MODULE extract_office
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>

#include "fixture.h"
#include "support/places.h"
#include "worker_process.h"

namespace lantai::extract::test {
namespace {

std::string sample(const std::string& name) {
  std::ifstream in(lantai::test::source_directory() / "tests/data/office" / name, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  BOOST_REQUIRE_MESSAGE(!bytes.empty(), name);
  return bytes;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void check_notice(const Extraction& notice) {
  BOOST_TEST(failure_code(notice) == "");
  BOOST_REQUIRE(notice.pages.size() == 2U);
  for (const auto* part : {"关于开展固定资产清查工作的通知", "校办〔2019〕12", "各部门：", "联系人", "欧阳明"})
    BOOST_TEST(has(notice.pages[0].text, part), part);
  BOOST_TEST(!has(notice.pages[0].text, "填写说明"));
  BOOST_TEST(notice.pages[1].number == 2U);
  BOOST_TEST(has(notice.pages[1].text, "附件：清查登记表填写说明。"));
  BOOST_TEST(notice.title == "关于开展固定资产清查工作的通知");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Office)

BOOST_AUTO_TEST_CASE(a_word_document_gives_its_text_page_by_page) {
  const auto notice = extract(sample("notice.doc"));
  check_notice(notice);
  BOOST_TEST(notice.media_type == "application/msword");
  BOOST_TEST(notice.format == "Word 97-2003");
  BOOST_TEST(notice.metadata.at("author") == "校长办公室");
}

BOOST_AUTO_TEST_CASE(rich_text_gives_its_text_page_by_page) {
  const auto notice = extract(sample("notice.rtf"));
  check_notice(notice);
  BOOST_TEST(notice.media_type == "application/rtf");
}

BOOST_AUTO_TEST_CASE(a_workbook_gives_its_cells_apart) {
  const auto sheet = extract(sample("sheet.xls"));
  BOOST_TEST(failure_code(sheet) == "");
  BOOST_TEST(sheet.media_type == "application/vnd.ms-excel");
  BOOST_REQUIRE(sheet.pages.size() == 1U);
  BOOST_TEST(has(sheet.pages[0].text, "序号\t物品\t数量\n1\t投影仪\t12\n2\t课桌椅\t480"));
}

BOOST_AUTO_TEST_CASE(a_presentation_inside_an_archive_gives_slides_with_notes) {
  const auto archive = extract(sample("talk.ppt.gz"));
  BOOST_TEST(failure_code(archive) == "");
  BOOST_REQUIRE(archive.embedded.size() == 1U);
  const auto& talk = archive.embedded[0];
  BOOST_TEST(talk.error == "");
  BOOST_TEST(talk.media_type == "application/vnd.ms-powerpoint");
  BOOST_REQUIRE(talk.pages.size() == 2U);
  BOOST_TEST(has(talk.pages[0].text, "新生入学教育"));
  BOOST_TEST(has(talk.pages[0].text, "讲稿：先介绍图书馆"));
  BOOST_TEST(has(talk.pages[1].text, "消防安全与疏散路线"));
}

BOOST_AUTO_TEST_CASE(an_encrypted_document_is_said_to_be_so) {
  std::string bytes = sample("notice.doc");
  const auto document = bytes.find("\xEC\xA5");  // the FibBase begins with wIdent A5EC
  BOOST_REQUIRE(document != std::string::npos);
  bytes[document + 11] = static_cast<char>(bytes[document + 11] | 1);  // fEncrypted
  const auto notice = extract(bytes);
  BOOST_TEST(failure_code(notice) == "encrypted");
  BOOST_TEST(notice.format == "Word 97-2003");
}

BOOST_AUTO_TEST_CASE(a_document_cut_off_anywhere_harms_nobody) {
  for (const std::string name : {"notice.doc", "sheet.xls", "notice.rtf"}) {
    const auto bytes = sample(name);
    for (std::size_t sixteenth = 1; sixteenth < 16; sixteenth += 3) {
      const auto part = extract(std::string_view(bytes).substr(0, bytes.size() * sixteenth / 16));
      BOOST_TEST((part.failure || !all_text(part).empty()), name << " cut at " << sixteenth << "/16 is silent");
    }
  }
  check_notice(extract(sample("notice.doc")));
}

BOOST_AUTO_TEST_CASE(pages_are_shown_as_the_office_program_lays_them_out) {
  const MemoryFile file(sample("notice.doc"));
  const auto pdf = shared_extractor().to_pdf(file.source());
  BOOST_REQUIRE(pdf.has_value());
  const MemoryFile pages(as_chars(*pdf));
  const auto image = shared_extractor().render_page(pages.source(), 2, 600);
  BOOST_REQUIRE(image.has_value());
  BOOST_TEST(has(std::string(as_chars(*image).substr(0, 4)), "PNG"));
  const MemoryFile text("no office document");
  BOOST_TEST(!shared_extractor().to_pdf(text.source()).has_value());
}

BOOST_AUTO_TEST_CASE(texts_and_sheets_that_are_read_here_are_laid_out_there_too) {
  for (const auto& [name, pages, words] :
       {std::tuple("notice.docx", 2U, "附件：清查登记表填写说明。"),
        std::tuple("notice.odt", 2U, "附件：清查登记表填写说明。"), std::tuple("sheet.xlsx", 1U, "课桌椅")}) {
    const MemoryFile file(sample(name));
    BOOST_TEST(!shared_extractor().count_pages(file.source()).has_value());
    const auto pdf = shared_extractor().to_pdf(file.source());
    BOOST_TEST_REQUIRE(pdf.has_value(), name);
    const MemoryFile laid_out(as_chars(*pdf));
    BOOST_TEST(shared_extractor().count_pages(laid_out.source()).value_or(0) == pages, name);
    const auto layout = shared_extractor().lay_out(laid_out.source(), pages);
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST(has(layout->text(), words), layout->text());
  }
}

BOOST_AUTO_TEST_CASE(the_worker_that_converts_is_locked_in_too) {
  WorkerProcess worker(office_program(), Limits{}, true);
  worker.await_hello();
  BOOST_TEST_INFO(worker.sandbox().detail);
  BOOST_TEST(worker.sandbox().complete);
  const MemoryFile file("x");
  Request request;
  request.kind = FrameKind::probe;
  std::size_t attempts = 0;
  const auto failure = worker.run(request, file.descriptor(), [&](const Frame& frame) {
    BOOST_TEST(frame.number(0) == 0, frame.text(0));
    ++attempts;
  });
  BOOST_TEST(!failure.has_value());
  BOOST_TEST(attempts >= 15);
}

BOOST_AUTO_TEST_CASE(without_the_converter_such_documents_say_what_is_missing) {
  ExtractorOptions options;
  options.worker_program = worker_program();
  options.allow_incomplete_sandbox = true;
  const auto extractor = Extractor::make(options);
  const MemoryFile file(sample("notice.doc"));
  const auto notice = extractor->extract(file.source());
  BOOST_TEST(failure_code(notice) == "unsupported_format");
  BOOST_TEST(notice.media_type == "application/msword");
  BOOST_TEST(extractor->version() != shared_extractor().version());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
