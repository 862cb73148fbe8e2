#include "identify.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>

#include "heif.h"
#include "identify_compound.h"
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
    Signature{4, "ftypavif"sv, Kind::known_unsupported, "image/avif", "AVIF"},
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
    Signature{0, "AC10"sv, Kind::known_unsupported, "image/vnd.dwg", "DWG"},
};

bool has(ByteView bytes, std::size_t offset, std::string_view what) {
  return bytes.size() >= offset + what.size() && as_chars(bytes.subspan(offset, what.size())) == what;
}

bool is_word(std::string_view bytes) {
  return bytes.size() < 4 && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

bool contains(ByteView bytes, std::string_view what) { return as_chars(bytes).find(what) != std::string_view::npos; }

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
  if (holds("OFD.xml") || holds("/OFD.xml")) return {Kind::ofd, "application/ofd", "OFD"};
  if (holds("[Content_Types].xml") || holds("_rels/.rels")) {
    if (under("word/")) return {Kind::docx, office + "wordprocessingml.document", "DOCX"};
    if (holds("xl/workbook.bin"))
      return {Kind::known_unsupported, "application/vnd.ms-excel.sheet.binary.macroenabled.12", "XLSB"};
    if (under("xl/")) return {Kind::xlsx, office + "spreadsheetml.sheet", "XLSX"};
    if (under("ppt/")) return {Kind::pptx, office + "presentationml.presentation", "PPTX"};
  }
  if (holds("META-INF/container.xml") && holds("mimetype")) return {Kind::epub, "application/epub+zip", "EPUB"};
  if (holds("content.xml") && holds("mimetype")) {
    const auto head = source.head();
    for (const std::string_view type : {"text", "spreadsheet", "presentation", "graphics"}) {
      const auto whole = "application/vnd.oasis.opendocument." + std::string(type);
      if (contains(head, whole)) return {Kind::odf, whole, "OpenDocument " + std::string(type)};
    }
  }
  return {Kind::archive, "application/zip", "ZIP"};
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

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// Behind white space, the XML declaration and comments, which may stand before the first tag.
std::string_view after_prolog(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    std::string_view end;
    if (text.substr(0, 4) == "<!--") end = "-->";
    if (text.substr(0, 5) == "<?xml") end = "?>";
    if (end.empty()) return text;
    const auto at = text.find(end);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  }
}

bool looks_like_html(std::string_view text) {
  const auto lowered = lower_ascii(text.substr(0, 4096));
  std::string_view start = after_prolog(lowered);
  for (const std::string_view tag : {"<!doctype html", "<html", "<head", "<body", "<table", "<div", "<p>", "<meta",
                                     "<title", "<h1", "<script", "<style"})
    if (start.substr(0, tag.size()) == tag) return true;
  return false;
}

// The first tag is SVG's, behind a document type of SVG's at most.
bool looks_like_svg(std::string_view text) {
  auto start = after_prolog(text.substr(0, 8192));
  if (lower_ascii(start.substr(0, 13)) == "<!doctype svg") {
    const auto subset = start.find('['), close = start.find('>');
    const auto end = subset < close ? start.find("]>", subset) : close;
    if (end == std::string_view::npos) return false;
    start = after_prolog(start.substr(start.find('>', end) + 1));
  }
  if (start.empty() || start.front() != '<') return false;
  const auto name = start.substr(1, start.find_first_of(" \t\r\n/>", 1) - 1);
  return name == "svg" || name.substr(name.find(':') + 1) == "svg";
}

// Every line has the same number of separators, at least one, and there are at least two lines.
bool looks_like_separated(std::string_view text, char separator) {
  std::size_t lines = 0, expected = 0, here = 0;
  bool quoted = false;
  for (const char c : text.substr(0, 16U << 10U)) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == separator) ++here;
    if (c != '\n') continue;
    if (lines == 0) expected = here;
    if (here != expected) return false;
    ++lines;
    here = 0;
  }
  return expected > 0 && (lines >= 2 || (lines == 1 && here == expected));
}

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const auto last = text.find_last_not_of(" \t\r\n");
  if (first == std::string_view::npos || first == last) return false;
  const auto second = text.find_first_not_of(" \t\r\n", first + 1);
  if (text[first] == '{') return text[last] == '}' && (text[second] == '"' || text[second] == '}');
  return text[first] == '[' && text[last] == ']' &&
         std::string_view("{[\"]-0123456789tfn").find(text[second]) != std::string_view::npos;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// RFC 5322, 2.2: nothing but header fields, three of them such as only mail has, and then an empty line. A memo may
