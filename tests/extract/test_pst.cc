// Folders of Outlook: written here after [MS-PST], read as people see them.
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "pst_sample.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

// 2021-03-05T00:00:00Z: 1,614,902,400 seconds after 1970, which began 11,644,473,600 after 1601.
constexpr std::uint64_t kSent = (1'614'902'400ULL + 11'644'473'600ULL) * 10'000'000ULL;

std::vector<PstFolder> two_folders(const char* charset) {
  const auto in = [&](const std::string& text) { return charset == nullptr ? text : encoded(text, charset); };
  return {
      {in("收件箱"),
       {{in("关于校庆筹备的通知"),
         in("各处室：请于周五前报送方案。"),
         in("王芳"),
         "wang@example.org",
         in("校办"),
         kSent,
         {{in("方案.txt"), "attached plan"}}},
        {in("校舍/维修"), in("二号楼屋面漏水，请总务处查看。"), in("李明"), "li@example.org", in("总务处"), kSent}}},
      {in("已发送"), {{in("回复"), in("同意。"), in("校办"), "office@example.org", in("王芳"), kSent}}}};
}

void check(const Extraction& read, const std::string& folder = "") {
  const auto text = [&](const std::string& path) {
    const auto* member = find_embedded(read, folder + path);
    return member == nullptr || member->pages.empty() ? std::string("missing") : member->pages[0].text;
  };
  BOOST_TEST(failure_code(read) == "");
  BOOST_TEST(text("收件箱/关于校庆筹备的通知.msg") ==
             "From: 王芳 <wang@example.org>\nTo: 校办\nDate: 2021-03-05T00:00:00Z\nSubject: 关于校庆筹备的通知\n\n"
             "各处室：请于周五前报送方案。");
  BOOST_TEST(text("收件箱/关于校庆筹备的通知.msg!/方案.txt") == "attached plan");
  BOOST_TEST(text("收件箱/校舍_维修.msg").find("二号楼屋面漏水") != std::string::npos);
  BOOST_TEST(text("已发送/回复.msg").find("同意。") != std::string::npos);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outlook_folders)

BOOST_AUTO_TEST_CASE(messages_of_a_unicode_file_are_read_in_their_folders_with_what_is_attached) {
  const auto read = extract(pst(two_folders(nullptr), true));
  BOOST_TEST(read.media_type == "application/vnd.ms-outlook-pst");
  BOOST_TEST(read.embedded.size() == 4U);
  check(read);
}

BOOST_AUTO_TEST_CASE(messages_of_an_ansi_file_are_read_in_the_code_page_of_their_writer) {
  check(extract(pst(two_folders("GB18030"), false)));
}

BOOST_AUTO_TEST_CASE(folders_in_an_archive_are_read_too) {
  check(extract(zip({{"mail/old.pst", pst(two_folders(nullptr), true)}})), "mail/old.pst!/");
}

BOOST_AUTO_TEST_CASE(folders_cut_off_or_damaged_anywhere_harm_nobody) {
  const auto whole = pst(two_folders(nullptr), true);
  for (std::size_t part = 0; part < 16; ++part) {
    const auto cut = extract(whole.substr(0, whole.size() * part / 16));
    BOOST_TEST((cut.failure.has_value() || part == 0));
    auto flipped = whole;
    for (std::size_t at = 512 + part; at < flipped.size(); at += 97)
      flipped[at] = static_cast<char>(flipped[at] ^ 0x5A);
    extract(flipped);
  }
  check(extract(whole));  // the next one is read
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
