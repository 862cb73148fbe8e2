// What are the members of an archive called? A ZIP without the UTF-8 flag holds names in whatever encoding its writer
// used; they are looked at together, since one name alone is often too short to tell. Thread-confined.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "extract.h"

namespace lantai::extract::worker {

struct MemberName {
  std::string path;
  Encoding encoding = Encoding::utf8;
  bool unsafe = false;  // led outside the folder; `path` does not
};

class MemberNames {
 public:
  MemberNames(Source& source, const Identity& identity, const Context& context, const Limits& limits);

  MemberName decode(ByteView raw);
  // False: the directory at the end of a ZIP is missing.
  bool whole() const { return whole_; }

 private:
  const Charsets& charsets_;
  std::vector<Bytes> names_;  // whose encoding nobody said
  std::set<Bytes> said_utf8_;
  Encoding legacy_ = Encoding::gb18030;
  bool whole_ = true;
};

void warn_about(const MemberName& name, Report& report);

// gzip and its like hold one file without a directory, which may be a TAR.
bool holds_one_file(const Identity& identity);
// The name of that file: the archive's without its last suffix.
std::string name_inside(const std::string& archive_name);

}  // namespace lantai::extract::worker
