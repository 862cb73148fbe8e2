// Over TLS: a certificate of an authority made for this test, a client that verifies it, and what a plain client meets.
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdio>
#include <memory>

#include "lantai/base/error.h"
#include "lantai/http/front.h"
#include "raw_client.h"
#include "support/temporary_directory.h"

using namespace lantai::http;
using lantai::http::test::RawClient;

namespace {

template <typename T, auto kFree>
struct Freed {
  void operator()(T* value) const { kFree(value); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL, SSL_free>>;

void extend(X509* certificate, int what, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
  BOOST_REQUIRE(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate certify(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuer_key, bool authority) {
  static long serial = 0;
  Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key);
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(made.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  extend(made.get(), NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!authority) extend(made.get(), NID_subject_alt_name, "DNS:archive.test");
  BOOST_REQUIRE(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0);
  return made;
}

class Hello final : public Exchange {
 public:
  explicit Hello(const Peer& peer) : secure_(peer.secure) {}
  std::optional<Response> open() override { return std::nullopt; }
  std::uint64_t body_limit() const override { return 1 << 20; }
  std::optional<Response> write(std::string_view piece) override {
    body_ += piece;
    return std::nullopt;
  }
  Response finish() override {
    Response response;
    response.body = (secure_ ? "secure " : "plain ") + body_;
    return response;
  }
  Response refuse(int status) override {
    Response response;
    response.status = status;
    return response;
  }
  void done(int, std::uint64_t) override {}

 private:
  bool secure_;
  std::string body_;
};

struct Office : ExchangeFactory {
  Office() {
    authority_key.reset(EVP_EC_gen("P-256"));
    authority = certify(authority_key.get(), "Test authority", nullptr, authority_key.get(), true);
    options.tls = TlsOptions{directory.path() / "chain.pem", directory.path() / "key.pem"};
    write_certificate();
    write_key();
    front = Front::open(*this, options);
    front->run();
  }
  // Another certificate for another key; its serial.
  long write_certificate() {
    key.reset(EVP_EC_gen("P-256"));
    const auto certificate = certify(key.get(), "archive.test", authority.get(), authority_key.get(), false);
    FILE* chain = std::fopen(options.tls->certificate_chain.c_str(), "w");
    PEM_write_X509(chain, certificate.get());
    PEM_write_X509(chain, authority.get());
    std::fclose(chain);
    return ASN1_INTEGER_get(X509_get_serialNumber(certificate.get()));
  }
  void write_key() const {
    FILE* secret = std::fopen(options.tls->private_key.c_str(), "w");
    PEM_write_PrivateKey(secret, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(secret);
  }
  ~Office() override { front->stop(std::chrono::seconds(5)); }
  std::unique_ptr<Exchange> begin(RequestHead, const Peer& peer) override { return std::make_unique<Hello>(peer); }
  Response refuse(int status, std::string_view) override {
    Response response;
    response.status = status;
    return response;
  }

  lantai::TemporaryDirectory directory;
  Key authority_key, key;
  Certificate authority;
  ServerOptions options;
  std::unique_ptr<Front> front;
};

// One connection that trusts `authority` only, for `name`.
class TlsClient {
 public:
  TlsClient(const Office& office, const char* name, int newest = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())), socket_(office.front->port()) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), office.authority.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    session_.reset(SSL_new(context_.get()));
    SSL_set1_host(session_.get(), name);
    SSL_set_fd(session_.get(), socket_.descriptor());
    connected_ = SSL_connect(session_.get()) == 1;
  }
  bool connected() const { return connected_; }
  long serial() const {
    const Certificate shown(SSL_get1_peer_certificate(session_.get()));
    return ASN1_INTEGER_get(X509_get_serialNumber(shown.get()));
  }
  int version() const { return SSL_version(session_.get()); }
  void send(const std::string& text) {
    BOOST_REQUIRE(SSL_write(session_.get(), text.data(), static_cast<int>(text.size())) ==
                  static_cast<int>(text.size()));
  }
  std::string read_until(const std::string& end) {
    std::string text;
    char piece[4096];
    while (text.find(end) == std::string::npos) {
      const int got = SSL_read(session_.get(), piece, sizeof piece);
      if (got <= 0) break;
      text.append(piece, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  Context context_;
  RawClient socket_;
  Session session_;
  bool connected_ = false;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls, Office)

BOOST_AUTO_TEST_CASE(requests_and_answers_go_through_whole_and_the_application_knows_they_are_secure) {
  TlsClient client(*this, "archive.test");
  BOOST_REQUIRE(client.connected());
  BOOST_TEST(client.version() >= TLS1_2_VERSION);
  const std::string body = std::string(300'000, 'b') + "end";
  for (int i = 0; i < 2; ++i) {
    client.send("POST /a HTTP/1.1\r\nHost: archive.test\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
    const auto text = client.read_until("bend");
    BOOST_TEST(text.starts_with("HTTP/1.1 200 "));
    BOOST_TEST(text.find("secure b") != std::string::npos);
    BOOST_TEST(text.size() > body.size());
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_expects_another_name_does_not_connect) {
  BOOST_TEST(!TlsClient(*this, "elsewhere.test").connected());
}

BOOST_AUTO_TEST_CASE(versions_before_1_2_are_refused) {
  BOOST_TEST(!TlsClient(*this, "archive.test", TLS1_1_VERSION).connected());
}

BOOST_AUTO_TEST_CASE(plain_http_on_the_same_port_is_not_answered_and_holds_nobody) {
  RawClient plain(front->port());
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(plain.read_to_end().find("HTTP/1.1 200") == std::string::npos);
  BOOST_TEST(TlsClient(*this, "archive.test").connected());
}

BOOST_AUTO_TEST_CASE(a_handshake_that_stops_half_way_holds_nobody) {
  RawClient silent(front->port());
  silent.send("\x16\x03\x01");
  TlsClient client(*this, "archive.test");
  BOOST_REQUIRE(client.connected());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(client.read_until("secure").starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_no_key_is_an_error_at_the_start) {
  options.tls->private_key = options.tls->certificate_chain;
  BOOST_CHECK_THROW(Front::open(*this, options), lantai::Error);
}

BOOST_AUTO_TEST_CASE(another_certificate_is_taken_up_without_a_restart) {
  TlsClient before(*this, "archive.test");
  BOOST_REQUIRE(before.connected());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto serial = write_certificate();
  // While the key is still the earlier one, so is the certificate.
  const auto half_way = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  while (std::chrono::steady_clock::now() < half_way) {
    TlsClient between(*this, "archive.test");
    BOOST_REQUIRE(between.connected());
    BOOST_REQUIRE(between.serial() == before.serial());
  }
  write_key();
  long shown = 0;
  while (shown != serial && std::chrono::steady_clock::now() < deadline) {
    TlsClient after(*this, "archive.test");
    BOOST_REQUIRE(after.connected());
    shown = after.serial();
  }
  BOOST_TEST(shown == serial);
  before.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(before.read_until("secure").starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_SUITE_END()
