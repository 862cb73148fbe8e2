// What parts does a document have that is a ZIP of XML (OOXML, OFD)? Reads the parts into memory, within the budget.
// Thread-confined.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "extract.h"
#include "xml.h"

namespace lantai::extract::worker {

class Package {
 public:
  // Reads what it can: a package that breaks off gives the parts before the break; check_whole() tells afterwards.
  Package(Source& source, Report& report, const Charsets& charsets);

  const Bytes* find(const std::string& path) const;  // exact; a leading slash is ignored
  // Throws Fault damaged when it is missing or malformed.
  pugi::xml_document xml(const std::string& path) const;
  // Empty document when it is missing; a malformed one is reported as a warning.
  pugi::xml_document optional_xml(const std::string& path, Report& report) const;
  const std::map<std::string, Bytes>& parts() const { return parts_; }
  // Throws Fault damaged or encrypted if reading broke off.
  void check_whole() const;

 private:
  void read(Source& source, Report& report);

  const Charsets& charsets_;
  std::map<std::string, Bytes> parts_;
  std::optional<Failure> damage_;
};

// Names the format of the signatures that lie in a package of OOXML (ECMA-376 part 2, 13) or OpenDocument (1.2 part
// 3, 2.5) as `signed`; they are not verified.
void report_signatures(const Package& package, Report& report);

// `../media/a.png` as seen from `word/document.xml`; absolute paths lose their slash.
std::string resolve_path(std::string_view from_part, std::string_view target);

// Lists and reads what lies in the folders: pictures, attached files. In a document that `has_text`, pictures smaller
// than a page are decoration and not read by OCR.
void read_package_members(const Package& package, std::initializer_list<std::string_view> folders, bool has_text,
                          Report& report, Context& context, unsigned depth);

}  // namespace lantai::extract::worker
