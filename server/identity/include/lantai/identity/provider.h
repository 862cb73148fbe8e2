// Who is that, as the school's sign-in service knows them? OpenID Connect Core 1.0, code flow with PKCE (RFC 7636,
// S256): the browser is sent to the provider and comes back with a code, which is exchanged for an ID token.
//
// Checked of a token: signature by a key the provider publishes (RS256 or ES256, nothing else), issuer, audience,
// authorised party, times, nonce. The browser keeps a sealed note between the two steps, good for ten minutes and one
// browser. Thread-safe. Cost: begin none (after the first), finish one or two requests of at most ten seconds each. The
// provider must be reached by https, except on this machine. Used in tests/scenario/test_provider.py.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "lantai/base/time.h"
#include "lantai/storage/store.h"

namespace lantai::identity {

struct ProviderOptions {
  std::string issuer;  // as the provider writes it: `https://id.school.edu.cn/realms/school`
  std::string client_id;
  std::string client_secret = {};  // empty: a public client
  std::string callback;            // where the browser comes back to, as registered there
  std::filesystem::path ca = {};   // certificates trusted; empty: those the machine trusts
  std::string login_claim = "preferred_username";
  std::string name = {};  // what people call it: 统一身份认证
};

struct ProvidedIdentity {
  std::string subject;  // issuer and its name for them, which never changes
  std::string login;
  std::string name;
  Timestamp authenticated;  // when they last showed who they are; the beginning of time: the provider does not say
};

class Provider {
 public:
  // Throws invalid_argument on addresses that are none or not encrypted.
  static std::unique_ptr<Provider> make(storage::Store& store, const Clock& clock, ProviderOptions options);
  virtual ~Provider() = default;

  virtual const std::string& name() const = 0;
  struct Begun {
    std::string address;  // where the browser goes
    std::string note;     // what it keeps meanwhile
  };
  // `next`: the page they come from; `again`: they show who they are once more. Throws unavailable.
  virtual Begun begin(std::string_view next, bool again) = 0;
  struct Finished {
    ProvidedIdentity identity;
    std::string next;
  };
  // Throws unauthenticated (`auth.provider_refused`) when anything of it does not hold; unavailable.
  virtual Finished finish(std::string_view note, std::string_view state, std::string_view code) = 0;
};

}  // namespace lantai::identity
