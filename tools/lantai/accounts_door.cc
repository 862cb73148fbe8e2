#include "accounts_door.h"

#include "http_client.h"
#include "lantai/base/error.h"
#include "texts.h"

namespace lantai::cli {
namespace {

using identity::Account;
using schema::Json;

Error no_such_user(const Shared& shared, const std::string& login) {
  return {ErrorCode::not_found, say(Text::no_such_user, shared.lang(), login)};
}

class OnStore final : public AccountsDoor {
 public:
  OnStore(const Shared& shared, bool create) : shared_(shared), application_(shared.open(create)) {}
  std::vector<Account> list() override { return accounts().list(); }
  Account get(const std::string& login) override {
    auto account = accounts().find_login(login);
    if (!account) throw no_such_user(shared_, login);
    return *account;
  }
  void create(const Account& account, const std::string& password) override {
    accounts().create(operator_, account, password);
  }
  void update(const Account& account) override { accounts().update(operator_, account); }
  void set_password(const Account& account, const std::string& password, bool must_change) override {
    accounts().set_password(operator_, account.id, password);
    Account changed = accounts().find(account.id).value();
    if (changed.must_change_password == must_change) return;
    changed.must_change_password = must_change;
    accounts().update(operator_, changed);
  }
  void reset_second_factor(const Account& account) override { accounts().reset_second_factor(operator_, account.id); }
  std::string make_token(const Account& account, const std::string& label, unsigned days,
                         const std::string& scope) override {
    return accounts()
        .make_token(operator_, account.id, label, std::chrono::hours(24) * static_cast<int>(days),
                    identity::token_scope_named(scope).value())
        .key;
  }

 private:
  identity::Accounts& accounts() { return application_->accounts(); }
  const Shared& shared_;
  const std::unique_ptr<app::Application> application_;
  const records::Principal operator_ = identity::operator_principal();
};

Account account_of(const Json& json) {
  Account account;
  account.id = json.at("id");
  account.login = json.at("login");
  account.name = json.at("name");
  account.roles = json.at("roles").get<std::set<std::string>>();
  account.clearance = json.at("clearance");
  account.departments = json.at("departments").get<std::vector<std::string>>();
  account.disabled = json.at("disabled");
  account.must_change_password = json.at("must_change_password");
  account.signs_in_by = identity::signs_in_by_named(json.value("signs_in_by", "password")).value();
  return account;
}

Json json_of(const Account& account) {
  return {{"login", account.login},
          {"name", account.name},
          {"roles", account.roles},
          {"clearance", account.clearance},
          {"departments", account.departments},
          {"disabled", account.disabled},
          {"signs_in_by", identity::name_of(account.signs_in_by)},
          {"must_change_password", account.must_change_password}};
}

class OverHttp final : public AccountsDoor {
 public:
  explicit OverHttp(const Shared& shared) : shared_(shared), client_(shared) {}
  std::vector<Account> list() override {
    std::vector<Account> accounts;
    const Json answer = client_.get("/api/v1/accounts");
    for (const auto& one : answer.at("accounts")) accounts.push_back(account_of(one));
    return accounts;
  }
  Account get(const std::string& login) override {
    // One's own is known to everybody.
    Account own = account_of(client_.get("/api/v1/session").at("account"));
    if (own.login == login) return own;
    for (auto& account : list()) {
      if (account.login == login) return account;
    }
    throw no_such_user(shared_, login);
  }
  void create(const Account& account, const std::string& password) override {
    Json body = json_of(account);
    if (account.signs_in_by == identity::SignsInBy::password) body["password"] = password;
    client_.send("POST", "/api/v1/accounts", body);
  }
  void update(const Account& account) override {
    client_.send("PATCH", "/api/v1/accounts/" + account.id, json_of(account));
  }
  void set_password(const Account& account, const std::string& password, bool must_change) override {
    client_.send("PATCH", "/api/v1/accounts/" + account.id,
                 {{"password", password}, {"must_change_password", must_change}});
  }
  void reset_second_factor(const Account& account) override {
    client_.send("DELETE", "/api/v1/accounts/" + account.id + "/second-factor", Json());
  }
  std::string make_token(const Account& account, const std::string& label, unsigned days,
                         const std::string& scope) override {
    const Json session = client_.get("/api/v1/session");
    if (session.at("account").at("id") != account.id) {
      throw Error(ErrorCode::permission_denied, std::string(text(Text::other_account, shared_.lang())));
    }
    return client_.send("POST", "/api/v1/tokens", {{"label", label}, {"days", days}, {"scope", scope}}).at("token");
  }

 private:
  const Shared& shared_;
  HttpClient client_;
};

}  // namespace

std::unique_ptr<AccountsDoor> AccountsDoor::open(const Shared& shared, bool create) {
  if (shared.server.empty()) return std::make_unique<OnStore>(shared, create);
  return std::make_unique<OverHttp>(shared);
}

}  // namespace lantai::cli
