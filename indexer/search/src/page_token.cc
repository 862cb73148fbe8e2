#include "page_token.h"

#include <cstring>

#include "lantai/base/error.h"

namespace lantai::search {
namespace {

constexpr std::uint64_t kVersion = 3;

template <typename Number>
void put(Number value, std::string& out) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void put_text(std::string_view text, std::string& out) {
  put<std::uint64_t>(text.size(), out);
  out += text;
}

[[noreturn]] void refuse_token() {
  throw Error(ErrorCode::invalid_argument, "page token is not valid", "search.bad_page_token");
}

template <typename Number>
Number get(std::string_view& in) {
  Number value;
  if (in.size() < sizeof value) refuse_token();
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return value;
}

std::string get_text(std::string_view& in) {
  const auto size = get<std::uint64_t>(in);
  if (size > in.size()) refuse_token();
  std::string text(in.substr(0, size));
  in.remove_prefix(size);
  return text;
}

}  // namespace

std::string encode(const PageToken& token) {
  std::string out;
  put(kVersion, out);
  put(token.request, out);
  put_text(token.generation, out);
  put_text(token.life, out);
  for (const std::uint64_t value : {token.state, std::uint64_t{token.end}, token.offset, token.documents,
                                    token.total_length, static_cast<std::uint64_t>(token.matching)}) {
    put(value, out);
  }
  put(token.today, out);
  put(token.best, out);
  // A term is in no more documents than can be numbered.
  for (const std::uint64_t value : token.frequencies) put(static_cast<std::uint32_t>(value), out);
  return out;
}

PageToken decode_page_token(std::string_view in) {
  PageToken out;
  if (get<std::uint64_t>(in) != kVersion) refuse_token();
  out.request = get<std::uint64_t>(in);
  out.generation = get_text(in);
  out.life = get_text(in);
  out.state = get<std::uint64_t>(in);
  out.end = static_cast<std::uint32_t>(get<std::uint64_t>(in));
  out.offset = get<std::uint64_t>(in);
  out.documents = get<std::uint64_t>(in);
  out.total_length = get<std::uint64_t>(in);
  const auto matching = get<std::uint64_t>(in);
  if (matching > static_cast<std::uint64_t>(Matching::by_sound)) refuse_token();
  out.matching = static_cast<Matching>(matching);
  out.today = get<std::int64_t>(in);
  out.best = get<double>(in);
  while (!in.empty()) out.frequencies.push_back(get<std::uint32_t>(in));
  return out;
}

}  // namespace lantai::search
