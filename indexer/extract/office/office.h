// What would an office program show of this document? LibreOffice, used in the process through LibreOfficeKit, turns
// formats that nothing else reads (Word, Excel and PowerPoint 97–2003, WPS Office, RTF, Works, Visio) into ones the
// extraction worker reads. It works on files, so it gets a folder of its own. Thread-confined; starting takes a second
// or two, a document a tenth of a second and more.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "lantai/base/bytes.h"

namespace lok {
class Office;
}

namespace lantai::extract::office {

class Office {
 public:
  // `folder` holds the profile and, for the time of a conversion, the document. Throws Fault unsupported_format when
  // LibreOffice is not there.
  explicit Office(std::filesystem::path folder);
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;
  ~Office();

  // Reads all of `descriptor`, which stays the caller's. `extension` says what LibreOffice is to take the document for
  // (`doc`), `target` what to make of it (`pdf`, `xlsx`, `pptx`). Macros do not run, nothing outside is fetched.
  // Throws Fault: damaged, too_large.
  Bytes convert(int descriptor, const std::string& extension, const std::string& target);

 private:
  const std::filesystem::path folder_;
  std::unique_ptr<lok::Office> office_;
};

}  // namespace lantai::extract::office
