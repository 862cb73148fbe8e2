#include "lantai/http/request_parser.h"

#include <algorithm>
#include <charconv>

#include "header_text.h"

namespace lantai::http {
namespace {

constexpr std::size_t kMaxSizeLine = 64;
constexpr std::size_t kMaxTrailer = 4096;

bool is_token_char(unsigned char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_token_char(c); });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

bool has_list_member(const Headers& headers, std::string_view name, std::string_view member) {
  for (const auto& [field, value] : headers.all()) {
    if (field != name) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (lowered(trimmed(rest.substr(0, comma))) == member) return true;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return false;
}

std::optional<Refusal> parse_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refusal{400, "request line"};
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  head.method = line.substr(0, first);
  if (!is_token(head.method) || head.method.size() > 16) return Refusal{400, "method"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return version.starts_with("HTTP/") ? Refusal{505, "version"} : Refusal{400, "version"};
  }
  head.minor_version = version.back() - '0';
  const bool printable =
      std::all_of(target.begin(), target.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (!target.starts_with('/') || !printable || target.find('#') != std::string_view::npos) {
    return Refusal{400, "target"};
  }
  const auto mark = target.find('?');
  head.path = target.substr(0, mark);
  if (mark != std::string_view::npos) head.query = target.substr(mark + 1);
  return std::nullopt;
}

std::optional<Refusal> parse_field(std::string_view line, Headers& headers) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return Refusal{400, "field name"};
  const auto value = trimmed(line.substr(colon + 1));
  if (has_control(value)) return Refusal{400, "field value"};
  headers.add(lowered(line.substr(0, colon)), std::string(value));
  return std::nullopt;
}

std::optional<Refusal> settle_length(RequestHead& head) {
  const auto lengths = head.headers.count("content-length");
  const auto codings = head.headers.count("transfer-encoding");
  if (lengths + codings > 1) return Refusal{400, "body framing is ambiguous"};
  if (codings == 1) {
    if (head.minor_version == 0) return Refusal{400, "transfer coding in HTTP/1.0"};
    if (lowered(head.headers.get("transfer-encoding")) != "chunked") return Refusal{501, "transfer coding"};
    head.chunked = true;
  }
  if (lengths == 1) {
    const auto text = head.headers.get("content-length");
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, head.content_length);
    if (text.empty() || text.size() > 18 || parsed.ec != std::errc{} || parsed.ptr != end || text.front() == '-') {
      return Refusal{400, "content length"};
    }
  }
  return std::nullopt;
}

std::optional<Refusal> settle_connection(RequestHead& head) {
  const auto hosts = head.headers.count("host");
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) return Refusal{400, "host"};
  const bool close = has_list_member(head.headers, "connection", "close");
  const bool keep = has_list_member(head.headers, "connection", "keep-alive");
  head.keep_alive = !close && (head.minor_version == 1 || keep);
  if (head.headers.has("expect")) {
    if (lowered(head.headers.get("expect")) != "100-continue") return Refusal{417, "expectation"};
    head.expect_continue = head.minor_version == 1;
  }
  return std::nullopt;
}

}  // namespace

std::size_t head_end(std::string_view buffer, std::size_t from) {
  const auto found = buffer.find("\r\n\r\n", from);
  return found == std::string_view::npos ? found : found + 4;
}

std::variant<RequestHead, Refusal> parse_head(std::string_view head, std::size_t max_fields) {
  RequestHead result;
  auto take_line = [&head] {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    return line;
  };
  if (auto refusal = parse_request_line(take_line(), result)) return *refusal;
  std::size_t fields = 0;
  for (auto line = take_line(); !line.empty(); line = take_line()) {
    if (++fields > max_fields) return Refusal{431, "too many fields"};
    if (auto refusal = parse_field(line, result.headers)) return *refusal;
  }
  if (auto refusal = settle_length(result)) return *refusal;
  if (auto refusal = settle_connection(result)) return *refusal;
  return result;
}

BodyDecoder::BodyDecoder(bool chunked, std::uint64_t length, std::uint64_t limit) : left_(length), allowed_(limit) {
  state_ = chunked ? State::size_line : left_ > 0 ? State::fixed : State::done;
  if (left_ > limit) state_ = State::too_large;
}

BodyDecoder::Step BodyDecoder::next(std::string_view input) {
  switch (state_) {
    case State::fixed:
      return take_data(input, State::done);
    case State::data:
      return take_data(input, State::data_end);
    case State::size_line:
      return take_size(input);
    case State::data_end:
      return take_data_end(input);
    case State::trailer:
      return take_trailer(input);
    case State::done:
    case State::malformed:
    case State::too_large:
      return {};
  }
  return {};
}

BodyDecoder::Step BodyDecoder::fail(State how) {
  state_ = how;
  return {};
}

BodyDecoder::Step BodyDecoder::take_data(std::string_view input, State after) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), left_));
  left_ -= count;
  if (left_ == 0) state_ = after;
  return {count, input.substr(0, count)};
}

BodyDecoder::Step BodyDecoder::take_size(std::string_view input) {
  const auto end = input.find("\r\n");
  if (end == std::string_view::npos) return input.size() > kMaxSizeLine ? fail(State::malformed) : Step{};
  const auto digits = input.substr(0, end);
  std::uint64_t size = 0;
  const auto* last = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), last, size, 16);
  // Chunk extensions have no use here and have let servers disagree about where a chunk begins.
  if (digits.empty() || digits.size() > 15 || digits.front() == '-' || parsed.ec != std::errc{} || parsed.ptr != last) {
    return fail(State::malformed);
  }
  if (size > allowed_) return fail(State::too_large);
  allowed_ -= size;
  left_ = size;
  state_ = size == 0 ? State::trailer : State::data;
  return {end + 2, {}};
}

BodyDecoder::Step BodyDecoder::take_data_end(std::string_view input) {
  if (input.size() < 2) return {};
  if (!input.starts_with("\r\n")) return fail(State::malformed);
  state_ = State::size_line;
  return {2, {}};
}

// Trailer fields are read over: nothing here has a use for them.
BodyDecoder::Step BodyDecoder::take_trailer(std::string_view input) {
  const auto end = input.find("\r\n");
  if (end == std::string_view::npos) return trailer_ + input.size() > kMaxTrailer ? fail(State::malformed) : Step{};
  trailer_ += end + 2;
  if (trailer_ > kMaxTrailer) return fail(State::malformed);
  if (end == 0) state_ = State::done;
  return {end + 2, {}};
}

}  // namespace lantai::http
