// The samples are written here by the formats' own descriptions, a second or less of silence each.
#define BOOST_TEST_MODULE extract_media
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

using std::string_literals::operator""s;

std::string little(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string big(std::uint32_t value, int bytes) {
  const auto turned = little(value, bytes);
  return {turned.rbegin(), turned.rend()};
}

// 8,000 samples a second, one channel, 16 bits: 1.5 seconds.
std::string wave(const std::string& title = "") {
  const std::string samples(24'000, '\0');
  std::string list;
  if (!title.empty()) {
    const auto text = title + std::string(2 - title.size() % 2, '\0');
    list = "LIST" + little(static_cast<std::uint32_t>(12 + text.size()), 4) + "INFOINAM" +
           little(static_cast<std::uint32_t>(text.size()), 4) + text;
  }
  return "RIFF" + little(static_cast<std::uint32_t>(36 + samples.size() + list.size()), 4) + "WAVEfmt " +
         little(16, 4) + little(1, 2) + little(1, 2) + little(8'000, 4) + little(16'000, 4) + little(2, 2) +
         little(16, 2) + "data" + little(static_cast<std::uint32_t>(samples.size()), 4) + samples + list;
}

// ID3v2.3 with a title and a performer in UTF-16, and 40 frames of MPEG-1 layer III, 128 kbit/s at 44,100 Hz: 417 bytes
// and 1,152 samples each.
std::string mp3(const std::string& title, const std::string& performer) {
  const auto frame = [](const std::string& id, const std::string& text) {
    const auto wide = "\xFF\xFE"s + encoded(text, "UTF-16LE");
    return id + big(static_cast<std::uint32_t>(wide.size() + 1), 4) + "\0\0\x01"s + wide;
  };
  const auto frames = frame("TIT2", title) + frame("TPE1", performer);
  std::string size;
  for (int shift = 21; shift >= 0; shift -= 7) size += static_cast<char>(frames.size() >> shift & 0x7FU);
  std::string out = "ID3\x03\0\0"s + size + frames;
  for (int i = 0; i < 40; ++i) out += "\xFF\xFB\x90\x64"s + std::string(413, '\0');
  return out;
}

// ISO/IEC 14496-12: a file type, and a movie header that was made on 2021-03-05 at 00:00 UTC.
std::string mp4() {
  constexpr std::uint32_t kFrom1904To1970 = 2'082'844'800, kMade = 1'614'902'400;
  const auto box = [](const std::string& type, const std::string& content) {
    return big(static_cast<std::uint32_t>(content.size() + 8), 4) + type + content;
  };
  const auto made = big(kMade + kFrom1904To1970, 4);
  const auto header = std::string(4, '\0') + made + made + big(1'000, 4) + big(5'000, 4) + big(0x10000, 4) +
                      big(0x100, 2) + std::string(10, '\0') + std::string(36 + 24, '\0') + big(2, 4);
  return box("ftyp", "isom" + big(512, 4) + "isomiso2mp41") + box("moov", box("mvhd", header)) + box("mdat", "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Media)

BOOST_AUTO_TEST_CASE(a_recording_says_how_long_it_is) {
  const auto read = extract(wave());
  BOOST_TEST(read.media_type == "audio/vnd.wave");
  BOOST_TEST(failure_code(read) == "");
  BOOST_TEST(read.metadata.at("duration") == "0:00:01.500");
  BOOST_TEST(read.metadata.at("sample_rate") == "8000");
  BOOST_TEST(read.metadata.at("channels") == "1");
  BOOST_TEST(read.pages.empty());
  BOOST_TEST(extract(wave(encoded("校长讲话录音", "GB18030"))).title == "校长讲话录音");
  BOOST_TEST(extract(wave("校长讲话录音")).title == "校长讲话录音");
}

BOOST_AUTO_TEST_CASE(a_recording_gives_its_title_and_who_speaks) {
  const auto read = extract(mp3("校长讲话录音", "王校长"));
  BOOST_TEST(read.media_type == "audio/mpeg");
  BOOST_TEST(read.title == "校长讲话录音");
  BOOST_TEST(read.metadata.at("author") == "王校长");
  BOOST_TEST(read.metadata.at("sample_rate") == "44100");
  const auto bare = mp3("", "");
  BOOST_TEST(extract(bare.substr(bare.find("\xFF\xFB\x90"))).media_type == "audio/mpeg");
}

BOOST_AUTO_TEST_CASE(a_film_says_when_it_was_made) {
  const auto read = extract(mp4());
  BOOST_TEST(read.media_type == "video/mp4");
  BOOST_TEST(read.metadata.at("created") == "2021-03-05T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(recordings_cut_anywhere_end_by_themselves) {
  for (const auto& whole : {wave(), mp3("题名", "某人"), mp4()}) {
    for (std::size_t part = 1; part < 16; ++part) {
      const auto code = failure_code(extract(whole.substr(0, whole.size() * part / 16)));
      BOOST_TEST((code.empty() || code == "damaged" || code == "unsupported_format"), code);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
