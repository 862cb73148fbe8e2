#include "magic.h"

#include <magic.h>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// Text, containers and what opens processes is decided elsewhere.
constexpr int kFlags = MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_TOKENS |
                       MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_JSON |
                       MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_ELF;

}  // namespace

void Magic::Closer::operator()(magic_set* set) const { magic_close(set); }

Magic::Magic() : set_(magic_open(kFlags)) {
  if (set_ && magic_load(set_.get(), nullptr) != 0) set_.reset();
}

std::optional<Magic::Guess> Magic::guess(ByteView head) const {
  if (!set_) return std::nullopt;
  const auto ask = [&](int flags) {
    magic_setflags(set_.get(), kFlags | flags);
    const char* answer = magic_buffer(set_.get(), head.data(), head.size());
    return answer == nullptr ? std::string() : std::string(answer);
  };
  Guess guess{ask(MAGIC_MIME_TYPE), ask(0)};
  if (guess.description.empty() || guess.description == "data" || guess.media_type.starts_with("text/"))
    return std::nullopt;
  if (guess.media_type.find('/') == std::string::npos) guess.media_type = "application/octet-stream";
  return guess;
}

}  // namespace lantai::extract::worker
