#include "report.h"

#include <sys/time.h>

#include <algorithm>

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kMaxValue = 16U << 10U;  // of a title, a metadata value, a path

// At most `size` bytes, not cutting a character.
std::string_view cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

}  // namespace

void Budget::spend_output(std::uint64_t bytes) {
  output_ += bytes;
  if (output_ > limits_.output_bytes) throw Fault("output_limit", "more text than allowed", Fault::Scope::everything);
}

void Budget::spend_expanded(std::uint64_t bytes) {
  if (bytes > limits_.expanded_bytes - expanded_)
    throw Fault("too_large", "unpacks to more than allowed", Fault::Scope::everything);
  expanded_ += bytes;
}

void Budget::spend_entry() {
  if (++entries_ > limits_.entries)
    throw Fault("too_many_entries", "more members than allowed", Fault::Scope::everything);
}

void Budget::spend_page() {
  if (++pages_ > static_cast<std::uint64_t>(limits_.pages) + limits_.entries)
    throw Fault("output_limit", "more pages than allowed", Fault::Scope::everything);
}

Report Report::embed(std::string_view path, ByteView raw_name) {
  budget_.spend_entry();
  std::string whole = path_.empty() ? std::string(path) : path_ + "!/" + std::string(path);
  whole = cut(whole, kMaxValue);
  budget_.spend_output(whole.size());
  const auto raw = raw_name.first(std::min(raw_name.size(), kMaxValue));
  channel_.send(FrameKind::embedded, {}, {whole, as_chars(raw)});
  return {*this, next_target_++, std::move(whole)};
}

void Report::end_embedded(std::uint64_t size) {
  channel_.send(FrameKind::embedded_end, {target_, size}, {media_type_, error_});
}

void Report::identified(std::string_view media_type, std::string_view format, std::string_view evidence) {
  media_type_ = media_type;
  if (!top()) return;
  channel_.send(FrameKind::identified, {}, {media_type, cut(format, kMaxValue), cut(evidence, kMaxValue)});
}

void Report::send_what_is_known() {
  if (!glances_) channel_.flush();
}

void Report::slow_step() const {
  if (glances_) throw Fault("time_limit", "takes longer than a glance", Fault::Scope::everything);
}

void Report::title(std::string_view title) {
  if (top() && !title.empty()) channel_.send(FrameKind::title, {}, {cut(title, kMaxValue)});
}

void Report::metadata(std::string_view key, std::string_view value) {
  if (!top() || value.empty()) return;
  budget_.spend_output(value.size());
  channel_.send(FrameKind::metadata, {}, {cut(key, 256), cut(value, kMaxValue)});
}

void Report::page(std::uint32_t number, std::string_view text, bool from_ocr) {
  if (number > budget_.limits().pages) throw Fault("output_limit", "more pages than allowed");
  budget_.spend_page();
  budget_.spend_output(text.size());
  channel_.send(FrameKind::page, {target_, number, from_ocr ? 1U : 0U}, {});
  while (!text.empty()) {
    const auto piece = cut(text, kMaxPieceBytes);
    channel_.send(FrameKind::text, {}, {piece});
    text.remove_prefix(piece.size());
  }
  if (top()) send_what_is_known();  // what was read stays, whatever the next page does
}

void Report::warning(std::string_view code, std::string_view detail) {
  std::string where = path_.empty() ? "" : path_ + ": ";
  where += detail;
  channel_.send(FrameKind::warning, {}, {code, cut(where, kMaxValue)});
}

void Report::failure(const std::string& code, const std::string& detail) {
  if (!error_.empty()) return;
  error_ = code;
  if (top()) channel_.send(FrameKind::failure, {}, {code, cut(detail, kMaxValue)});
}

void Report::want_conversion(std::string_view extension, std::string_view format, ByteView bytes) {
  slow_step();
  channel_.send(FrameKind::convert_wanted, {target_}, {extension, format});
  if (top()) return;
  budget_.spend_output(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += kMaxPieceBytes)
    channel_.send(FrameKind::data, {}, {as_chars(bytes.subspan(at, std::min(kMaxPieceBytes, bytes.size() - at)))});
}

void Report::want_ocr(std::uint32_t page) {
  slow_step();
  channel_.send(FrameKind::ocr_wanted, {page}, {});
}

void Report::want_reading() { channel_.send(FrameKind::unread, {}, {}); }

void Report::progress() {
  slow_step();
  limit_processor_time(budget_.limits().wall_time);
  channel_.send(FrameKind::progress, {}, {});
}

void limit_processor_time(std::chrono::milliseconds time) {
  constexpr long kGraceSeconds = 30;
  const itimerval timer{{0, 0}, {time.count() == 0 ? 0 : static_cast<time_t>(time.count() / 1000 + kGraceSeconds), 0}};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace lantai::extract::worker