// begin like that, but its text follows at once.
bool is_message(std::string_view text) {
  constexpr std::array<std::string_view, 9> kFields = {"received",     "return-path",  "from",    "date", "message-id",
                                                       "mime-version", "delivered-to", "subject", "to"};
  const bool cut = text.size() > Source::kHead / 2;
  std::size_t known = 0;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.empty()) return known >= 3;
    if (line.front() == ' ' || line.front() == '\t') continue;
    const auto name = lower_ascii(line.substr(0, line.find(':')));
    const bool is_field =
        name.size() < line.size() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_field) return false;
    if (std::find(kFields.begin(), kFields.end(), name) != kFields.end()) ++known;
  }
  return cut && known >= 3;  // a header longer than what one looks at
}

bool is_mailbox(std::string_view text) { return take_line(text).substr(0, 5) == "From " && is_message(text); }

Identity identify_text(const DecodedText& decoded) {
  const std::string format = std::string(name(decoded.encoding)) + " text";
  const std::string_view text = decoded.text;
  if (is_mailbox(text)) return {Kind::mailbox, "application/mbox", "mbox"};
  if (is_message(text)) return {Kind::mail, "message/rfc822", "Internet message"};
  if (looks_like_svg(text)) return {Kind::svg, "image/svg+xml", "SVG"};
  if (looks_like_html(text)) return {Kind::html, "text/html", "HTML"};
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text.substr(first, 5) == "<?xml")
    return {Kind::text, "application/xml", format};
  if (looks_like_json(text)) return {Kind::text, "application/json", format};
  if (looks_like_separated(text, ',')) return {Kind::text, "text/csv", format};
  if (looks_like_separated(text, '\t')) return {Kind::text, "text/tab-separated-values", format};
  return {Kind::text, "text/plain", format};
}

}  // namespace

Identity identify(Source& source, const Charsets& charsets) {
  if (source.size() == 0) return {Kind::empty, "application/x-empty", "empty file"};
  const auto head = source.head();
  if (has(head, 0, "PK\x03\x04"sv) || has(head, 0, "PK\x05\x06"sv)) return identify_zip(source);
  // A PDF may have up to 1,024 bytes in front of it (ISO 32000-1, annex H); a package that begins with one is none.
  if (contains(head.first(std::min<std::size_t>(head.size(), 1024 + 5)), "%PDF-"))
    return {Kind::pdf, "application/pdf", "PDF"};
  if (has(head, 0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv)) return identify_compound(source);
  if (has(head, 0, "{\\rtf"sv)) return {Kind::office, "application/rtf", "RTF", false, false, "rtf", "pdf"};
  if (has(head, 0, "RIFF"sv) && has(head, 8, "WEBP"sv)) return {Kind::image, "image/webp", "WebP"};
  if (has(head, 0, "RIFF"sv) && has(head, 8, "WAVE"sv)) return {Kind::media, "audio/vnd.wave", "WAVE"};
  if (has(head, 0, "RIFF"sv) && has(head, 8, "AVI "sv)) return {Kind::media, "video/x-msvideo", "AVI"};
  if (is_mpeg_audio(head)) return {Kind::media, "audio/mpeg", "MP3"};
  if (is_transport_stream(head)) return {Kind::media, "video/mp2t", "MPEG-TS"};
  if (is_heif(head)) return {Kind::image, "image/heic", "HEIC"};
  for (const auto& signature : kSignatures) {
    if (!has(head, signature.offset, signature.bytes)) continue;
    if (is_word(signature.bytes) && charsets.decode(head)) continue;  // `BM` also begins words
    return {signature.kind, std::string(signature.media_type), std::string(signature.format)};
  }
  if (is_old_tar(head)) return {Kind::archive, "application/x-tar", "TAR"};
  if (is_cpio(head)) return {Kind::archive, "application/x-cpio", "CPIO"};
  if (const auto decoded = charsets.decode(head)) return identify_text(*decoded);
  // Behind something else, as in an archive that unpacks itself.
  if (const auto directory = read_zip_directory(source, 1); directory.whole && !directory.members.empty())
    return identify_zip(source);
  return {};
}

}  // namespace lantai::extract::worker
