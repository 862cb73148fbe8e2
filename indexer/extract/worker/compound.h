// What is inside an OLE compound file ([MS-CFB]), the container of Office 97–2003, WPS Office and Outlook? Read by
// libgsf. Names are of streams and storages, `/` between them. Thread-confined; the bytes must outlive it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lantai/base/bytes.h"

struct _GsfInfile;

namespace lantai::extract::worker {

class Compound {
 public:
  // Throws Fault damaged.
  explicit Compound(ByteView bytes);

  bool holds(const std::string& path) const;
  // At most `most` bytes of a stream; nullopt if there is none of that name or it cannot be read.
  std::optional<Bytes> stream(const std::string& path, std::size_t most) const;
  // What a storage holds, in order; the root's path is empty.
  std::vector<std::string> names(const std::string& path = {}) const;
  // Which program wrote the document, as it says itself ([MS-OLEPS], PIDSI_APPNAME); empty if it does not.
  std::string application() const;

 private:
  struct Release {
    void operator()(void* object) const;
  };
  std::unique_ptr<_GsfInfile, Release> root_;
};

}  // namespace lantai::extract::worker
