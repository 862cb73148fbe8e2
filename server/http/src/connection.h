// What happens on one connection? Head, body, answer, and again, as far as the socket allows without waiting.
// Thread-compatible: with the waiting thread or with one request thread, never both.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lantai/http/front.h"
#include "lantai/http/request_parser.h"
#include "transport.h"

namespace lantai::http {

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Next { wait_to_read, wait_to_write, work, close };

  Connection(std::unique_ptr<Transport> transport, ExchangeFactory& factory, const ServerLimits& limits);
  ~Connection();

  // Waiting thread: reads what has arrived of a head. `work`: there is one (or what can never become one).
  Next read_head();
  // Request thread: goes on until the socket would block, the exchange ends, or its share of work is used up.
  Next advance(bool stopping);
  // Waiting thread, after wait_…: the time is over. `work`: an answer about that is to be sent.
  Next expire();
  // Waiting thread: sends the factory's refusal as far as the socket takes it at once; then wait_to_read or close.
  Next turn_away(int status);
  // Lives as long as the connection.
  void keep(std::shared_ptr<const void> guest) { guest_ = std::move(guest); }

  bool waiting_for_request() const { return phase_ == Phase::head; }
  bool idle() const { return phase_ == Phase::head && in_.empty(); }
  bool answering() const { return phase_ == Phase::answer; }
  // Of the answer under way, bytes a second, lately; nothing while it is too early to tell.
  std::optional<double> answer_rate(Time now) const;
  const std::string& address() const { return transport_->peer().address; }
  // What tells callers of one address apart: the credentials they send. Empty: none, or not known yet.
  const std::string& caller() const { return caller_; }
  Time waiting_since() const { return since_; }
  Time deadline() const { return deadline_; }
  int descriptor() const { return transport_->descriptor(); }

 private:
  enum class Phase { head, body, answer, drain };
  enum class Input { more, blocked, closed };

  Input receive();
  Next begin_exchange();
  void open_exchange(RequestHead head);
  Next take_body();
  bool decode_body(std::size_t& moved);
  bool dripping() const;
  Next send_answer(bool stopping);
  Next after_answer();
  Next begin_drain();
  Next drain();
  void answer(Response response);
  void refuse_body(int status);
  bool too_slow();
  std::string_view accept_language() const;
  std::string_view header_so_far(std::string_view name) const;
  void write_head(const Response& response, bool has_length, std::uint64_t length);
  bool refill();
  void abandon(int status);
  Next wait(Next next, std::chrono::milliseconds time);

  std::unique_ptr<Transport> transport_;
  ExchangeFactory& factory_;
  const ServerLimits& limits_;
  Phase phase_ = Phase::head;
  std::string in_;
  std::string caller_;
  std::size_t searched_ = 0;  // of in_, for the end of the head
  Time since_;                // of the wait
  Time deadline_;
  Time body_began_;
  int refusal_ = 0;  // no head: answer with this status
  std::unique_ptr<Exchange> exchange_;
  BodyDecoder decoder_;
  std::uint64_t received_ = 0;  // of the body
  bool head_method_ = false;
  bool old_client_ = false;  // HTTP/1.0: no chunks
  bool close_ = false;
  std::string out_;
  std::size_t sent_ = 0;  // of out_
  int status_ = 0;
  std::uint64_t body_sent_ = 0;
  bool chunk_answer_ = false;
  std::optional<std::uint64_t> promised_;  // length of the body, as the head says
  Time window_began_;                      // of the answer's rate
  std::uint64_t window_sent_ = 0;
  bool failed_ = false;  // the source broke off: the client must notice
  std::unique_ptr<BodySource> source_;
  std::size_t drained_ = 0;
  std::shared_ptr<const void> guest_;
};

}  // namespace lantai::http
