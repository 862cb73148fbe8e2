#include "lantai/http/multipart.h"

#include <algorithm>

#include "header_text.h"
#include "lantai/base/error.h"

namespace lantai::http {
namespace {

constexpr std::size_t kMaxPartHeader = 8U << 10U;
constexpr std::size_t kMaxPreamble = 4U << 10U;
constexpr std::size_t kMaxBoundary = 70;

[[noreturn]] void malformed(const char* what) {
  throw Error(ErrorCode::invalid_argument, std::string("multipart body: ") + what, "request.bad_multipart");
}

Part parse_part_header(std::string_view header) {
  Part part;
  bool disposed = false;
  while (!header.empty()) {
    const auto end = std::min(header.size(), header.find("\r\n"));
    const auto line = header.substr(0, end);
    header.remove_prefix(std::min(header.size(), end + 2));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) malformed("a part's header line has no colon");
    const auto name = lowered(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (name == "content-type") part.media_type = to_valid_utf8(value);
    if (name != "content-disposition") continue;
    auto disposition = parse_disposition(value);
    if (!disposition || disposition->kind != "form-data" || disposed) malformed("a part has no clear name");
    part.disposition = std::move(*disposition);
    disposed = true;
  }
  if (!disposed) malformed("a part has no name");
  return part;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  if (lowered(trimmed(content_type.substr(0, semicolon))) != "multipart/form-data") return std::nullopt;
  while (semicolon != std::string_view::npos) {
    const auto found = lowered(content_type).find("boundary=", semicolon);
    if (found == std::string_view::npos) return std::nullopt;
    auto value = content_type.substr(found + 9);
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      value = value.substr(0, value.find('"'));
    } else {
      value = trimmed(value.substr(0, value.find(';')));
    }
    const bool plain = std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
    if (value.empty() || value.size() > kMaxBoundary || !plain || value.ends_with(' ')) return std::nullopt;
    return std::string(value);
  }
  return std::nullopt;
}

MultipartReader::MultipartReader(std::string_view boundary, PartSink& sink, std::size_t max_parts)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(sink), max_parts_(max_parts) {}

void MultipartReader::write(std::string_view bytes) {
  if (state_ == State::epilogue) return;
  held_.append(bytes);
  while (step()) {
  }
}

void MultipartReader::finish() {
  if (state_ != State::epilogue) malformed("it ends before its closing boundary");
}

// True: there may be more to do with what is held.
bool MultipartReader::step() {
  switch (state_) {
    case State::preamble:
      return find_preamble_end();
    case State::after_boundary:
      return take_boundary_end();
    case State::part_header:
      return take_part_header();
    case State::data:
      return take_data();
    case State::epilogue:
      held_.clear();
      return false;
  }
  return false;
}

bool MultipartReader::find_preamble_end() {
  const auto found = held_.find(delimiter_);
  if (found == std::string::npos) {
    if (held_.size() > kMaxPreamble) malformed("it does not begin with its boundary");
    return false;
  }
  held_.erase(0, found + delimiter_.size());
  state_ = State::after_boundary;
  return true;
}

bool MultipartReader::take_boundary_end() {
  const auto text = held_.find_first_not_of(" \t");
  if (text == std::string::npos || held_.size() < text + 2) {
    if (held_.size() > kMaxPartHeader) malformed("a boundary does not end");
    return false;
  }
  const auto mark = std::string_view(held_).substr(text, 2);
  if (mark == "--" && text == 0) {
    state_ = State::epilogue;
  } else if (mark == "\r\n") {
    if (++parts_ > max_parts_) malformed("too many parts");
    state_ = State::part_header;
  } else {
    malformed("a boundary is followed by something else");
  }
  held_.erase(0, text + 2);
  return true;
}

bool MultipartReader::take_part_header() {
  const auto end = held_.find("\r\n\r\n");
  if (end > kMaxPartHeader && held_.size() > kMaxPartHeader) malformed("a part's header is too long");
  if (end == std::string::npos) return false;
  const auto part = parse_part_header(std::string_view(held_).substr(0, end));
  held_.erase(0, end + 4);
  sink_.begin_part(part);
  state_ = State::data;
  return true;
}

bool MultipartReader::take_data() {
  const auto found = held_.find(delimiter_);
  if (found != std::string::npos) {
    if (found > 0) sink_.part_data(std::string_view(held_).substr(0, found));
    held_.erase(0, found + delimiter_.size());
    state_ = State::after_boundary;
    sink_.end_part();
    return true;
  }
  if (held_.size() >= delimiter_.size()) {
    const auto sure = held_.size() - delimiter_.size() + 1;
    sink_.part_data(std::string_view(held_).substr(0, sure));
    held_.erase(0, sure);
  }
  return false;
}

}  // namespace lantai::http
