// Any bytes as a request: the head is refused or sound, and its body ends at the same place however it is cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lantai/http/request_parser.h"

namespace {

using namespace lantai::http;

struct Outcome {
  std::string body;
  std::size_t consumed = 0;
  bool done = false, malformed = false, too_large = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(const RequestHead& head, std::string_view bytes, std::size_t piece) {
  BodyDecoder decoder(head.chunked, head.content_length, 1 << 16);
  Outcome outcome;
  std::string held;
  for (std::size_t at = 0; at < bytes.size() && !decoder.done() && !decoder.malformed() && !decoder.too_large();
       at += piece) {
    held += bytes.substr(at, piece);
    for (;;) {
      const auto step = decoder.next(held);
      if (step.consumed == 0) break;
      outcome.body += step.data;
      outcome.consumed += step.consumed;
      held.erase(0, step.consumed);
    }
  }
  outcome.done = decoder.done();
  outcome.malformed = decoder.malformed();
  outcome.too_large = decoder.too_large();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto end = head_end(bytes);
  if (end == std::string_view::npos) return 0;
  const auto parsed = parse_head(bytes.substr(0, end));
  const auto* head = std::get_if<RequestHead>(&parsed);
  if (head == nullptr) return std::get<Refusal>(parsed).status >= 400 ? 0 : (std::abort(), 1);
  if (!head->path.starts_with('/') || (head->chunked && head->content_length != 0)) std::abort();
  if (head->headers.count("content-length") + head->headers.count("transfer-encoding") > 1) std::abort();
  const auto whole = decode(*head, bytes.substr(end), size + 1);
  const auto pieces = decode(*head, bytes.substr(end), 1 + size % 7);
  if (whole.done != pieces.done) std::abort();
  if (whole.done && !(whole == pieces)) std::abort();
  return 0;
}
