// What is this file? Decided by its content, never by its name: own signatures, a look into the container, whether it
// is text, and for the rest what libmagic says. Thread-compatible.
#pragma once

#include <optional>
#include <string>

#include "charset.h"
#include "magic.h"
#include "source.h"

namespace lantai::extract::worker {

enum class Kind {
  empty,
  text,
  html,
  pdf,
  docx,
  xlsx,
  pptx,
  odf,
  ofd,
  epub,
  svg,
  archive,
  mail,
  mailbox,
  outlook,          // one message
  outlook_folders,  // PST
  image,
  media,   // sound and film
  office,  // what LibreOffice converts: Identity::extension to Identity::converted
  known_unsupported,
  unknown
};

struct Identity {
  Kind kind = Kind::unknown;
  std::string media_type = "application/octet-stream";
  std::string format;
  bool encrypted = false;                           // as a whole
  bool damaged = false;                             // so that what is inside cannot be told
  std::string_view extension = {}, converted = {};  // of Kind::office
  std::string evidence = {};                        // for people: `25 50 44 46 at 0`, `OFD.xml within`
  std::optional<DecodedText> decoded = {};          // of Kind::text, when all of it was looked at
};

Identity identify(Source& source, const Charsets& charsets, const Magic& magic);

}  // namespace lantai::extract::worker
