#include "lantai/identity/provider.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include <mutex>
#include <vector>

#include "base64.h"
#include "id_token.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/identity/sealer.h"
#include "lantai/storage/blob_store.h"

namespace lantai::identity {
namespace {

namespace net = Poco::Net;
using schema::Json;

constexpr std::int64_t kNoteLifetime = 10 * 60 * kMicrosPerSecond;
constexpr std::int64_t kKeysAgain = 60 * kMicrosPerSecond;  // for a key that is not known, at most so often
constexpr std::int64_t kDiscoveryLifetime = 3600 * kMicrosPerSecond;
constexpr std::int64_t kClocksDiffer = 120 * kMicrosPerSecond;
constexpr int kSeconds = 10;
constexpr std::size_t kMaxAnswer = 1U << 20U;
constexpr std::size_t kMaxNext = 2000;

bool on_this_machine(const Poco::URI& address) {
  const auto& host = address.getHost();
  return host == "127.0.0.1" || host == "localhost" || host == "::1";
}

// Throws what `wrong` throws unless it is https, or http on this machine.
template <typename F>
Poco::URI encrypted(const std::string& address, F&& wrong) {
  try {
    Poco::URI uri(address);
    const bool good = uri.getScheme() == "https" || (uri.getScheme() == "http" && on_this_machine(uri));
    if (good && !uri.getHost().empty()) return uri;
  } catch (const Poco::Exception&) {
    wrong();
  }
  wrong();
  throw Error(ErrorCode::internal, "an address went unchecked");
}

std::string form_encoded(const std::string& value) {
  std::string encoded;
  Poco::URI::encode(value, "!#$&'()*+,/:;=?@[]%", encoded);
  return encoded;
}

std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out += (out.empty() ? "" : "&") + name + "=" + form_encoded(value);
  return out;
}

// A page of ours and nothing else.
std::string local_page(std::string_view next) {
  const bool ours = !next.empty() && next.size() <= kMaxNext && next[0] == '/' && next.substr(0, 2) != "//" &&
                    next.find_first_of("\\\r\n\t") == std::string_view::npos;
  return ours ? std::string(next) : "/";
}

class OpenIdProvider final : public Provider {
 public:
  OpenIdProvider(storage::Store& store, const Clock& clock, ProviderOptions options)
      : clock_(clock), options_(std::move(options)), sealer_(store, "sign-in by provider") {
    const auto wrong = [] {
      throw Error(ErrorCode::invalid_argument, "the provider's and our own address begin with https://");
    };
    encrypted(options_.issuer, wrong);
    encrypted(options_.callback, wrong);
    if (options_.client_id.empty()) throw Error(ErrorCode::invalid_argument, "the client id is missing");
    if (options_.name.empty()) options_.name = encrypted(options_.issuer, wrong).getHost();
  }

  const std::string& name() const override { return options_.name; }

  Begun begin(std::string_view next, bool again) override {
    const auto authorise = discovered("authorization_endpoint");
    const auto state = random_hex(16), nonce = random_hex(16), verifier = random_hex(32);
    const Json note{{"state", state},           {"nonce", nonce}, {"verifier", verifier},
                    {"next", local_page(next)}, {"again", again}, {"until", clock_.now().micros + kNoteLifetime}};
    std::vector<std::pair<std::string, std::string>> query{
        {"response_type", "code"},
        {"scope", "openid profile"},
        {"client_id", options_.client_id},
        {"redirect_uri", options_.callback},
        {"state", state},
        {"nonce", nonce},
        {"code_challenge", base64(storage::sha256(as_bytes(verifier)), sodium_base64_VARIANT_URLSAFE_NO_PADDING)},
        {"code_challenge_method", "S256"}};
    if (again) {
      query.emplace_back("prompt", "login");
      query.emplace_back("max_age", "0");
    }
    return {authorise + (authorise.find('?') == std::string::npos ? "?" : "&") + form_encoded(query),
            sealer_.seal(note.dump())};
  }

  Finished finish(std::string_view sealed, std::string_view state, std::string_view code) override {
    const auto opened = sealer_.open(sealed);
    const auto note = opened ? Json::parse(*opened, nullptr, false) : Json();
    if (!note.is_object()) refuse_token("the browser kept no note of it");
    if (note.at("until").get<std::int64_t>() <= clock_.now().micros) refuse_token("it took too long");
    if (state.empty() || note.at("state") != state) refuse_token("another sign-in was begun");
    if (code.empty()) refuse_token("there is no code");
    const auto claims = claims_of(exchange(std::string(code), note.at("verifier").get<std::string>()),
                                  note.at("nonce").get<std::string>());
    const auto when = claims.find("auth_time");
    Timestamp authenticated;
    if (when != claims.end() && when->is_number()) authenticated.micros = when->get<std::int64_t>() * kMicrosPerSecond;
    const auto begun = note.at("until").get<std::int64_t>() - kNoteLifetime;
    if (note.at("again").get<bool>() && authenticated.micros + kClocksDiffer < begun)
      refuse_token("they did not show who they are again");
    return {{options_.issuer + " " + claim(claims, "sub"), claim(claims, options_.login_claim), claim(claims, "name"),
             authenticated},
            note.at("next").get<std::string>()};
  }

 private:
  [[noreturn]] static void unreachable(const std::string& why) {
    log::warning("the sign-in provider cannot be asked: {}", why);
    throw Error(ErrorCode::unavailable, "the sign-in provider cannot be asked: " + why, "auth.provider_unavailable");
  }

