// Does this ID token say what it claims? OpenID Connect Core 1.0 §3.1.3.7; JSON Web Signature by cjose. Pure.
#pragma once

#include <string>
#include <string_view>

#include "lantai/base/time.h"
#include "lantai/schema/value.h"

namespace lantai::identity {

struct ExpectedToken {
  std::string issuer, client_id, nonce;
  Timestamp now;
};

// `keys`: a JSON Web Key Set. The claims; throws unauthenticated (`auth.provider_refused`), the reason in its message,
// which goes to the server's log only. `key_missing`: set when the token names a key that is not in the set.
schema::Json checked_claims(const std::string& token, const schema::Json& keys, const ExpectedToken& expected,
                            bool& key_missing);

// A member that is a text; else empty.
std::string claim(const schema::Json& object, const std::string& name);

[[noreturn]] void refuse_token(const std::string& why);

}  // namespace lantai::identity
