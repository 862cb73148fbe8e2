#include "der.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

namespace lantai::extract::worker {

Der Der::first(ByteView bytes) {
  const unsigned char* at = bytes.data();
  long length = 0;
  int tag = 0, of_class = 0;
  const int result = ASN1_get_object(&at, &length, &tag, &of_class, static_cast<long>(bytes.size()));
  ERR_clear_error();
  const auto header = static_cast<std::size_t>(at - bytes.data());
  // An error, or an indefinite length, which DER does not have.
  if (bytes.empty() || (result & 0x81) != 0 || header + static_cast<std::size_t>(length) > bytes.size()) return {};
  const auto size = header + static_cast<std::size_t>(length);
  return {of_class == V_ASN1_UNIVERSAL ? tag : -1, bytes.first(size), bytes.subspan(header, size - header)};
}

std::vector<Der> Der::children() const {
  constexpr std::size_t kMost = 1'000;
  std::vector<Der> all;
  for (auto rest = content; !rest.empty() && all.size() < kMost;) {
    const auto one = first(rest);
    if (one.whole.empty()) break;
    all.push_back(one);
    rest = rest.subspan(one.whole.size());
  }
  return all;
}

}  // namespace lantai::extract::worker