  std::unique_ptr<net::HTTPClientSession> connect(const Poco::URI& uri) const {
    std::unique_ptr<net::HTTPClientSession> session;
    if (uri.getScheme() == "https") {
      net::Context::Ptr context(new net::Context(net::Context::TLS_CLIENT_USE, "", "", options_.ca.string(),
                                                 net::Context::VERIFY_STRICT, 9, options_.ca.empty()));
      context->requireMinimumProtocol(net::Context::PROTO_TLSV1_2);
      session = std::make_unique<net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
    } else {
      session = std::make_unique<net::HTTPClientSession>(uri.getHost(), uri.getPort());
    }
    session->setTimeout(Poco::Timespan(kSeconds, 0));
    return session;
  }

  // `form` null: GET. Redirects are not followed.
  Json ask(const std::string& address, const std::string* form) const {
    const auto uri = encrypted(address, [&] { unreachable("it names an address that is not encrypted"); });
    try {
      const auto session = connect(uri);
      net::HTTPRequest request(form == nullptr ? "GET" : "POST",
                               uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery(), net::HTTPMessage::HTTP_1_1);
      request.set("Accept", "application/json");
      if (form != nullptr) {
        request.setContentType("application/x-www-form-urlencoded");
        request.setContentLength64(static_cast<Poco::Int64>(form->size()));
        if (!options_.client_secret.empty()) request.setCredentials("Basic", client_credentials());
      }
      auto& out = session->sendRequest(request);
      if (form != nullptr) out << *form;
      net::HTTPResponse response;
      auto& in = session->receiveResponse(response);
      std::string body;
      char piece[8192];
      while (in.read(piece, sizeof piece) || in.gcount() > 0) {
        body.append(piece, static_cast<std::size_t>(in.gcount()));
        if (body.size() > kMaxAnswer) unreachable("its answer is too long");
      }
      const int status = response.getStatus();
      // RFC 6749 §5.2: a code that is not, or no longer, good.
      if (form != nullptr && status >= 400 && status < 500) {
        const auto why = Json::parse(body, nullptr, false);
        refuse_token("the provider did not take the code: " +
                     (why.is_object() ? why.value("error", Json("")).dump() : std::to_string(status)));
      }
      if (status != 200) unreachable("it answered " + std::to_string(status));
      auto json = Json::parse(body, nullptr, false);
      if (!json.is_object()) unreachable("it did not answer with JSON");
      return json;
    } catch (const Poco::Exception& error) {
      unreachable(error.displayText());
    }
  }

  // RFC 6749 §2.3.1: both form-encoded, then as HTTP Basic.
  std::string client_credentials() const {
    return base64(as_bytes(form_encoded(options_.client_id) + ":" + form_encoded(options_.client_secret)),
                  sodium_base64_VARIANT_ORIGINAL);
  }

  std::string discovered(const char* endpoint) {
    std::lock_guard lock(mutex_);
    const auto now = clock_.now().micros;
    if (!discovery_.is_object() || discovered_at_ + kDiscoveryLifetime <= now) {
      auto base = options_.issuer;
      while (!base.empty() && base.back() == '/') base.pop_back();
      auto found = ask(base + "/.well-known/openid-configuration", nullptr);
      if (found.value("issuer", "") != options_.issuer) unreachable("it calls itself otherwise");
      discovery_ = std::move(found);
      discovered_at_ = now;
    }
    const auto address = discovery_.value(endpoint, "");
    encrypted(address, [&] { unreachable(std::string("it says not where its ") + endpoint + " is"); });
    return address;
  }

  std::string exchange(const std::string& code, const std::string& verifier) {
    std::vector<std::pair<std::string, std::string>> fields{{"grant_type", "authorization_code"},
                                                            {"code", code},
                                                            {"redirect_uri", options_.callback},
                                                            {"code_verifier", verifier}};
    if (options_.client_secret.empty()) fields.emplace_back("client_id", options_.client_id);
    const auto form = form_encoded(fields);
    const auto answer = ask(discovered("token_endpoint"), &form);
    const auto token = answer.find("id_token");
    if (token == answer.end() || !token->is_string()) refuse_token("the provider gave none");
    return token->get<std::string>();
  }

  Json claims_of(const std::string& token, const std::string& nonce) {
    const ExpectedToken expected{options_.issuer, options_.client_id, nonce, clock_.now()};
    bool key_missing = false;
    try {
      return checked_claims(token, keys(false), expected, key_missing);
    } catch (const Error&) {
      if (!key_missing) throw;
    }
    return checked_claims(token, keys(true), expected, key_missing);  // it may have changed its keys
  }

  Json keys(bool again) {
    const auto address = discovered("jwks_uri");
    std::lock_guard lock(mutex_);
    const auto now = clock_.now().micros;
    if (!keys_.is_object() || (again && keys_at_ + kKeysAgain <= now)) {
      keys_ = ask(address, nullptr);
      keys_at_ = now;
    }
    return keys_;
  }

  const Clock& clock_;
  ProviderOptions options_;
  const Sealer sealer_;
  std::mutex mutex_;
  Json discovery_, keys_;
  std::int64_t discovered_at_ = 0, keys_at_ = 0;
};

}  // namespace

std::unique_ptr<Provider> Provider::make(storage::Store& store, const Clock& clock, ProviderOptions options) {
  return std::make_unique<OpenIdProvider>(store, clock, std::move(options));
}

}  // namespace lantai::identity
