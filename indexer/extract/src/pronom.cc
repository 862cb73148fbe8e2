#include "pronom.h"

#include <array>

namespace lantai::extract {
namespace {

struct Entry {
  std::string_view told;  // a format, or a media type where its versions have one entry
  std::string_view puid;
};

// The National Archives, PRONOM: DROID signature file, version 108.
constexpr std::array kEntries = {
    Entry{"PDF 1.0", "fmt/14"},
    Entry{"PDF 1.1", "fmt/15"},
    Entry{"PDF 1.2", "fmt/16"},
    Entry{"PDF 1.3", "fmt/17"},
    Entry{"PDF 1.4", "fmt/18"},
    Entry{"PDF 1.5", "fmt/19"},
    Entry{"PDF 1.6", "fmt/20"},
    Entry{"PDF 1.7", "fmt/276"},
    Entry{"PDF 2.0", "fmt/1129"},
    Entry{"PDF/A-1a", "fmt/95"},
    Entry{"PDF/A-1b", "fmt/354"},
    Entry{"PDF/A-2a", "fmt/476"},
    Entry{"PDF/A-2b", "fmt/477"},
    Entry{"PDF/A-2u", "fmt/478"},
    Entry{"PDF/A-3a", "fmt/479"},
    Entry{"PDF/A-3b", "fmt/480"},
    Entry{"PDF/A-3u", "fmt/481"},
    Entry{"DOCX", "fmt/412"},
    Entry{"XLSX", "fmt/214"},
    Entry{"XLSB", "fmt/595"},
    Entry{"PPTX", "fmt/215"},
    Entry{"encrypted Office Open XML", "fmt/494"},
    Entry{"Word 97-2003", "fmt/40"},
    Entry{"Excel 5.0", "fmt/59"},
    Entry{"PowerPoint 97-2003", "fmt/126"},
    Entry{"OpenDocument text 1.0", "fmt/136"},
    Entry{"OpenDocument text 1.1", "fmt/290"},
    Entry{"OpenDocument text 1.2", "fmt/291"},
    Entry{"OpenDocument spreadsheet 1.0", "fmt/137"},
    Entry{"OpenDocument spreadsheet 1.1", "fmt/294"},
    Entry{"OpenDocument spreadsheet 1.2", "fmt/295"},
    Entry{"OpenDocument presentation 1.0", "fmt/138"},
    Entry{"OpenDocument presentation 1.1", "fmt/292"},
    Entry{"OpenDocument presentation 1.2", "fmt/293"},
    Entry{"OpenDocument graphics 1.0", "fmt/139"},
    Entry{"OpenDocument graphics 1.1", "fmt/296"},
    Entry{"OpenDocument graphics 1.2", "fmt/297"},
    Entry{"PNG 1.0", "fmt/11"},
    Entry{"PNG 1.1", "fmt/12"},
    Entry{"PNG 1.2", "fmt/13"},
    Entry{"GIF 87a", "fmt/3"},
    Entry{"GIF 89a", "fmt/4"},
    Entry{"JPEG", "fmt/41"},
    Entry{"JFIF 1.00", "fmt/42"},
    Entry{"JFIF 1.01", "fmt/43"},
    Entry{"JFIF 1.02", "fmt/44"},
    Entry{"Exif 2.0", "x-fmt/398"},
    Entry{"Exif 2.1", "x-fmt/390"},
    Entry{"Exif 2.2", "x-fmt/391"},
    Entry{"Exif 2.21", "fmt/645"},
    Entry{"BMP 3", "fmt/116"},
    Entry{"BMP 4", "fmt/118"},
    Entry{"BMP 5", "fmt/119"},
    Entry{"WebP lossy", "fmt/566"},
    Entry{"WebP lossless", "fmt/567"},
    Entry{"WebP extended", "fmt/568"},
    Entry{"image/tiff", "fmt/353"},
    Entry{"image/heic", "fmt/1101"},
    Entry{"application/epub+zip", "fmt/483"},
    Entry{"text/html", "fmt/96"},
    Entry{"application/xml", "fmt/101"},
    Entry{"application/json", "fmt/817"},
    Entry{"text/csv", "x-fmt/18"},
    Entry{"text/tab-separated-values", "x-fmt/13"},
    Entry{"text/markdown", "fmt/1149"},
    Entry{"text/plain", "x-fmt/111"},
    Entry{"message/rfc822", "fmt/278"},
    Entry{"application/mbox", "fmt/720"},
    Entry{"application/vnd.ms-outlook", "x-fmt/430"},
    Entry{"application/zip", "x-fmt/263"},
    Entry{"application/x-tar", "x-fmt/265"},
    Entry{"application/gzip", "x-fmt/266"},
    Entry{"application/x-bzip2", "x-fmt/268"},
    Entry{"application/x-xz", "fmt/1098"},
    Entry{"application/x-7z-compressed", "fmt/484"},
    Entry{"application/x-iso9660-image", "fmt/468"},
    Entry{"application/vnd.ms-htmlhelp", "fmt/634"},
    Entry{"audio/vnd.wave", "fmt/6"},
    Entry{"audio/mpeg", "fmt/134"},
    Entry{"audio/flac", "fmt/279"},
    Entry{"audio/amr", "fmt/356"},
    Entry{"audio/mp4", "fmt/199"},
    Entry{"video/mp4", "fmt/199"},
    Entry{"video/quicktime", "x-fmt/384"},
    Entry{"video/3gpp", "fmt/357"},
    Entry{"video/x-flv", "x-fmt/382"},
    Entry{"video/x-msvideo", "fmt/5"},
    Entry{"video/x-matroska", "fmt/569"},
    Entry{"video/webm", "fmt/573"},
    Entry{"video/x-ms-asf", "fmt/131"},
    Entry{"video/mp2t", "fmt/585"},
};

std::string_view entry_of(std::string_view told) {
  for (const auto& entry : kEntries)
    if (entry.told == told) return entry.puid;
  return {};
}

}  // namespace

std::string pronom_id(const Extraction& extraction) {
  const auto archival = extraction.metadata.find("archival");
  auto puid = archival == extraction.metadata.end() ? std::string_view() : entry_of(archival->second);
  if (puid.empty()) puid = entry_of(extraction.format);
  if (puid.empty()) puid = entry_of(extraction.media_type);
  return std::string(puid);
}

}  // namespace lantai::extract
