// Through which door does `lantai user` reach the accounts? The store itself, as the operator, or a running server, as
// the account of the token. Thread-confined. Errors as identity::Accounts and HttpClient.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command_line.h"

namespace lantai::cli {

class AccountsDoor {
 public:
  // `create`: makes the store when there is none.
  static std::unique_ptr<AccountsDoor> open(const Shared& shared, bool create);
  virtual ~AccountsDoor() = default;
  virtual std::vector<identity::Account> list() = 0;
  virtual identity::Account get(const std::string& login) = 0;  // throws not_found
  virtual void create(const identity::Account& account, const std::string& password) = 0;
  virtual void update(const identity::Account& account) = 0;
  // `must_change`: it only serves to choose another one.
  virtual void set_password(const identity::Account& account, const std::string& password, bool must_change) = 0;
  virtual void reset_second_factor(const identity::Account& account) = 0;
  virtual std::string make_token(const identity::Account& account, const std::string& label, unsigned days,
                                 const std::string& scope) = 0;
};

}  // namespace lantai::cli
