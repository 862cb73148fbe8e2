#include "connection.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::http {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kReadPiece = 64U << 10U;
constexpr std::size_t kShareOfWork = 8U << 20U;  // bytes moved before others get their turn
constexpr std::size_t kMaxDrain = 4U << 20U;
constexpr milliseconds kDrainTime{2000};
// Below this lasting rate a body counts as a stalled one, however steadily its bytes drip.
constexpr std::uint64_t kMinBodyRate = 256;     // bytes a second
constexpr std::uint64_t kMinAnswerRate = 4096;  // of what is sent; a telephone line takes as much
constexpr milliseconds kSoonestRate{2000};      // before, the socket's own buffer says more than the client

std::string http_date() { return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))); }

}  // namespace

Connection::Connection(std::unique_ptr<Transport> transport, ExchangeFactory& factory, const ServerLimits& limits)
    : transport_(std::move(transport)), factory_(factory), limits_(limits) {
  wait(Next::wait_to_read, limits_.header_time);
}

Connection::~Connection() { abandon(499); }

Connection::Next Connection::wait(Next next, milliseconds time) {
  since_ = SteadyClock::now();
  deadline_ = since_ + time;
  return next;
}

// Ends an exchange whose answer will not be sent, or not wholly.
void Connection::abandon(int status) {
  if (auto exchange = std::move(exchange_)) exchange->done(status_ != 0 ? status_ : status, body_sent_);
}

Connection::Input Connection::receive() {
  std::array<char, kReadPiece> piece;
  const auto result = transport_->read(piece.data(), piece.size());
  if (result.status == Transport::Status::closed) return Input::closed;
  if (result.status != Transport::Status::moved) return Input::blocked;
  in_.append(piece.data(), result.count);
  return Input::more;
}

Connection::Next Connection::read_head() {
  const bool was_idle = in_.empty();
  for (;;) {
    if (in_.starts_with("\r\n")) in_.erase(0, 2);  // RFC 9112 §2.2
    if (head_end(in_, searched_) != std::string::npos) {
      const auto token = header_so_far("\nauthorization:");
      caller_ = token.empty() ? header_so_far("\ncookie:") : token;
      return Next::work;
    }
    searched_ = in_.size() > 3 ? in_.size() - 3 : 0;
    if (in_.size() > limits_.header_bytes) {
      refusal_ = 431;
      return Next::work;
    }
    const auto input = receive();
    if (input == Input::closed) return Next::close;
    if (input == Input::blocked) break;
  }
  // The clock of a head runs from its first byte, not from its latest.
  if (was_idle && !in_.empty()) wait(Next::wait_to_read, limits_.header_time);
  return Next::wait_to_read;
}

Connection::Next Connection::advance(bool stopping) {
  if (phase_ == Phase::drain) return drain();
  if (phase_ == Phase::head) {
    const auto next = begin_exchange();
    if (next != Next::work) return next;
  }
  if (phase_ == Phase::body) {
    const auto next = take_body();
    if (phase_ == Phase::body) return next;
  }
  return send_answer(stopping);
}

Connection::Next Connection::begin_exchange() {
  const auto end = head_end(in_);
  if (refusal_ == 0 && (end == std::string::npos || end > limits_.header_bytes)) refusal_ = 431;
  if (refusal_ == 0) {
    auto parsed = parse_head(std::string_view(in_).substr(0, end), limits_.header_fields);
    if (auto* head = std::get_if<RequestHead>(&parsed)) {
      in_.erase(0, end);
      open_exchange(std::move(*head));
      return Next::work;
    }
    const auto& refusal = std::get<Refusal>(parsed);
    log::info("http: refused a request of {}: {}", transport_->peer().address, refusal.why);
    refusal_ = refusal.status;
  }
  close_ = true;
  answer(factory_.refuse(refusal_, accept_language()));
  return Next::work;
}

