#include "format_family.h"

#include <array>
#include <utility>

namespace lantai::app {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 27> kFamilies = {{
    {"application/pdf", "PDF"},
    {"application/ofd", "OFD"},
    {"application/vnd.ofd", "OFD"},
    {"application/x-ofd", "OFD"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml", "DOCX"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml", "XLSX"},
    {"application/vnd.openxmlformats-officedocument.presentationml", "PPTX"},
    {"application/msword", "DOC"},
    {"application/vnd.ms-excel", "XLS"},
    {"application/vnd.ms-powerpoint", "PPT"},
    {"application/zip", "ZIP"},
    {"application/x-tar", "TAR"},
    {"application/gzip", "GZIP"},
    {"application/x-7z-compressed", "7Z"},
    {"application/vnd.rar", "RAR"},
    {"application/x-iso9660-image", "ISO"},
    {"application/x-bzip2", "BZIP2"},
    {"application/mbox", "MBOX"},
    {"application/json", "JSON"},
    {"application/xml", "XML"},
    {"application/xhtml+xml", "HTML"},
    {"text/html", "HTML"},
    {"text/csv", "CSV"},
    {"text/xml", "XML"},
    {"text/plain", "TXT"},
    {"image/svg+xml", "SVG"},
    {"message/rfc822", "EML"},
}};

}  // namespace

std::string format_family(std::string_view media_type) {
  for (const auto& [prefix, family] : kFamilies) {
    if (media_type.substr(0, prefix.size()) == prefix) return std::string(family);
  }
  if (media_type.empty() || media_type == "application/octet-stream") return {};
  // image/jpeg → JPEG, audio/x-wav → WAV
  std::string_view rest = media_type.substr(media_type.find('/') + 1);
  rest = rest.substr(0, rest.find(';'));
  if (rest.substr(0, 2) == "x-") rest.remove_prefix(2);
  if (rest.empty() || rest.size() > 12) return {};
  std::string family(rest);
  for (char& c : family) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return family;
}

}  // namespace lantai::app
