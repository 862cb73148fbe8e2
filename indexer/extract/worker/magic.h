// What does libmagic say of bytes that no signature of our own knows? Loaded before the worker is locked in.
// Thread-compatible.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lantai/base/bytes.h"

struct magic_set;

namespace lantai::extract::worker {

class Magic {
 public:
  struct Guess {
    std::string media_type, description;  // image/vnd.adobe.photoshop, `Adobe Photoshop Image, 10 x 10, …`
  };
  Magic();  // without a database it knows nothing
  // Nothing when all it could say is that this is data, or text.
  std::optional<Guess> guess(ByteView head) const;

 private:
  struct Closer {
    void operator()(magic_set* set) const;
  };
  std::unique_ptr<magic_set, Closer> set_;
};

}  // namespace lantai::extract::worker