void Connection::open_exchange(RequestHead head) {
  head_method_ = head.method == "HEAD";
  old_client_ = head.minor_version == 0;
  close_ = !head.keep_alive;
  const bool chunked = head.chunked;
  const bool has_body = head.has_body();
  const bool expects = head.expect_continue && has_body && in_.empty();
  const auto length = head.content_length;
  exchange_ = factory_.begin(std::move(head), transport_->peer());
  if (auto early = exchange_->open()) {
    close_ = close_ || has_body;  // what is left of the body cannot be told from a next request
    answer(std::move(*early));
    return;
  }
  decoder_ = BodyDecoder(chunked, length, exchange_->body_limit());
  out_ = expects ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
  phase_ = Phase::body;
  received_ = 0;
  body_began_ = SteadyClock::now();
}

void Connection::refuse_body(int status) {
  close_ = true;
  answer(exchange_->refuse(status));
}

// Passes on what has arrived; false: the answer is there, good or bad.
bool Connection::decode_body(std::size_t& moved) {
  std::size_t used = 0;
  while (!decoder_.done()) {
    const auto step = decoder_.next(std::string_view(in_).substr(used));
    if (step.consumed == 0) break;
    used += step.consumed;
    received_ += step.data.size();
    if (step.data.empty()) continue;
    if (auto early = exchange_->write(step.data)) {
      close_ = true;
      answer(std::move(*early));
      return false;
    }
  }
  in_.erase(0, used);
  moved += used;
  if (decoder_.done()) {
    answer(exchange_->finish());
  } else if (decoder_.malformed() || decoder_.too_large()) {
    refuse_body(decoder_.too_large() ? 413 : 400);
  }
  return phase_ == Phase::body;
}

bool Connection::dripping() const {
  const std::chrono::duration<double> taken = SteadyClock::now() - body_began_;
  return taken > limits_.progress_time && double(received_) < double(kMinBodyRate) * taken.count();
}

std::optional<double> Connection::answer_rate(Time now) const {
  const std::chrono::duration<double> taken = now - window_began_;
  if (!answering() || now - window_began_ < kSoonestRate) return std::nullopt;
  return double(window_sent_) / taken.count();
}

// Looked at once in every progress_time, so that a fast beginning is no credit for ever.
bool Connection::too_slow() {
  const auto now = SteadyClock::now();
  if (now - window_began_ < limits_.progress_time) return false;
  const std::chrono::duration<double> taken = now - window_began_;
  const bool slow = double(window_sent_) < double(kMinAnswerRate) * taken.count();
  window_began_ = now;
  window_sent_ = 0;
  return slow;
}

// Of a head that may be unfinished or wrong. `name`: `\naccept-language:`
std::string_view Connection::header_so_far(std::string_view name) const {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  const std::string_view head = std::string_view(in_).substr(0, std::min(limits_.header_bytes, head_end(in_)));
  const auto* at = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
  if (at == head.end()) return {};
  const auto value = head.substr(static_cast<std::size_t>(at - head.begin()) + name.size());
  return value.substr(0, value.find_first_of("\r\n"));
}

// Good enough to say what is wrong in the caller's language.
std::string_view Connection::accept_language() const { return header_so_far("\naccept-language:"); }

Connection::Next Connection::take_body() {
  if (!out_.empty()) {  // 100 Continue: a few bytes into an empty buffer; a client too clogged for them is gone
    const auto result = transport_->write(out_.data(), out_.size());
    if (result.status != Transport::Status::moved || result.count != out_.size()) return Next::close;
    out_.clear();
  }
  std::size_t moved = 0;
  while (decode_body(moved)) {
    if (dripping()) {
      refuse_body(408);
      return Next::work;
    }
    if (moved > kShareOfWork) return Next::work;
    const auto input = receive();
    if (input == Input::closed) return Next::close;
    if (input == Input::blocked) return wait(Next::wait_to_read, limits_.progress_time);
  }
  return Next::work;
}

void Connection::answer(Response response) {
  phase_ = Phase::answer;
  close_ = close_ || response.close;
  status_ = response.status;
  body_sent_ = 0;
  sent_ = 0;
  out_.clear();
  const bool bare = response.status == 204 || response.status == 304;
  const bool has_length = !response.source || response.source_size;
  const auto length = response.source ? response.source_size.value_or(0) : response.body.size();
  chunk_answer_ = !has_length && !old_client_;
  promised_ = has_length ? std::optional(length) : std::nullopt;
  window_began_ = SteadyClock::now();
  window_sent_ = 0;
  close_ = close_ || (!has_length && old_client_);
  write_head(response, has_length && !bare, length);
  source_.reset();
  if (bare || head_method_) return;
  if (response.source) {
    source_ = std::move(response.source);
  } else {
    body_sent_ = response.body.size();
    out_ += response.body;
  }
}

