#include "page_token.h"

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"

namespace lantai::search {
namespace {

constexpr std::uint64_t kVersion = 1;

void put(std::uint64_t value, Bytes& out) {
  for (; value >= 0x80U; value >>= 7U) out.push_back(static_cast<std::uint8_t>(value | 0x80U));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put(std::string_view text, Bytes& out) {
  put(text.size(), out);
  out.insert(out.end(), text.begin(), text.end());
}

[[noreturn]] void refuse() {
  throw Error(ErrorCode::invalid_argument, "page token is not valid", "search.bad_page_token");
}

std::uint64_t get(ByteView& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const std::uint8_t byte = in.front();
    in = in.subspan(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return value;
  }
  refuse();
}

std::string get_text(ByteView& in) {
  const std::uint64_t size = get(in);
  if (size > in.size()) refuse();
  std::string text(as_chars(in.first(size)));
  in = in.subspan(size);
  return text;
}

}  // namespace

std::string encode(const PageToken& token) {
  Bytes out;
  put(kVersion, out);
  put(token.request, out);
  put(token.generation, out);
  put(token.life, out);
  for (const std::uint64_t value : {token.state, std::uint64_t{token.end}, token.offset, token.documents,
                                    token.total_length, std::uint64_t{token.relaxed ? 1U : 0U}}) {
    put(value, out);
  }
  put(token.frequencies.size(), out);
  for (const std::uint64_t value : token.frequencies) put(value, out);
  return to_hex(out);
}

PageToken decode_page_token(std::string_view token) {
  if (token.size() > 8192) refuse();
  Bytes bytes;
  try {
    bytes = from_hex(token);
  } catch (const Error&) {
    refuse();
  }
  ByteView in(bytes);
  PageToken out;
  if (get(in) != kVersion) refuse();
  out.request = get(in);
  out.generation = get_text(in);
  out.life = get_text(in);
  out.state = get(in);
  out.end = static_cast<std::uint32_t>(get(in));
  out.offset = get(in);
  out.documents = get(in);
  out.total_length = get(in);
  out.relaxed = get(in) == 1;
  const std::uint64_t count = get(in);
  if (count > in.size()) refuse();
  for (std::uint64_t i = 0; i < count; ++i) out.frequencies.push_back(get(in));
  if (!in.empty()) refuse();
  return out;
}

}  // namespace lantai::search
