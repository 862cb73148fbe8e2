// The front alone, over an application of three lines: what is a request, what is refused, and that nobody who is slow
// or silent holds it.
#define BOOST_TEST_MODULE http_front
#include "lantai/http/front.h"

#include <boost/test/unit_test.hpp>
#include <latch>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "raw_client.h"

using namespace lantai::http;
using namespace std::chrono_literals;
using lantai::http::test::RawClient;

namespace {

constexpr std::uint64_t kLimit = 1 << 20;

class Endless final : public BodySource {
 public:
  explicit Endless(std::size_t pieces) : left_(pieces) {}
  std::string read() override { return left_-- > 0 ? std::string(256 << 10, 'x') : std::string{}; }

 private:
  std::int64_t left_;
};

// Echoes bodies; /early answers without reading; /big and /chunks send much; /hold waits to be released.
class Echo final : public Exchange {
 public:
  Echo(RequestHead head, std::counting_semaphore<>& held, std::counting_semaphore<>& release)
      : head_(std::move(head)), held_(held), release_(release) {}
  std::optional<Response> open() override {
    if (head_.path != "/early") return std::nullopt;
    Response response;
    response.status = 401;
    response.body = "early";
    return response;
  }
  std::uint64_t body_limit() const override { return kLimit; }
  std::optional<Response> write(std::string_view piece) override {
    body_ += piece;
    return std::nullopt;
  }
  Response finish() override {
    Response response;
    if (head_.path == "/hold") {
      held_.release();
      release_.acquire();
    }
    if (head_.path == "/big" || head_.path == "/chunks") {
      response.source = std::make_unique<Endless>(200);
      if (head_.path == "/big") response.source_size = 200ULL * (256 << 10);
      return response;
    }
    if (head_.path == "/short") {
      response.source = std::make_unique<Endless>(0);
      response.source_size = 1000;
      return response;
    }
    response.body = head_.method + " " + head_.path + " " + head_.query + "|" + body_;
    return response;
  }
  Response refuse(int status) override {
    Response response;
    response.status = status;
    return response;
  }
  void done(int, std::uint64_t) override {}

 private:
  RequestHead head_;
  std::string body_;
  std::counting_semaphore<>& held_;
  std::counting_semaphore<>& release_;
};

struct Fixture : ExchangeFactory {
  std::unique_ptr<Exchange> begin(RequestHead head, const Peer&) override {
    return std::make_unique<Echo>(std::move(head), held, release);
  }
  Response refuse(int status, std::string_view accept_language) override {
    Response response;
    response.status = status;
    response.body = accept_language;
    response.set("Retry-After", "1");
    return response;
  }
  Front& start() {
    if (!front) {
      front = Front::open(*this, options);
      front->run();
    }
    return *front;
  }
  RawClient client() { return RawClient(start().port()); }
  test::RawResponse ask(std::string_view request) {
    auto connection = client();
    connection.send(request);
    return connection.read_response();
  }
  // One that had an answer and waits, as the front knows it too.
  RawClient idle_client() {
    auto connection = client();
    connection.send("GET /a HTTP/1.1\r\nHost: test\r\n\r\n");
    BOOST_TEST(connection.read_response().status == 200);
    while (start().figures().working > 0) std::this_thread::yield();
    return connection;
  }
  ~Fixture() override {
    release.release(1000);
    if (front) front->stop(5s);
  }

