#include "id_token.h"

#include <cjose/cjose.h>

#include <algorithm>
#include <memory>

#include "lantai/base/error.h"

namespace lantai::identity {
namespace {

using schema::Json;

constexpr std::int64_t kSkew = 120;  // seconds that clocks may differ
constexpr std::size_t kMaxToken = 64U << 10U;

struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
struct ReleaseJwk {
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
using Jws = std::unique_ptr<cjose_jws_t, ReleaseJws>;
using Jwk = std::unique_ptr<cjose_jwk_t, ReleaseJwk>;

std::int64_t seconds_of(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) refuse_token(std::string(name) + " is missing");
  return found->get<std::int64_t>();
}

std::string header_of(cjose_jws_t* jws, const char* name) {
  cjose_err error{};
  const char* value = cjose_header_get(cjose_jws_get_protected(jws), name, &error);
  return value == nullptr ? std::string() : std::string(value);
}

// Only what is made for signing, and of the kind that the algorithm takes.
bool may_sign(const Json& key, const std::string& algorithm, const std::string& id) {
  if (!key.is_object() || claim(key, "kty") != (algorithm == "RS256" ? "RSA" : "EC")) return false;
  const auto use = claim(key, "use"), own = claim(key, "alg");
  if ((!use.empty() && use != "sig") || (!own.empty() && own != algorithm)) return false;
  return id.empty() || claim(key, "kid") == id;
}

bool signed_by(cjose_jws_t* jws, const Json& key) {
  const auto text = key.dump();
  cjose_err error{};
  const Jwk jwk(cjose_jwk_import(text.c_str(), text.size(), &error));
  return jwk && cjose_jws_verify(jws, jwk.get(), &error);
}

void check_audience(const Json& claims, const std::string& client) {
  const auto audience = claims.value("aud", Json());
  const bool several = audience.is_array();
  const bool ours = several
                        ? std::any_of(audience.begin(), audience.end(), [&](const Json& one) { return one == client; })
                        : audience == client;
  if (!ours) refuse_token("it is for somebody else");
  const auto party = claim(claims, "azp");
  if (several && audience.size() > 1 && party.empty()) refuse_token("it is for several, and says not for whom");
  if (!party.empty() && party != client) refuse_token("it was given to somebody else");
}

}  // namespace

std::string claim(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void refuse_token(const std::string& why) {
  throw Error(ErrorCode::unauthenticated, "the ID token does not hold: " + why, "auth.provider_refused");
}

Json checked_claims(const std::string& token, const Json& keys, const ExpectedToken& expected, bool& key_missing) {
  key_missing = false;
  if (token.size() > kMaxToken) refuse_token("it is too long");
  cjose_err error{};
  const Jws jws(cjose_jws_import(token.c_str(), token.size(), &error));
  if (!jws) refuse_token("it is no signed token");
  const auto algorithm = header_of(jws.get(), CJOSE_HDR_ALG);
  if (algorithm != "RS256" && algorithm != "ES256") refuse_token("its algorithm is not taken");
  const auto id = header_of(jws.get(), CJOSE_HDR_KID);
  bool any = false, good = false;
  for (const auto& key : keys.value("keys", Json::array())) {
    if (!may_sign(key, algorithm, id)) continue;
    any = true;
    good = good || signed_by(jws.get(), key);
  }
  key_missing = !any;
  if (!good) refuse_token(any ? "its signature is wrong" : "its key is not known");
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error)) refuse_token("it is empty");
  const auto claims = Json::parse(bytes, bytes + size, nullptr, false);
  if (!claims.is_object()) refuse_token("its claims are no object");
  if (claim(claims, "iss") != expected.issuer) refuse_token("another issuer made it");
  check_audience(claims, expected.client_id);
  const auto now = expected.now.micros / kMicrosPerSecond;
  if (seconds_of(claims, "exp") + kSkew <= now) refuse_token("it is over");
  if (seconds_of(claims, "iat") - kSkew > now) refuse_token("it was made in the future");
  if (claim(claims, "nonce") != expected.nonce) refuse_token("it was made for another sign-in");
  if (claim(claims, "sub").empty()) refuse_token("it names nobody");
  return claims;
}

}  // namespace lantai::identity
