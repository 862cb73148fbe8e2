#include "lantai/identity/directory.h"

#include <ldap.h>

#include <memory>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::identity {
namespace {

constexpr const char* kLogin = "{login}";

// RFC 4515 §3: what would be read as part of the filter.
std::string escaped(std::string_view value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '*' || c == '(' || c == ')' || c == '\\') {
      out += '\\';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out;
}

[[noreturn]] void unavailable(const char* what, int result) {
  log::warning("the directory cannot be asked: {}: {}", what, ldap_err2string(result));
  throw Error(ErrorCode::unavailable, std::string("the directory cannot be asked: ") + what,
              "auth.directory_unavailable");
}

struct Unbind {
  void operator()(LDAP* ldap) const { ldap_unbind_ext_s(ldap, nullptr, nullptr); }
};
using Connection = std::unique_ptr<LDAP, Unbind>;
struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};

class LdapDirectory final : public Directory {
 public:
  explicit LdapDirectory(DirectoryOptions options)
      : options_(std::move(options)), encrypted_(options_.url.rfind("ldaps://", 0) == 0) {
    const auto bad = [](const char* what) { throw Error(ErrorCode::invalid_argument, what); };
    if (!encrypted_ && options_.url.rfind("ldap://", 0) != 0) bad("the directory's address begins with ldaps://");
    if (ldap_is_ldap_url(options_.url.c_str()) == 0) bad("the directory's address is none");
    if (options_.filter.find(kLogin) == std::string::npos) bad("the directory's filter has {login} in it");
    if (options_.base.empty()) bad("the directory's base is missing");
  }

  std::optional<DirectoryEntry> check(std::string_view login, std::string_view password) const override {
    // A bind without a password succeeds as nobody (RFC 4513 §5.1.2).
    if (login.empty() || password.empty() || password.find('\0') != std::string_view::npos) return std::nullopt;
    const auto reading = connect();
    bind(reading.get(), options_.reader_dn, options_.reader_password, "the reader's password");
    auto entry = find(reading.get(), login);
    if (!entry) return std::nullopt;
    const auto asking = connect();
    const int result = bound(asking.get(), entry->dn, password);
    if (result == LDAP_SUCCESS) return entry;
    if (result == LDAP_INVALID_CREDENTIALS || LDAP_SECURITY_ERROR(result) || result == LDAP_UNWILLING_TO_PERFORM ||
        result == LDAP_CONSTRAINT_VIOLATION)
      return std::nullopt;
    unavailable("binding as a person", result);
  }

 private:
  Connection connect() const {
    LDAP* raw = nullptr;
    if (const int result = ldap_initialize(&raw, options_.url.c_str()); result != LDAP_SUCCESS)
      unavailable("its address", result);
    Connection connection(raw);
    const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
    const timeval limit{options_.timeout.count(), 0};
    const int seconds = static_cast<int>(options_.timeout.count());
    ldap_set_option(raw, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(raw, LDAP_OPT_NETWORK_TIMEOUT, &limit);
    ldap_set_option(raw, LDAP_OPT_TIMEOUT, &limit);
    ldap_set_option(raw, LDAP_OPT_TIMELIMIT, &seconds);
    ldap_set_option(raw, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);  // a password goes to the directory named, nowhere else
    ldap_set_option(raw, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    if (!options_.ca.empty()) ldap_set_option(raw, LDAP_OPT_X_TLS_CACERTFILE, options_.ca.c_str());
    if (const int result = ldap_set_option(raw, LDAP_OPT_X_TLS_NEWCTX, &client); result != LDAP_OPT_SUCCESS)
      unavailable("its certificates", LDAP_CONNECT_ERROR);
    if (!encrypted_ && !options_.plain) {
      if (const int result = ldap_start_tls_s(raw, nullptr, nullptr); result != LDAP_SUCCESS)
        unavailable("beginning TLS", result);
    }
    return connection;
  }

  static int bound(LDAP* connection, const std::string& dn, std::string_view password) {
    std::string secret(password);
    berval credentials{secret.size(), secret.data()};
    return ldap_sasl_bind_s(connection, dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr, nullptr);
  }
  static void bind(LDAP* connection, const std::string& dn, const std::string& password, const char* what) {
    if (const int result = bound(connection, dn, password); result != LDAP_SUCCESS) unavailable(what, result);
  }

  std::optional<DirectoryEntry> find(LDAP* connection, std::string_view login) const {
    auto filter = options_.filter;
    const auto with = escaped(login);
    for (auto at = filter.find(kLogin); at != std::string::npos; at = filter.find(kLogin, at + with.size()))
      filter.replace(at, std::string_view(kLogin).size(), with);
    std::string attribute = options_.name_attribute;
    char* attributes[] = {attribute.data(), nullptr};
    timeval limit{options_.timeout.count(), 0};
    LDAPMessage* raw = nullptr;
    const int result = ldap_search_ext_s(connection, options_.base.c_str(), LDAP_SCOPE_SUBTREE, filter.c_str(),
                                         attributes, 0, nullptr, nullptr, &limit, 2, &raw);
    const std::unique_ptr<LDAPMessage, FreeMessage> answer(raw);
    if (result != LDAP_SUCCESS && result != LDAP_SIZELIMIT_EXCEEDED) unavailable("looking for a person", result);
    if (ldap_count_entries(connection, answer.get()) != 1) return std::nullopt;
    LDAPMessage* first = ldap_first_entry(connection, answer.get());
    DirectoryEntry entry;
    if (char* dn = ldap_get_dn(connection, first)) {
      entry.dn = dn;
      ldap_memfree(dn);
    }
    if (entry.dn.empty()) return std::nullopt;
    if (berval** values = ldap_get_values_len(connection, first, attribute.c_str())) {
      if (values[0] != nullptr) entry.name.assign(values[0]->bv_val, values[0]->bv_len);
      ldap_value_free_len(values);
    }
    return entry;
  }

  const DirectoryOptions options_;
  const bool encrypted_;
};

}  // namespace

std::unique_ptr<const Directory> Directory::make(DirectoryOptions options) {
  return std::make_unique<LdapDirectory>(std::move(options));
}

}  // namespace lantai::identity
