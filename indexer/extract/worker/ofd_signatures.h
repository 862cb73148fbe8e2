// Who signed an OFD, with which seal, and does it hold (GB/T 33190-2016, 18; seals after GB/T 38540-2020 and GM/T
// 0031-2014)? Digests of the parts and the value of the signature are checked with the certificate inside; whether that
// certificate is anybody's is not asked. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "package.h"

namespace lantai::extract::worker {

struct OfdSignature {
  struct Stamp {
    std::string page;         // its id
    std::vector<double> box;  // millimetres
  };
  std::string kind;      // `Seal`, `Sign`
  std::string provider;  // the program that signed
  std::string method;    // `SM2-SM3`, or the identifier as it is written
  std::string time;      // as it is written
  std::string signer;    // the certificate's subject
  std::string seal;      // the name of the seal
  std::string digests;   // `match`, `differ: Doc_0/Document.xml`, `not checked: …`
  std::string value;     // `valid`, `invalid`, `not checked: …`
  std::vector<Stamp> stamps;
  std::string picture_kind;  // of the seal: `png`, `ofd`, …
  Bytes picture;
};

enum class Checked { no, yes };  // checking costs a digest of every part that is signed
// Of the document body with this root part, in the order of the list; at most 100.
std::vector<OfdSignature> read_ofd_signatures(const Package& package, const std::string& root, Report& report,
                                              Checked checked);

}  // namespace lantai::extract::worker