  ServerOptions options;
  std::counting_semaphore<> held{0}, release{0};
  std::unique_ptr<Front> front;
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(front_serves, Fixture)

BOOST_AUTO_TEST_CASE(requests_that_follow_each_other_on_one_connection) {
  auto connection = client();
  for (int i = 0; i < 3; ++i) {
    connection.send(get("/a?b=" + std::to_string(i)));
    BOOST_TEST(connection.read_response().body == "GET /a b=" + std::to_string(i) + "|");
  }
}

BOOST_AUTO_TEST_CASE(requests_sent_at_once_are_answered_in_order) {
  auto connection = client();
  connection.send(get("/1") + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + get("/3"));
  BOOST_TEST(connection.read_response().body == "GET /1 |");
  BOOST_TEST(connection.read_response().body == "POST /2 |abc");
  BOOST_TEST(connection.read_response().body == "GET /3 |");
}

BOOST_AUTO_TEST_CASE(a_chunked_body_with_a_trailer) {
  auto connection = client();
  connection.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  connection.send("3\r\nabc\r\n");
  connection.send("A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n" + get("/next"));
  BOOST_TEST(connection.read_response().body == "POST /c |abc0123456789");
  BOOST_TEST(connection.read_response().body == "GET /next |");
}

BOOST_AUTO_TEST_CASE(a_body_only_after_100_continue_when_the_client_asks) {
  auto connection = client();
  connection.send("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  BOOST_TEST(connection.read_response().status == 100);
  connection.send("ok");
  BOOST_TEST(connection.read_response().body == "POST /c |ok");
}

BOOST_AUTO_TEST_CASE(an_early_answer_arrives_though_the_body_is_still_coming) {
  auto connection = client();
  connection.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + std::string(200000, 'b'));
  const auto response = connection.read_response();
  BOOST_TEST(response.status == 401);
  BOOST_TEST(response.header("connection") == "close");
}

BOOST_AUTO_TEST_CASE(large_answers_with_a_length_and_in_chunks) {
  BOOST_TEST(ask(get("/big")).body.size() == 200U * (256 << 10));
  BOOST_TEST(ask(get("/chunks")).body.size() == 200U * (256 << 10));
  const auto old = ask("GET /chunks HTTP/1.0\r\n\r\n");
  BOOST_TEST(!old.headers.contains("transfer-encoding"));
  BOOST_TEST(old.body.size() == 200U * (256 << 10));
}

BOOST_AUTO_TEST_CASE(head_answers_without_a_body_but_with_its_length) {
  auto connection = client();
  connection.send("HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n" + get("/x"));
  BOOST_TEST(connection.read_response(true).header("content-length") == std::to_string(200ULL * (256 << 10)));
  BOOST_TEST(connection.read_response().body == "GET /x |");
}

BOOST_AUTO_TEST_CASE(an_old_client_is_answered_and_the_connection_closed) {
  auto connection = client();
  connection.send("GET /a HTTP/1.0\r\n\r\n");
  const auto text = connection.read_to_end();
  BOOST_TEST(text.ends_with("GET /a |"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(front_refuses, Fixture)

BOOST_AUTO_TEST_CASE(what_two_servers_could_read_differently) {
  const std::string post = "POST /a HTTP/1.1\r\nHost: a\r\n";
  const std::string bad[] = {
      post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
      post + "Content-Length: 1, 1\r\n\r\na",
      post + "Content-Length: +1\r\n\r\na",
      post + "Content-Length: -1\r\n\r\na",
      post + "Content-Length: 0x1\r\n\r\na",
      post + "Content-Length: 1 \t2\r\n\r\na",
      post + "Content-Length: \r\n\r\na",
      post + "Content-Length: 99999999999999999999\r\n\r\na",
      post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Content-Length : 1\r\n\r\na",
      post + " Content-Length: 1\r\n\r\na",
      post + "X: a\r\n folded\r\n\r\n",
      post + "X: a\rb\r\n\r\n",
      post + "X: a\nContent-Length: 3\r\n\r\n",
      post + std::string("X: a\0b\r\n\r\n", 10),
      "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET /a HTTP/1.1\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET  /a HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a\tHTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\xe4\xb8\xad HTTP/1.1\r\nHost: a\r\n\r\n",
      "G{T /a HTTP/1.1\r\nHost: a\r\n\r\n",
      "\x16\x03\x01\x02hello\r\n\r\n",
  };
  for (const auto& request : bad) {
    auto connection = client();
    connection.send(request + get("/smuggled"));
    const auto text = connection.read_to_end();
    BOOST_TEST_CONTEXT(request) {
      BOOST_TEST(text.starts_with("HTTP/1.1 400 "));
      BOOST_TEST(text.find("smuggled") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_chunks) {
  const std::string chunked = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body : {"g\r\nabc\r\n", "3;x=y\r\nabc\r\n", "-1\r\n",
                                 "3\nabc\r\n0\r\n\r\nxxxxxxxxxxxxxxxxxxxx"
                                 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                                 "3\r\nabcd\r\n", " 3\r\nabc\r\n", "ffffffffffffffff\r\n", "\r\nabc"}) {
    auto connection = client();
    connection.send(chunked + body + get("/smuggled"));
    const auto text = connection.read_to_end();
    BOOST_TEST_CONTEXT(body) {
      BOOST_TEST(text.starts_with("HTTP/1.1 400 "));
      BOOST_TEST(text.find("smuggled") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(codings_versions_and_expectations_it_does_not_know) {
  BOOST_TEST(ask("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").status == 501);
  BOOST_TEST(ask("GET /a HTTP/2.0\r\nHost: a\r\n\r\n").status == 505);
  BOOST_TEST(ask("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\n\r\n").status == 417);
}

BOOST_AUTO_TEST_CASE(headers_beyond_their_limits) {
  BOOST_TEST(ask("GET /a HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x') + "\r\n\r\n").status == 431);
  auto flood = client();
  flood.send("GET /a HTTP/1.1\r\nHost: a\r\n");
  while (flood.send("X-Flood: 0123456789\r\n")) {
  }
  std::string many = "GET /a HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 101; ++i) many += "X: 1\r\n";
  BOOST_TEST(ask(many + "\r\n").status == 431);
}

BOOST_AUTO_TEST_CASE(bodies_beyond_their_limit) {
  BOOST_TEST(ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n").status == 413);
  auto connection = client();
  connection.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 40; ++i) connection.send("8000\r\n" + std::string(0x8000, 'x') + "\r\n");
  BOOST_TEST(connection.read_response().status == 413);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(front_is_not_held, Fixture)

BOOST_AUTO_TEST_CASE(by_silent_dripping_and_not_reading_clients) {
  options.limits.request_threads = 2;
  std::vector<RawClient> silent, dripping_heads, dripping_bodies, not_reading;
  for (int i = 0; i < 300; ++i) silent.push_back(client());
  for (int i = 0; i < 100; ++i) dripping_heads.push_back(client());
  for (int i = 0; i < 100; ++i) {
    dripping_bodies.push_back(client());
    dripping_bodies.back().send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
  }
  for (int i = 0; i < 20; ++i) {
    not_reading.emplace_back(start().port(), 4096);
    not_reading.back().send(get("/big"));
  }
  const std::string head = get("/drip");
  for (std::size_t byte = 0; byte + 1 < head.size(); ++byte) {
    for (auto& slow : dripping_heads) slow.send(head.substr(byte, 1));
    for (auto& slow : dripping_bodies) slow.send("b");
    BOOST_TEST(ask(get("/prompt")).status == 200);
  }
  BOOST_TEST(start().figures().connections >= 520U);
  for (auto& slow : dripping_heads) slow.send(head.substr(head.size() - 1));
  for (auto& slow : dripping_heads) BOOST_TEST(slow.read_response().body == "GET /drip |");
}

BOOST_AUTO_TEST_CASE(a_head_that_does_not_end_is_answered_408_and_a_silent_client_is_closed) {
  options.limits.header_time = 100ms;
  options.limits.idle_time = 100ms;
  auto partial = client();
  partial.send("GET /a HTTP/1.1\r\nHo");
  BOOST_TEST(partial.read_response().status == 408);
  auto silent = client();
  BOOST_TEST(silent.closed_by_server());
  auto idle = client();
  idle.send(get("/a"));
  BOOST_TEST(idle.read_response().status == 200);
  BOOST_TEST(idle.closed_by_server());
}

BOOST_AUTO_TEST_CASE(a_body_that_stops_coming_is_answered_408) {
  options.limits.progress_time = 100ms;
  auto stalled = client();
  stalled.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  BOOST_TEST(stalled.read_response().status == 408);
}

BOOST_AUTO_TEST_CASE(an_answer_nobody_reads_is_broken_off) {
  options.limits.progress_time = 100ms;
  RawClient deaf(start().port(), 4096);
  deaf.send(get("/big"));
  auto& timed_out = start().figures().timed_out;
  while (timed_out == 0) std::this_thread::yield();
  BOOST_TEST(deaf.read_to_end().size() < 200U * (256 << 10));
}

BOOST_AUTO_TEST_CASE(when_all_threads_and_the_queue_are_taken_the_answer_is_503) {
  options.limits.request_threads = 2;
  options.limits.queue = 1;
  std::vector<RawClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.push_back(client());
    busy.back().send(get("/hold"));
    held.acquire();
  }
  auto first = client();
  auto second = client();
  first.send(get("/a"));
  second.send(get("/a"));
  // One of the two waits in the queue, the other is turned away; which is the network's choice.
  while (start().figures().refused == 0) std::this_thread::yield();
  release.release(2);
  const auto a = first.read_response();
  const auto b = second.read_response();
  BOOST_TEST(a.status + b.status == 200 + 503);
  BOOST_TEST((a.status == 503 ? a : b).header("retry-after") == "1");
  for (auto& connection : busy) BOOST_TEST(connection.read_response().status == 200);
}

// One caller's requests wait in a row; another's comes next all the same.
BOOST_AUTO_TEST_CASE(somebody_with_many_requests_does_not_hold_up_others) {
  options.limits.request_threads = 1;
  auto holder = client();
  holder.send(get("/hold"));
  held.acquire();
  std::vector<RawClient> many;
  const auto ask_as = [](const std::string& path, const std::string& who) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + who + "\r\n\r\n";
  };
  for (int i = 0; i < 20; ++i) {
    many.push_back(client());
    many.back().send(ask_as("/hold", "many"));
  }
  while (start().figures().queued < 20) std::this_thread::yield();
  auto one = client();
  one.send(ask_as("/a", "one"));
  while (start().figures().queued < 21) std::this_thread::yield();
  release.release(2);  // the holder, and one of the many that is before it
  BOOST_TEST(one.read_response().status == 200);
  BOOST_TEST(start().figures().queued >= 18U);
  release.release(19);
  for (auto& each : many) BOOST_TEST(each.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(beyond_the_connections_allowed_the_longest_waiting_one_gives_way) {
  options.limits.connections = 10;
  std::vector<RawClient> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(idle_client());
  BOOST_TEST(ask(get("/b")).status == 200);
  BOOST_TEST(waiting.front().closed_by_server());
  waiting.back().send(get("/a"));
  BOOST_TEST(waiting.back().read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(by_clients_that_read_slowly_the_slowest_gives_way) {
  options.limits.connections = 6;
  std::vector<RawClient> slow;
  for (int i = 0; i < 6; ++i) {
    slow.emplace_back(start().port(), 4096);
    slow.back().send(get("/big"));
  }
  // Too early to tell who is slow: whoever comes is turned away, and after that let in.
  while (ask(get("/prompt")).status != 200) std::this_thread::yield();
  BOOST_TEST(start().figures().evicted >= 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_taken_too_slowly_is_broken_off_however_steadily) {
  options.limits.progress_time = 200ms;
  RawClient slow(start().port(), 4096);
  slow.send(get("/big"));
  // One piece now and then keeps the socket moving, but not fast enough for the rate.
  auto& figures = start().figures();
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (figures.connections > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  BOOST_TEST(figures.connections == 0U);
}

BOOST_AUTO_TEST_CASE(by_one_address_that_opens_more_than_its_share) {
  options.limits.connections_per_address = 5;
  std::vector<RawClient> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(idle_client());
  BOOST_TEST(ask(get("/b")).status == 200);
  BOOST_TEST(waiting.front().closed_by_server());
  BOOST_TEST(start().figures().connections <= 6U);
}

BOOST_AUTO_TEST_CASE(an_answer_whose_source_ends_short_closes_the_connection) {
  auto connection = client();
  connection.send(get("/short") + get("/next"));
  const auto text = connection.read_to_end();
  BOOST_TEST(text.find("Content-Length: 1000") != std::string::npos);
  BOOST_TEST(text.find("/next") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refusal_knows_the_language_of_a_head_it_could_not_read) {
  BOOST_TEST(ask("BAD\r\nAccept-Language: en\r\n\r\n").body == " en");
}

BOOST_AUTO_TEST_CASE(stopping_lets_a_request_under_way_finish) {
  auto connection = client();
  connection.send(get("/hold"));
  held.acquire();
  const auto port = start().port();
  std::jthread stopper([this] { front->stop(10s); });
  while (!front->stopping().stop_requested()) std::this_thread::yield();
  release.release();
  const auto response = connection.read_response();
  BOOST_TEST(response.status == 200);
  stopper.join();
  BOOST_CHECK_THROW(RawClient(port).send("x"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
