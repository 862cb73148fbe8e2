#include "identify_compound.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "compound.h"
#include "fault.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kStart = 4096;

unsigned number16(ByteView bytes, std::size_t at) {
  return bytes.size() < at + 2 ? 0U : bytes[at] | static_cast<unsigned>(bytes[at + 1]) << 8U;
}

// [MS-DOC] 2.5.2: bit fEncrypted of the FibBase.
bool is_encrypted_word(const Compound& file) {
  const auto start = file.stream("WordDocument", kStart);
  return start && (number16(*start, 10) & 0x0100U) != 0;
}

// [MS-XLS] 2.4.117: a FilePass record follows the BOF record.
bool is_encrypted_workbook(const Compound& file, const std::string& stream) {
  const auto start = file.stream(stream, kStart);
  if (!start) return false;
  constexpr unsigned kFilePass = 0x2F;
  std::size_t at = 0;
  for (int record = 0; record < 4 && at + 4 <= start->size(); ++record) {
    if (number16(*start, at) == kFilePass) return true;
    at += 4 + number16(*start, at + 2);
  }
  return false;
}

// [MS-PPT] 2.3.2: the header token of the CurrentUserAtom of an encrypted document.
bool is_encrypted_presentation(const Compound& file) {
  if (file.holds("EncryptedSummary")) return true;
  const auto user = file.stream("Current User", kStart);
  return user && number16(*user, 12) == 0xC4DF && number16(*user, 14) == 0xF3D1;
}

// WPS Office writes the same streams and names itself.
bool is_from_kingsoft(const Compound& file) {
  const auto application = file.application();
  return application.find("WPS") != std::string::npos || application.find("Kingsoft") != std::string::npos;
}

Identity office(std::string media_type, std::string format, bool encrypted, std::string_view extension,
                std::string_view converted) {
  return {Kind::office, std::move(media_type), std::move(format), encrypted, false, extension, converted};
}

Identity writer(const Compound& file) {
  const bool encrypted = is_encrypted_word(file);
  if (is_from_kingsoft(file)) return office("application/wps-office.wps", "WPS Writer", encrypted, "doc", "pdf");
  return office("application/msword", "Word 97-2003", encrypted, "doc", "pdf");
}

Identity workbook(const Compound& file, const std::string& stream) {
  const bool encrypted = is_encrypted_workbook(file, stream);
  if (is_from_kingsoft(file)) return office("application/wps-office.et", "WPS Spreadsheets", encrypted, "xls", "xlsx");
  return office("application/vnd.ms-excel", stream == "Book" ? "Excel 5.0" : "Excel 97-2003", encrypted, "xls", "xlsx");
}

Identity presentation(const Compound& file) {
  const bool encrypted = is_encrypted_presentation(file);
  if (is_from_kingsoft(file)) return office("application/wps-office.dps", "WPS Presentation", encrypted, "ppt", "pptx");
  return office("application/vnd.ms-powerpoint", "PowerPoint 97-2003", encrypted, "ppt", "pptx");
}

constexpr std::string_view kCompound = "application/x-ole-storage";

Identity by_stream(const Compound& file, std::string_view stream) {
  if (stream == "EncryptedPackage")
    return {Kind::known_unsupported, std::string(kCompound), "encrypted Office Open XML", true};
  if (stream == "__properties_version1.0") return {Kind::outlook, "application/vnd.ms-outlook", "Outlook message"};
  if (stream == "WordDocument") return writer(file);
  if (stream == "PowerPoint Document") return presentation(file);
  if (stream == "Workbook" || stream == "Book") return workbook(file, std::string(stream));
  if (stream == "VisioDocument") return office("application/vnd.visio", "Visio", false, "vsd", "pdf");
  if (stream == "MatOST" || stream == "CONTENTS")
    return office("application/vnd.ms-works", "Works", false, "wps", "pdf");
  return {Kind::known_unsupported, std::string(kCompound), "compound file"};
}

}  // namespace

Identity identify_compound(Source& source) {
  Identity identity;
  try {
    const Compound file(source.all());
    constexpr std::array<std::string_view, 8> kStreams = {"EncryptedPackage", "__properties_version1.0",
                                                          "WordDocument",     "PowerPoint Document",
                                                          "Workbook",         "Book",
                                                          "VisioDocument",    "MatOST"};
    const auto* told = std::find_if(kStreams.begin(), kStreams.end(),
                                    [&](std::string_view stream) { return file.holds(std::string(stream)); });
    const std::string_view stream = told != kStreams.end() ? *told : file.holds("CONTENTS") ? "CONTENTS" : "";
    identity = by_stream(file, stream);
    identity.evidence = stream.empty() ? "a compound file" : std::string(stream) + " within";
  } catch (const Fault&) {
    identity = {Kind::known_unsupported,       std::string(kCompound), "compound file", false, true, {}, {},
                "D0 CF 11 E0 A1 B1 1A E1 at 0"};
  }
  return identity;
}

}  // namespace lantai::extract::worker
