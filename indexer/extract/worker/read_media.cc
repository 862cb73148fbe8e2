// UNICODE: its strings are std::wstring, as Debian builds it.
#include <MediaInfo/MediaInfo.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "extract.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

using MediaInfoLib::MediaInfo;
using MediaInfoLib::stream_t;

std::string to_text(const std::wstring& wide) {
  std::string text;
  for (const wchar_t c : wide) append_utf8(text, static_cast<char32_t>(c));
  return trim(to_valid_utf8(text));
}

// Hands over the parts that are asked for: mostly the beginning and the end. Costs little even of a long film.
void feed(MediaInfo& media, Source& source) {
  constexpr std::uint64_t kMost = 64U << 20U;
  std::array<std::uint8_t, 64U << 10U> piece{};
  std::uint64_t at = 0, given = 0;
  media.Open_Buffer_Init(source.size(), 0);
  while (given < kMost) {
    const auto count = source.read_at(at, piece.data(), piece.size());
    if (count == 0) break;
    at += count;
    given += count;
    constexpr std::size_t kFinished = 8;  // bit 3
    if ((media.Open_Buffer_Continue(piece.data(), count) & kFinished) != 0) break;
    const auto wanted = media.Open_Buffer_Continue_GoTo_Get();
    if (wanted == static_cast<std::uint64_t>(-1)) continue;
    at = wanted;
    media.Open_Buffer_Init(source.size(), at);
  }
  media.Open_Buffer_Finalize();
}

std::string get(MediaInfo& media, stream_t stream, const wchar_t* what) {
  return to_text(media.Get(stream, 0, what, MediaInfoLib::Info_Text, MediaInfoLib::Info_Name));
}

// What people wrote. Older tags do not say their encoding, and are taken for Latin-1: then the bytes decide.
std::string get_written(MediaInfo& media, const wchar_t* what, const Charsets& charsets) {
  const std::wstring wide =
      media.Get(MediaInfoLib::Stream_General, 0, what, MediaInfoLib::Info_Text, MediaInfoLib::Info_Name);
  std::string bytes;
  bool legacy = false;
  for (const wchar_t c : wide) {
    if (c > 0xFF) return to_text(wide);
    legacy = legacy || c > 0x7F;
    bytes += static_cast<char>(c);
  }
  const auto decoded = legacy ? charsets.decode(as_bytes(bytes)) : std::nullopt;
  return decoded ? trim(decoded->text) : to_text(wide);
}

// Milliseconds → `1:02:03.450`.
std::string duration_of(const std::string& milliseconds) {
  const long long all = std::strtoll(milliseconds.c_str(), nullptr, 10);
  if (all <= 0) return {};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld.%03lld", all / 3'600'000, all / 60'000 % 60,
                all / 1000 % 60, all % 1000);
  return text.data();
}

// `2021-03-05 09:30:00 UTC`, `UTC 2021-03-05 09:30:00` or a year → RFC 3339 as far as it is said.
std::string date_of(std::string text) {
  for (const std::string_view mark : {"UTC ", " UTC"}) {
    const auto at = text.find(mark);
    if (at == std::string::npos) continue;
    text.erase(at, mark.size());
    text += 'Z';
  }
  // The beginning of a format's count: nobody said.
  if (text == "1970-01-01 00:00:00Z" || text == "1904-01-01 00:00:00Z") return {};
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  return text;
}

}  // namespace

void read_media(Source& source, const Identity& identity, Report& report, const Context& context) {
  MediaInfo media;
  feed(media, source);
  const auto format = get(media, MediaInfoLib::Stream_General, L"Format");
  if (format.empty()) damaged("neither sound nor pictures can be found");
  report.identified(identity.media_type, format);
  report.title(get_written(media, L"Title", context.charsets));
  report.metadata("duration", duration_of(get(media, MediaInfoLib::Stream_General, L"Duration")));
  report.metadata("author", get_written(media, L"Performer", context.charsets));
  report.metadata("album", get_written(media, L"Album", context.charsets));
  report.metadata("description", get_written(media, L"Description", context.charsets));
  report.metadata("copyright", get_written(media, L"Copyright", context.charsets));
  auto created = date_of(get(media, MediaInfoLib::Stream_General, L"Recorded_Date"));
  if (created.empty()) created = date_of(get(media, MediaInfoLib::Stream_General, L"Encoded_Date"));
  report.metadata("created", created);
  report.metadata("video_format", get(media, MediaInfoLib::Stream_Video, L"Format"));
  report.metadata("width", get(media, MediaInfoLib::Stream_Video, L"Width"));
  report.metadata("height", get(media, MediaInfoLib::Stream_Video, L"Height"));
  report.metadata("frame_rate", get(media, MediaInfoLib::Stream_Video, L"FrameRate"));
  report.metadata("audio_format", get(media, MediaInfoLib::Stream_Audio, L"Format"));
  report.metadata("sample_rate", get(media, MediaInfoLib::Stream_Audio, L"SamplingRate"));
  report.metadata("channels", get(media, MediaInfoLib::Stream_Audio, L"Channel(s)"));
}

}  // namespace lantai::extract::worker
