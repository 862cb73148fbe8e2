// The elements of a DER structure, one level at a time. Lengths are checked; what does not fit ends the list.
// Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "lantai/base/bytes.h"

namespace lantai::extract::worker {

struct Der {
  int tag = -1;    // universal: as V_ASN1_… of OpenSSL; -1 of any other class
  ByteView whole;  // with its header
  ByteView content;

  // The first element of `bytes`; tag -1 and nothing in it if there is none.
  static Der first(ByteView bytes);
  // At most 1,000.
  std::vector<Der> children() const;
  ByteView bits() const { return content.empty() ? content : content.subspan(1); }  // of a BIT STRING
  std::string text() const { return std::string(as_chars(content)); }
};

}  // namespace lantai::extract::worker
