#include "identify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>

#include "heif.h"
#include "identify_compound.h"
#include "identify_text.h"
#include "picture_version.h"
#include "zip_directory.h"

namespace lantai::extract::worker {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  Kind kind;
  std::string_view media_type;
  std::string_view format;
};

constexpr std::array kSignatures = {
    Signature{0, "\x89PNG\r\n\x1A\n"sv, Kind::image, "image/png", "PNG"},
    Signature{0, "\xFF\xD8\xFF"sv, Kind::image, "image/jpeg", "JPEG"},
    Signature{0, "II*\0"sv, Kind::image, "image/tiff", "TIFF"},
    Signature{0, "MM\0*"sv, Kind::image, "image/tiff", "TIFF"},
    Signature{0, "\x1F\x8B\x08"sv, Kind::archive, "application/gzip", "gzip"},
    Signature{0, "BZh"sv, Kind::archive, "application/x-bzip2", "bzip2"},
    Signature{0,
              "\xFD"
              "7zXZ\0"sv,
              Kind::archive, "application/x-xz", "xz"},
    Signature{0, "\x28\xB5\x2F\xFD"sv, Kind::archive, "application/zstd", "Zstandard"},
    Signature{0, "7z\xBC\xAF\x27\x1C"sv, Kind::archive, "application/x-7z-compressed", "7z"},
    Signature{0, "Rar!\x1A\x07"sv, Kind::archive, "application/vnd.rar", "RAR"},
    Signature{257, "ustar"sv, Kind::archive, "application/x-tar", "TAR"},
    Signature{32'769, "CD001"sv, Kind::archive, "application/x-iso9660-image", "ISO 9660"},
    Signature{0, "GIF8"sv, Kind::image, "image/gif", "GIF"},
    Signature{0, "BM"sv, Kind::image, "image/bmp", "BMP"},
    Signature{0, "ITSF"sv, Kind::known_unsupported, "application/vnd.ms-htmlhelp", "CHM"},
    Signature{0, "%!PS"sv, Kind::known_unsupported, "application/postscript", "PostScript"},
    Signature{4, "ftypM4A"sv, Kind::media, "audio/mp4", "MPEG-4"},
    Signature{4, "ftypqt"sv, Kind::media, "video/quicktime", "QuickTime"},
    Signature{4, "ftyp3g"sv, Kind::media, "video/3gpp", "3GPP"},
    Signature{4, "ftyp"sv, Kind::media, "video/mp4", "MPEG-4"},
    Signature{4, "moov"sv, Kind::media, "video/quicktime", "QuickTime"},
    Signature{0, "fLaC"sv, Kind::media, "audio/flac", "FLAC"},
    Signature{0, "OggS"sv, Kind::media, "audio/ogg", "Ogg"},
    Signature{0, "#!AMR"sv, Kind::media, "audio/amr", "AMR"},
    Signature{0, "FLV\x01"sv, Kind::media, "video/x-flv", "Flash Video"},
    Signature{0, "\x1A\x45\xDF\xA3"sv, Kind::media, "video/x-matroska", "Matroska"},
    Signature{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, Kind::media, "video/x-ms-asf", "Windows Media"},
    Signature{0, "\0\0\x01\xBA"sv, Kind::media, "video/mpeg", "MPEG-PS"},
    Signature{0,
              "\x7F"
              "ELF"sv,
              Kind::known_unsupported, "application/x-executable", "ELF"},
    Signature{0, "ID3"sv, Kind::media, "audio/mpeg", "MP3"},
    Signature{0, "CAJ\0"sv, Kind::known_unsupported, "application/caj", "CAJ"},
    Signature{0, "KDH "sv, Kind::known_unsupported, "application/caj", "CAJ (KDH)"},
    Signature{0, "TEB\0"sv, Kind::known_unsupported, "application/caj", "CAJ (TEB)"},
    Signature{0, "HN"sv, Kind::known_unsupported, "application/caj", "CAJ (HN)"},
    Signature{0, "!BDN"sv, Kind::outlook_folders, "application/vnd.ms-outlook-pst", "Outlook folders"},
    Signature{0, "AC10"sv, Kind::known_unsupported, "image/vnd.dwg", "DWG"},
};

bool has(ByteView bytes, std::size_t offset, std::string_view what) {
  return bytes.size() >= offset + what.size() && as_chars(bytes.subspan(offset, what.size())) == what;
}

bool is_word(std::string_view bytes) {
  return (bytes.size() < 4 || bytes.back() == ' ') &&
         std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

bool contains(ByteView bytes, std::string_view what) { return as_chars(bytes).find(what) != std::string_view::npos; }

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{}{:02X}", out.empty() ? "" : " ", static_cast<unsigned char>(c));
  return out;
}

Identity because(Identity identity, std::string evidence) {
  identity.evidence = std::move(evidence);
  return identity;
}

Identity identify_zip(Source& source) {
  const auto directory = read_zip_directory(source, 20'000);
  std::set<std::string> names;
  for (const auto& member : directory.members) {
    std::string name(as_chars(member.name));
    std::replace(name.begin(), name.end(), '\\', '/');  // as some programs write it
    names.insert(std::move(name));
  }
  const auto holds = [&](const std::string& name) { return names.contains(name); };
  const auto under = [&](const std::string& folder) {
    const auto at = names.lower_bound(folder);
    return at != names.end() && at->compare(0, folder.size(), folder) == 0;
  };
  const std::string office = "application/vnd.openxmlformats-officedocument.";
  if (holds("OFD.xml") || holds("/OFD.xml")) return because({Kind::ofd, "application/ofd", "OFD"}, "OFD.xml within");
  if (holds("[Content_Types].xml") || holds("_rels/.rels")) {
    if (under("word/")) return because({Kind::docx, office + "wordprocessingml.document", "DOCX"}, "word/ within");
    if (holds("xl/workbook.bin"))
      return because({Kind::known_unsupported, "application/vnd.ms-excel.sheet.binary.macroenabled.12", "XLSB"},
                     "xl/workbook.bin within");
    if (under("xl/")) return because({Kind::xlsx, office + "spreadsheetml.sheet", "XLSX"}, "xl/ within");
    if (under("ppt/")) return because({Kind::pptx, office + "presentationml.presentation", "PPTX"}, "ppt/ within");
  }
  if (holds("META-INF/container.xml") && holds("mimetype"))
    return because({Kind::epub, "application/epub+zip", "EPUB"}, "META-INF/container.xml within");
  if (holds("content.xml") && holds("mimetype")) {
    const auto head = source.head();
    for (const std::string_view type : {"text", "spreadsheet", "presentation", "graphics"}) {
      const auto whole = "application/vnd.oasis.opendocument." + std::string(type);
      if (contains(head, whole))
        return because({Kind::odf, whole, "OpenDocument " + std::string(type)}, "mimetype within");
    }
  }
  return because({Kind::archive, "application/zip", "ZIP"}, "a directory of members");
}

bool is_old_tar(ByteView head) {
  if (head.size() < 512 || head[0] == 0) return false;
  std::uint64_t sum = 0, stored = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : head[i];
  for (std::size_t i = 148; i < 156; ++i)
    if (head[i] >= '0' && head[i] <= '7') stored = stored * 8 + (head[i] - '0');
  return sum == stored && stored != 0;
}

// ISO/IEC 11172-3, 2.4.1.3: a frame header of layer III with a bit rate and a sampling rate that exist.
bool is_mpeg_audio(ByteView head) {
  return head.size() > 4 && head[0] == 0xFF && (head[1] & 0xE6) == 0xE2 && (head[1] & 0x18) != 0x08 &&
         (head[2] & 0xF0) != 0xF0 && (head[2] & 0xF0) != 0 && (head[2] & 0x0C) != 0x0C;
}

// ISO/IEC 13818-1, 2.4.3.2: packets of 188 bytes, each with a sync byte.
bool is_transport_stream(ByteView head) {
  constexpr std::size_t kPacket = 188;
  if (head.size() < 5 * kPacket) return false;
  for (std::size_t i = 0; i < 5; ++i)
    if (head[i * kPacket] != 0x47) return false;
  return true;
}

// The ASCII headers of cpio, old and new: a number, then nothing but digits.
bool is_cpio(ByteView head) {
  constexpr std::size_t kNumbers = 70;
  if (head.size() < 6 + kNumbers) return false;
  const auto magic = as_chars(head.first(6));
  if (magic != "070701" && magic != "070702" && magic != "070707") return false;
  return std::all_of(head.begin() + 6, head.begin() + 6 + kNumbers,
                     [](std::uint8_t c) { return std::isxdigit(c) != 0; });
}

// Sound, film and pictures whose signature is more than bytes at one place.
Identity identify_riff(ByteView head) {
  if (has(head, 8, "WEBP"sv)) return because({Kind::image, "image/webp", "WebP"}, "RIFF of WEBP");
  if (has(head, 8, "WAVE"sv)) return because({Kind::media, "audio/vnd.wave", "WAVE"}, "RIFF of WAVE");
  if (has(head, 8, "AVI "sv)) return because({Kind::media, "video/x-msvideo", "AVI"}, "RIFF of AVI");
  return {};
}

Identity identify_binary(Source& source, const Charsets& charsets) {
  const auto head = source.head();
  if (has(head, 0, "PK\x03\x04"sv) || has(head, 0, "PK\x05\x06"sv)) return identify_zip(source);
  // A PDF may have up to 1,024 bytes in front of it (ISO 32000-1, annex H); a package that begins with one is none.
  if (const auto at = as_chars(head.first(std::min<std::size_t>(head.size(), 1024 + 5))).find("%PDF-");
      at != std::string_view::npos)
    return because({Kind::pdf, "application/pdf", "PDF"}, fmt::format("{} at {}", hex("%PDF-"), at));
  if (has(head, 0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv)) return identify_compound(source);
  if (has(head, 0, "{\\rtf"sv))
    return because({Kind::office, "application/rtf", "RTF", false, false, "rtf", "pdf"}, "{\\rtf at 0");
  if (has(head, 0, "RIFF"sv))
    if (auto identity = identify_riff(head); identity.kind != Kind::unknown) return identity;
  if (is_mpeg_audio(head)) return because({Kind::media, "audio/mpeg", "MP3"}, "a frame of MPEG audio at 0");
  if (is_transport_stream(head)) return because({Kind::media, "video/mp2t", "MPEG-TS"}, "packets of 188 bytes");
  if (const auto brand = heif_brand(head); !brand.empty())
    return because(
        brand == "avif" ? Identity{Kind::image, "image/avif", "AVIF"} : Identity{Kind::image, "image/heic", "HEIC"},
        fmt::format("brand {} in ftyp", brand));
  for (const auto& signature : kSignatures) {
    if (!has(head, signature.offset, signature.bytes)) continue;
    if (is_word(signature.bytes) && charsets.decode(head)) continue;  // `BM` also begins words
    return because({signature.kind, std::string(signature.media_type), std::string(signature.format)},
                   fmt::format("{} at {}", hex(signature.bytes), signature.offset));
  }
  if (is_old_tar(head)) return because({Kind::archive, "application/x-tar", "TAR"}, "a header with its sum");
  if (is_cpio(head)) return because({Kind::archive, "application/x-cpio", "CPIO"}, "a header of digits");
  return {};
}

}  // namespace

Identity identify(Source& source, const Charsets& charsets, const Magic& magic) {
  if (source.size() == 0) return because({Kind::empty, "application/x-empty", "empty file"}, "no bytes");
  const auto head = source.head();
  if (auto identity = identify_binary(source, charsets); identity.kind != Kind::unknown) {
    if (identity.kind == Kind::image) identity.format = picture_version(head, identity.format);
    return identity;
  }
  if (auto decoded = charsets.decode(head)) {
    auto identity = identify_text(*decoded);
    if (identity.kind == Kind::text && head.size() == source.size()) identity.decoded = std::move(decoded);
    return identity;
  }
  // Behind something else, as in an archive that unpacks itself.
  if (const auto directory = read_zip_directory(source, 1); directory.whole && !directory.members.empty())
    return identify_zip(source);
  if (auto guess = magic.guess(head))
    return because({Kind::known_unsupported, std::move(guess->media_type), std::move(guess->description)}, "libmagic");
  return {};
}

}  // namespace lantai::extract::worker
