#define BOOST_TEST_MODULE extract_mail
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

const std::string kHead =
    "From: =?gb2312?B?zfW3vA==?= <wang@example.edu.cn>\r\n"
    "To: office@example.edu.cn\r\n"
    "Date: Fri, 05 Mar 2021 09:30:00 +0800\r\n"
    "Message-ID: <1@example.edu.cn>\r\n"
    "MIME-Version: 1.0\r\n";

std::string part(const std::string& headers, const std::string& content) {
  return "--b\r\n" + headers + "\r\n\r\n" + content + "\r\n";
}

std::string mixed(const std::string& parts, const std::string& kind = "mixed") {
  return kHead + "Subject: files\r\nContent-Type: multipart/" + kind + "; boundary=b\r\n\r\n" + parts + "--b--\r\n";
}

std::string quoted(const std::string& bytes) {
  std::string out;
  for (const unsigned char byte : bytes) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    if (out.size() % 70 > 66) out += "=\r\n";
    out += {'=', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Mail)

// The subject's second character is cut between two encoded words, as programs do that count bytes.
BOOST_AUTO_TEST_CASE(a_message_gives_its_headers_and_its_text) {
  const auto result = extract(kHead +
                              "Subject: =?gb2312?B?udjT2tU=?= =?gb2312?B?2b+qu+HS6bXEzajWqg==?=\r\n"
                              "Content-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                              "u+HS6bzN0qrS0b6t0KOzpLDsuau74cnztqg=\r\n");
  BOOST_TEST(result.media_type == "message/rfc822");
  BOOST_TEST(result.title == "关于召开会议的通知");
  BOOST_TEST(result.metadata.at("author") == "王芳 <wang@example.edu.cn>");
  BOOST_TEST(result.metadata.at("to") == "office@example.edu.cn");
  BOOST_TEST(result.metadata.at("created") == "2021-03-05T01:30:00Z");
  BOOST_TEST(all_text(result) ==
             "From: 王芳 <wang@example.edu.cn>\nTo: office@example.edu.cn\nDate: 2021-03-05T01:30:00Z\n"
             "Subject: 关于召开会议的通知\n\n会议纪要已经校长办公会审定");
  BOOST_TEST(!result.failure.has_value());
}

BOOST_AUTO_TEST_CASE(encoded_words_beside_plain_ones_keep_their_spaces_and_strange_ones_stay) {
  const auto title = [](const std::string& raw) {
    return extract("Subject: " + raw + "\nFrom: a@example.cn\nTo: b@example.cn\n\nx\n").title;
  };
  BOOST_TEST(title("Re: =?UTF-8?Q?=E9=80=9A=E7=9F=A5_2021?= (new)") == "Re: 通知 2021 (new)");
  BOOST_TEST(title("=?utf-8?B?6YCa?=\n =?utf-8?B?55+l?= =?big5?B?s3Gqvg==?=") == "通知通知");
  BOOST_TEST(title("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=") == "日本");
  BOOST_TEST(title("=?utf-8?X?abc?= =?broken") == "=?utf-8?X?abc?= =?broken");
  BOOST_TEST(title("=?utf-8?B?"
                   "?= end") == "end");
}

BOOST_AUTO_TEST_CASE(bare_bytes_in_a_header_are_read_as_old_programs_wrote_them) {
  const auto result =
      extract("Subject: " + encoded("关于放假的通知", "GB18030") + "\nFrom: a@example.cn\nTo: b@example.cn\n\n" +
              encoded("国庆节放假七天", "GB18030") + "\n");
  BOOST_TEST(result.title == "关于放假的通知");
  BOOST_TEST(result.pages.at(0).text.find("国庆节放假七天") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_attached_is_a_member_under_its_decoded_name) {
  const auto result = extract(
      mixed(part("Content-Type: text/plain; charset=utf-8", "请查收附件。") +
            part("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: quoted-printable\r\n"
                 "Content-Disposition: attachment; filename*=GB18030''%CD%A8%D6%AA.docx",
                 quoted(docx(paragraph("附件正文")))) +
            part("Content-Type: text/plain; charset=big5; name=\"=?big5?B?s3Gqvi50eHQ=?=\"\r\n"
                 "Content-Disposition: attachment",
                 encoded("會議紀錄", "BIG5")) +
            part("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"../../etc/cron\"", "x") +
            part("Content-Type: message/rfc822",
                 "Subject: inner\r\nFrom: c@example.cn\r\nTo: d@example.cn\r\n\r\n转发的内容")));
  BOOST_TEST(result.pages.at(0).text.find("请查收附件。") != std::string::npos);
  const auto* first = find_embedded(result, "通知.docx");
  BOOST_TEST_REQUIRE(first != nullptr);
  BOOST_TEST(first->pages.at(0).text == "附件正文");
  const auto* second = find_embedded(result, "通知.txt");
  BOOST_TEST_REQUIRE(second != nullptr);
  BOOST_TEST(second->pages.at(0).text == "會議紀錄");
  BOOST_TEST(find_embedded(result, "etc/cron") != nullptr);
  BOOST_TEST(has_warning(result, "unsafe_name"));
  const auto* inner = find_embedded(result, "inner.eml");
  BOOST_TEST_REQUIRE(inner != nullptr);
  BOOST_TEST(inner->media_type == "message/rfc822");
  BOOST_TEST(inner->pages.at(0).text.find("转发的内容") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_several_forms_the_plain_one_is_read_and_html_where_it_is_the_only_one) {
  const auto plain = part("Content-Type: text/plain; charset=utf-8", "纯文本");
  const auto html =
      part("Content-Type: text/html; charset=utf-8", "<html><p>网页<b>文本</b></p><script>x</script></html>");
  const auto both = extract(mixed(plain + html, "alternative"));
  BOOST_TEST(both.pages.at(0).text.find("纯文本") != std::string::npos);
  BOOST_TEST(both.pages.at(0).text.find("网页文本") == std::string::npos);
  const auto only = extract(mixed(part("Content-Type: text/plain", " ") + html, "alternative"));
  BOOST_TEST(only.pages.at(0).text.find("网页文本") != std::string::npos);
  BOOST_TEST(only.pages.at(0).text.find("script") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_mailbox_gives_every_message_as_a_member) {
  std::string mailbox;
  for (const char* text : {"第一封", "第二封\n>From 不是信头", "第三封"})
    mailbox += std::string(
                   "From wang@example.cn Fri Mar  5 09:30:00 2021\nFrom: wang@example.cn\nTo: b@example.cn\n"
                   "Subject: s\nContent-Type: text/plain; charset=utf-8\n\n") +
               text + "\n\n";
  const auto result = extract(mailbox);
  BOOST_TEST(result.media_type == "application/mbox");
  BOOST_TEST_REQUIRE(result.embedded.size() == 3U);
  BOOST_TEST(result.embedded[0].path == "00001.eml");
  BOOST_TEST(result.embedded[1].pages.at(0).text.find("第二封") != std::string::npos);
  BOOST_TEST(result.embedded[1].pages.at(0).text.find("第三封") == std::string::npos);
  BOOST_TEST(result.embedded[2].pages.at(0).text.find("第三封") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(encrypted_and_signed_messages_are_said_to_be_so) {
  const auto encrypted =
      extract(mixed(part("Content-Type: application/pgp-encrypted", "Version: 1") +
                        part("Content-Type: application/octet-stream", "-----BEGIN PGP MESSAGE-----"),
                    "encrypted; protocol=\"application/pgp-encrypted\""));
  BOOST_TEST(failure_code(encrypted) == "encrypted");
  BOOST_TEST(encrypted.title == "files");
  const auto closed =
      extract(kHead + "Subject: s\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAGCSqGSIb3\n");
  BOOST_TEST(failure_code(closed) == "encrypted");
  const auto signed_one =
      extract(mixed(part("Content-Type: text/plain", "seen by all") +
                        part("Content-Type: application/pgp-signature", "-----BEGIN PGP SIGNATURE-----"),
                    "signed; micalg=pgp-sha256; protocol=\"application/pgp-signature\""));
  BOOST_TEST(signed_one.metadata.at("signed") == "application/pgp-signature");
  BOOST_TEST(signed_one.pages.at(0).text.find("seen by all") != std::string::npos);
  BOOST_TEST(!signed_one.failure.has_value());
}

BOOST_AUTO_TEST_CASE(mail_that_nests_without_end_or_is_cut_ends_by_itself) {
  std::string nested = kHead + "Subject: s\n";
  for (int i = 0; i < 10'000; ++i)
    nested += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) + "\n";
  const auto deep = extract(nested + "Content-Type: text/plain\n\ninside\n");
  BOOST_TEST(failure_code(deep) == "too_deep");

  const auto whole =
      mixed(part("Content-Type: text/plain", "one") +
            part("Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: quoted-printable",
                 quoted(zip({{"a.txt", "inside"}}))));
  BOOST_TEST(find_embedded(extract(whole), "a.zip!/a.txt") != nullptr);
  for (std::size_t sixteenth = 1; sixteenth < 16; ++sixteenth)
    BOOST_TEST(failure_code(extract(whole.substr(0, whole.size() * sixteenth / 16))) != "worker_crashed", sixteenth);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