void Connection::write_head(const Response& response, bool has_length, std::uint64_t length) {
  out_ = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_phrase(response.status), http_date());
  for (const auto& [name, value] : response.headers) {
    // A value can never end its line: what would is replaced.
    out_ += name + ": ";
    for (const char c : value) out_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    out_ += "\r\n";
  }
  if (has_length) out_ += fmt::format("Content-Length: {}\r\n", length);
  if (chunk_answer_) out_ += "Transfer-Encoding: chunked\r\n";
  if (close_) out_ += "Connection: close\r\n";
  if (!close_ && old_client_) out_ += "Connection: keep-alive\r\n";
  out_ += "\r\n";
}

// The next piece into out_; false: there is none.
bool Connection::refill() {
  out_.clear();
  sent_ = 0;
  if (!source_) return false;
  std::string piece;
  try {
    piece = source_->read();
  } catch (const std::exception& error) {  // the head is out: only a broken connection can say so
    log::error("http: a response broke off: {}", error.what());
    failed_ = true;
    source_.reset();
    return false;
  }
  body_sent_ += piece.size();
  if (piece.empty()) {
    source_.reset();
    if (promised_ && body_sent_ < *promised_) {
      log::error("http: a response ended {} bytes short", *promised_ - body_sent_);
      failed_ = true;
    }
    if (chunk_answer_) out_ = "0\r\n\r\n";
    return !out_.empty();
  }
  out_ = chunk_answer_ ? fmt::format("{:x}\r\n", piece.size()) + piece + "\r\n" : std::move(piece);
  return true;
}

Connection::Next Connection::send_answer(bool stopping) {
  close_ = close_ || stopping;
  std::size_t moved = 0;
  for (;;) {
    if (sent_ == out_.size() && !refill()) break;
    const auto result = transport_->write(out_.data() + sent_, out_.size() - sent_);
    if (result.status == Transport::Status::closed) return Next::close;
    if (result.status == Transport::Status::moved) {
      sent_ += result.count;
      moved += result.count;
      window_sent_ += result.count;
      if (moved > kShareOfWork) return Next::work;
      continue;
    }
    if (too_slow()) return Next::close;
    const auto next = result.status == Transport::Status::wants_read ? Next::wait_to_read : Next::wait_to_write;
    return wait(next, limits_.progress_time);
  }
  return after_answer();
}

Connection::Next Connection::after_answer() {
  abandon(status_);
  status_ = 0;
  out_ = {};
  if (failed_) return Next::close;
  if (close_) return begin_drain();
  phase_ = Phase::head;
  searched_ = 0;
  return wait(Next::wait_to_read, in_.empty() ? limits_.idle_time : limits_.header_time);
}

// Closing at once would reset the connection under bytes still on their way here, and with them the answer.
Connection::Next Connection::begin_drain() {
  transport_->finish_writing();
  phase_ = Phase::drain;
  deadline_ = SteadyClock::now() + kDrainTime;
  return drain();
}

Connection::Next Connection::drain() {
  while (drained_ < kMaxDrain) {
    in_.clear();
    const auto input = receive();
    if (input == Input::closed) return Next::close;
    if (input == Input::blocked) return Next::wait_to_read;  // until the deadline set above
    drained_ += in_.size();
  }
  return Next::close;
}

Connection::Next Connection::expire() {
  if (phase_ == Phase::head && !in_.empty()) {
    refusal_ = 408;
    return Next::work;
  }
  if (phase_ == Phase::body) {
    refuse_body(408);
    return Next::work;
  }
  return Next::close;
}

Connection::Next Connection::turn_away(int status) {
  close_ = true;
  answer(factory_.refuse(status, accept_language()));
  transport_->write(out_.data(), out_.size());
  return begin_drain();
}

}  // namespace lantai::http
