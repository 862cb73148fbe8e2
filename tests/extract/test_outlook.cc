#define BOOST_TEST_MODULE extract_outlook
#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-outfile.h>
#include <gsf/gsf-output-memory.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "fixture.h"

namespace lantai::extract::test {
namespace {

// Writes compound files with libgsf, stream by stream.
class CompoundWriter {
 public:
  CompoundWriter() : memory_(gsf_output_memory_new()), root_(gsf_outfile_msole_new(memory_)) {}
  CompoundWriter(const CompoundWriter&) = delete;
  CompoundWriter& operator=(const CompoundWriter&) = delete;
  ~CompoundWriter() {
    g_object_unref(root_);
    g_object_unref(memory_);
  }
  GsfOutfile* root() const { return root_; }

  static void stream(GsfOutfile* folder, const char* name, const std::string& bytes) {
    GsfOutput* out = gsf_outfile_new_child(folder, name, FALSE);
    gsf_output_write(out, bytes.size(), reinterpret_cast<const guint8*>(bytes.data()));
    gsf_output_close(out);
    g_object_unref(out);
  }
  static GsfOutfile* storage(GsfOutfile* folder, const char* name) {
    return GSF_OUTFILE(gsf_outfile_new_child(folder, name, TRUE));
  }
  static void close(GsfOutfile* folder) {
    gsf_output_close(GSF_OUTPUT(folder));
    g_object_unref(folder);
  }
  std::string bytes() {
    gsf_output_close(GSF_OUTPUT(root_));
    auto* memory = GSF_OUTPUT_MEMORY(memory_);
    return {reinterpret_cast<const char*>(gsf_output_memory_get_bytes(memory)),
            static_cast<std::size_t>(gsf_output_size(memory_))};
  }

 private:
  GsfOutput* memory_;
  GsfOutfile* root_;
};

std::string wide(const std::string& utf8) { return encoded(utf8, "UTF-16LE"); }

// A header of `reserved` bytes, then one property of type PT_SYSTIME: 2021-03-05T08:00:00Z.
std::string properties(std::size_t reserved) {
  std::string entry(16, '\0');
  entry[0] = 0x40;
  entry[2] = 0x39;
  const std::uint64_t time = (1'614'931'200ULL + 11'644'473'600ULL) * 10'000'000ULL;
  for (unsigned i = 0; i < 8; ++i) entry[8 + i] = static_cast<char>(time >> (8 * i));
  return std::string(reserved, '\0') + entry;
}

std::string message() {
  CompoundWriter file;
  auto* root = file.root();
  CompoundWriter::stream(root, "__properties_version1.0", properties(32));
  CompoundWriter::stream(root, "__substg1.0_0037001F", wide("关于召开校务会议的通知"));
  CompoundWriter::stream(root, "__substg1.0_0C1A001F", wide("欧阳明"));
  CompoundWriter::stream(root, "__substg1.0_5D01001F", wide("ouyang@example.edu.cn"));
  CompoundWriter::stream(root, "__substg1.0_0E04001F", wide("教务处; 总务处"));
  CompoundWriter::stream(root, "__substg1.0_1000001F", wide("请各部门负责人准时参加。\r\n地点：第二会议室"));
  auto* first = CompoundWriter::storage(root, "__attach_version1.0_#00000000");
  CompoundWriter::stream(first, "__substg1.0_3707001F", wide("议程.txt"));
  CompoundWriter::stream(first, "__substg1.0_37010102", "一、审议年度预算");
  CompoundWriter::close(first);
  auto* second = CompoundWriter::storage(root, "__attach_version1.0_#00000001");
  auto* inner = CompoundWriter::storage(second, "__substg1.0_3701000D");
  CompoundWriter::stream(inner, "__properties_version1.0", properties(24));
  CompoundWriter::stream(inner, "__substg1.0_0037001F", wide("转发：场地确认"));
  CompoundWriter::stream(inner, "__substg1.0_1000001E", encoded("会议室已经预留。", "GB18030"));
  CompoundWriter::close(inner);
  CompoundWriter::close(second);
  return file.bytes();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(Outlook)

BOOST_AUTO_TEST_CASE(a_message_is_read_with_its_header_and_what_is_attached) {
  const auto mail = extract(message());
  BOOST_TEST(failure_code(mail) == "");
  BOOST_TEST(mail.media_type == "application/vnd.ms-outlook");
  BOOST_TEST(mail.title == "关于召开校务会议的通知");
  BOOST_TEST(mail.metadata.at("author") == "欧阳明 <ouyang@example.edu.cn>");
  BOOST_TEST(mail.metadata.at("to") == "教务处; 总务处");
  BOOST_TEST(mail.metadata.at("created") == "2021-03-05T08:00:00Z");
  BOOST_REQUIRE(mail.pages.size() == 1U);
  BOOST_TEST(has(mail.pages[0].text, "请各部门负责人准时参加。\n地点：第二会议室"));
  BOOST_TEST(has(mail.pages[0].text, "Subject: 关于召开校务会议的通知"));

  const auto* agenda = find_embedded(mail, "议程.txt");
  BOOST_REQUIRE(agenda != nullptr);
  BOOST_TEST(agenda->media_type == "text/plain");
  BOOST_TEST(agenda->pages.at(0).text == "一、审议年度预算");

  const auto* forwarded = find_embedded(mail, "转发：场地确认.msg");
  BOOST_REQUIRE(forwarded != nullptr);
  BOOST_TEST(has(forwarded->pages.at(0).text, "会议室已经预留。"));
  BOOST_TEST(has(forwarded->pages.at(0).text, "Date: 2021-03-05T08:00:00Z"));
}

BOOST_AUTO_TEST_CASE(a_message_cut_off_anywhere_harms_nobody) {
  const auto bytes = message();
  for (std::size_t sixteenth = 1; sixteenth < 16; ++sixteenth) {
    const auto part = extract(std::string_view(bytes).substr(0, bytes.size() * sixteenth / 16));
    BOOST_TEST(failure_code(part) != "worker_crashed", "cut at " << sixteenth << "/16");
  }
  BOOST_TEST(failure_code(extract(message())) == "");
}

BOOST_AUTO_TEST_CASE(an_encrypted_office_document_and_a_damaged_container_are_named_so) {
  CompoundWriter file;
  CompoundWriter::stream(file.root(), "EncryptionInfo", std::string(64, '\1'));
  CompoundWriter::stream(file.root(), "EncryptedPackage", std::string(8192, '\2'));
  const auto bytes = file.bytes();
  BOOST_TEST(failure_code(extract(bytes)) == "encrypted");
  BOOST_TEST(failure_code(extract(bytes.substr(0, 700))) == "damaged");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
