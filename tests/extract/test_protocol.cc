#define BOOST_TEST_MODULE extract_protocol
#include <boost/test/unit_test.hpp>

#include "lantai/base/error.h"
#include "lantai/extract/extraction.h"
#include "reply_assembler.h"

namespace lantai::extract::test {
namespace {

bool is_data_loss(const Error& error) { return error.code() == ErrorCode::data_loss; }

Frame frame(FrameKind kind, std::vector<std::uint64_t> numbers, std::vector<std::string> fields) {
  Frame made{kind, std::move(numbers), {}};
  for (const auto& field : fields) made.fields.push_back(to_bytes(field));
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Protocol)

BOOST_AUTO_TEST_CASE(frames_arrive_as_sent_however_they_are_cut) {
  const auto sent = frame(FrameKind::embedded_end, {7, 1ULL << 60U}, {"text/plain", ""});
  Bytes wire = encode(sent);
  const auto second = encode(frame(FrameKind::done, {0}, {}));
  wire.insert(wire.end(), second.begin(), second.end());
  FrameDecoder decoder;
  std::vector<Frame> got;
  for (const auto byte : wire) {
    decoder.add({&byte, 1});
    while (auto next = decoder.next()) got.push_back(*next);
  }
  BOOST_REQUIRE(got.size() == 2U);
  BOOST_TEST((got[0].kind == FrameKind::embedded_end));
  BOOST_TEST(got[0].numbers == sent.numbers);
  BOOST_TEST((got[0].fields == sent.fields));
  BOOST_TEST(decoder.idle());
}

BOOST_AUTO_TEST_CASE(a_request_survives_the_wire) {
  Request request;
  request.kind = FrameKind::render_page;
  request.limits.depth = 5;
  request.page = 12;
  request.width = 800;
  request.name = "通知.pdf";
  const auto back = to_request(to_frame(request));
  BOOST_TEST((back.kind == request.kind));
  BOOST_TEST(back.limits.depth == 5U);
  BOOST_TEST((back.limits.wall_time == request.limits.wall_time));
  BOOST_TEST(back.page == 12U);
  BOOST_TEST(back.name == "通知.pdf");
}

BOOST_AUTO_TEST_CASE(malformed_frames_are_refused) {
  const auto refused = [](Bytes wire) {
    FrameDecoder decoder;
    decoder.add(wire);
    BOOST_CHECK_EXCEPTION(decoder.next(), Error, is_data_loss);
  };
  refused({0xFF, 0xFF, 0xFF, 0xFF});               // longer than allowed
  refused({0, 0, 0, 0});                           // empty
  refused({4, 0, 0, 0, 200, 0, 0, 0});             // unknown kind
  refused({4, 0, 0, 0, 34, 1, 0, 0});              // a number is missing
  refused({8, 0, 0, 0, 34, 0, 1, 0, 9, 0, 0, 0});  // a field longer than the frame
  refused({5, 0, 0, 0, 34, 0, 0, 0, 1});           // a byte too many
  refused({4, 0, 0, 0, 34, 0, 0xFF, 0xFF});        // more fields than bytes
}

BOOST_AUTO_TEST_CASE(a_reply_out_of_order_is_refused_and_what_came_before_stays) {
  ReplyAssembler assembler{Limits{}};
  assembler.accept(frame(FrameKind::identified, {}, {"text/plain", "text", "text in UTF-8"}));
  assembler.accept(frame(FrameKind::page, {0, 1, 0}, {}));
  assembler.accept(frame(FrameKind::text, {}, {"one "}));
  assembler.accept(frame(FrameKind::text, {}, {"\xFFtwo"}));
  BOOST_CHECK_EXCEPTION(assembler.accept(frame(FrameKind::page, {1, 1, 0}, {})), Error, is_data_loss);
  BOOST_CHECK_EXCEPTION(assembler.accept(frame(FrameKind::text, {}, {"orphan"})), Error, is_data_loss);
  BOOST_CHECK_EXCEPTION(assembler.accept(frame(FrameKind::embedded_end, {1, 0}, {"", ""})), Error, is_data_loss);
  BOOST_CHECK_EXCEPTION(assembler.accept(frame(FrameKind::data, {}, {"x"})), Error, is_data_loss);
  BOOST_CHECK_EXCEPTION(assembler.accept(frame(FrameKind::page, {0, 0, 0}, {})), Error, is_data_loss);
  BOOST_TEST(assembler.result().pages.at(0).text == "one \xEF\xBF\xBDtwo");
}

BOOST_AUTO_TEST_CASE(a_worker_cannot_talk_beyond_the_limits) {
  Limits limits;
  limits.output_bytes = 1'000;
  ReplyAssembler assembler{limits};
  assembler.accept(frame(FrameKind::page, {0, 1, 0}, {}));
  const auto talk = [&] {
    for (int i = 0; i < 100; ++i) assembler.accept(frame(FrameKind::warning, {}, {"", ""}));
  };
  BOOST_CHECK_EXCEPTION(talk(), Error,
                        [](const Error& error) { return error.code() == ErrorCode::resource_exhausted; });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Json)

BOOST_AUTO_TEST_CASE(the_object_has_the_members_promised) {
  Extraction extraction;
  extraction.media_type = "application/pdf";
  extraction.format = "PDF 1.7";
  extraction.puid = "fmt/276";
  extraction.evidence = "25 50 44 46 2D at 0";
  extraction.title = "题名";
  extraction.metadata["author"] = "张三";
  extraction.pages = {{1, "文", false}, {2, "扫", true}};
  extraction.embedded = {{"a.zip!/b", to_bytes("b"), "text/plain", 3, {{1, "x", false}}, "damaged"},
                         {"c", {}, "image/png", 9, {}, ""}};
  extraction.warnings = {{"hidden_text", "d"}};
  const auto json = to_json(extraction);
  BOOST_TEST(json == R"({"media_type":"application/pdf","format":"PDF 1.7","puid":"fmt/276",)"
                     R"("evidence":"25 50 44 46 2D at 0","title":"题名","metadata":{"author":"张三"},)"
                     R"("pages":[{"number":1,"text":"文"},{"number":2,"text":"扫","ocr":true}],)"
                     R"("embedded":[{"path":"a.zip!/b","raw_name_hex":"62","media_type":"text/plain","size":3,)"
                     R"("pages":[{"number":1,"text":"x"}],"error":"damaged"},)"
                     R"({"path":"c","raw_name_hex":"","media_type":"image/png","size":9}],)"
                     R"("warnings":[{"code":"hidden_text","detail":"d"}],"error":null})");
  BOOST_TEST(to_json(from_json(json)) == json);
  extraction.failure = Failure{"damaged", "why"};
  const auto failed = to_json(extraction);
  BOOST_TEST(failed.find(R"("error":{"code":"damaged","detail":"why"}})") != std::string::npos);
  BOOST_TEST(to_json(from_json(failed)) == failed);
}

BOOST_AUTO_TEST_CASE(what_is_not_an_extraction_is_data_loss) {
  for (const char* json : {"", "{", "[]", "{}", R"({"media_type":1})"})
    BOOST_CHECK_EXCEPTION(from_json(json), Error, is_data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
