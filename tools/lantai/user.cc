// lantai user add|list|set|password|token
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "accounts_door.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "texts.h"

namespace lantai::cli {
namespace {

struct UserArguments {
  std::string login, name, clearance, password_file, label = "command line", scope = "all", signs_in_by;
  std::vector<std::string> roles, departments;
  unsigned days = 365;
  bool disable = false, enable = false, no_second_factor = false;
};

// Without a file a password is made up and printed once. `-`: standard input.
std::string password_of(const std::string& file, bool& made_up) {
  made_up = file.empty();
  if (made_up) return random_hex(8);
  std::string password;
  if (file == "-") {
    std::getline(std::cin, password);
  } else {
    std::ifstream in(file);
    if (!in) throw Error(ErrorCode::not_found, "cannot read " + file);
    std::getline(in, password);
  }
  if (!password.empty() && password.back() == '\r') password.pop_back();
  return password;
}

int clearance_of(const Shared& shared, const std::string& given) {
  const auto schema = schema::Schema::load(shared.configuration(false).schema_directories);
  const auto* levels = schema->find_vocabulary("access_level");
  const auto* term = levels == nullptr ? nullptr : levels->match(given);
  if (term != nullptr) return term->rank;
  if (given.size() == 1 && given[0] >= '0' && given[0] <= '9') return given[0] - '0';
  throw Error(ErrorCode::invalid_argument, "unknown clearance: " + given);
}

void apply(const Shared& shared, const UserArguments& arguments, identity::Account& account) {
  if (!arguments.name.empty()) account.name = arguments.name;
  if (!arguments.roles.empty()) account.roles = {arguments.roles.begin(), arguments.roles.end()};
  if (!arguments.departments.empty()) account.departments = arguments.departments;
  if (!arguments.clearance.empty()) account.clearance = clearance_of(shared, arguments.clearance);
  if (!arguments.signs_in_by.empty()) account.signs_in_by = identity::signs_in_by_named(arguments.signs_in_by).value();
  if (arguments.disable) account.disabled = true;
  if (arguments.enable) account.disabled = false;
}

int add(const Shared& shared, const UserArguments& arguments) {
  identity::Account account;
  account.login = arguments.login;
  account.name = arguments.login;
  account.roles = {"reader"};
  apply(shared, arguments, account);
  bool made_up = false;
  const bool kept_here = account.signs_in_by == identity::SignsInBy::password;
  const std::string password = kept_here ? password_of(arguments.password_file, made_up) : std::string();
  account.must_change_password = made_up;
  AccountsDoor::open(shared, true)->create(account, password);
  std::cout << say(Text::user_made, shared.lang(), arguments.login) << "\n";
  if (made_up) std::cout << say(Text::password_set, shared.lang(), arguments.login, password) << "\n";
  return kDone;
}

int set(const Shared& shared, const UserArguments& arguments) {
  const auto accounts = AccountsDoor::open(shared, false);
  identity::Account account = accounts->get(arguments.login);
  apply(shared, arguments, account);
  accounts->update(account);
  if (arguments.no_second_factor) accounts->reset_second_factor(account);
  return kDone;
}

int set_password(const Shared& shared, const UserArguments& arguments) {
  const auto accounts = AccountsDoor::open(shared, false);
  const identity::Account account = accounts->get(arguments.login);
  bool made_up = false;
  const std::string password = password_of(arguments.password_file, made_up);
  accounts->set_password(account, password, made_up);
  if (made_up) std::cout << say(Text::password_set, shared.lang(), arguments.login, password) << "\n";
  return kDone;
}

int make_token(const Shared& shared, const UserArguments& arguments) {
  const auto accounts = AccountsDoor::open(shared, false);
  const std::string key =
      accounts->make_token(accounts->get(arguments.login), arguments.label, arguments.days, arguments.scope);
  std::cout << (shared.json ? key : say(Text::token_made, shared.lang(), key)) << "\n";
  return kDone;
}

int list(const Shared& shared) {
  for (const auto& account : AccountsDoor::open(shared, false)->list()) {
    const nlohmann::ordered_json line = {{"login", account.login},
                                         {"name", account.name},
                                         {"roles", account.roles},
                                         {"clearance", account.clearance},
                                         {"departments", account.departments},
                                         {"disabled", account.disabled}};
    if (shared.json) {
      std::cout << line.dump() << "\n";
      continue;
    }
    std::cout << account.login << "\t" << account.name << "\t";
    for (const auto& role : account.roles) std::cout << role << " ";
    std::cout << "\t" << account.clearance << (account.disabled ? "\t-" : "") << "\n";
  }
  return kDone;
}

void add_properties(CLI::App& command, UserArguments& arguments) {
  command.add_option("--name", arguments.name, "the person's name");
  command
      .add_option("--role", arguments.roles,
                  "administrator, security_officer, auditor, archivist, staff, reader or one of your own; repeatable")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--clearance", arguments.clearance, "0, 1, 2 or public, internal, restricted");
  command
      .add_option("--signs-in-by", arguments.signs_in_by, "password kept here, or that of the directory or provider")
      ->check(CLI::IsMember({"password", "directory", "provider"}));
  command.add_option("--department", arguments.departments, "id of a department; repeatable")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

void add_user(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<UserArguments>();
  CLI::App* users = app.add_subcommand("user", "accounts: add, list, set, password, token");
  users->require_subcommand(1);
  users->fallthrough();
  const auto named = [&](const char* name, const char* help) {
    CLI::App* command = users->add_subcommand(name, help);
    command->add_option("LOGIN", arguments->login, "name to sign in with")->required();
    return command;
  };
  CLI::App* adding = named("add", "make an account");
  add_properties(*adding, *arguments);
  adding->add_option("--password-file", arguments->password_file, "its first line; -: standard input; none: made up");
  commands[adding] = [&shared, arguments] { return add(shared, *arguments); };

  CLI::App* setting = named("set", "change an account");
  add_properties(*setting, *arguments);
  setting->add_flag("--disable", arguments->disable, "may not sign in");
  setting->add_flag("--enable", arguments->enable, "may sign in again");
  setting->add_flag("--no-second-factor", arguments->no_second_factor,
                    "who lost the device: the password alone will do");
  commands[setting] = [&shared, arguments] { return set(shared, *arguments); };

  CLI::App* password = named("password", "set a new password");
  password->add_option("--password-file", arguments->password_file, "its first line; -: standard input; none: made up");
  commands[password] = [&shared, arguments] { return set_password(shared, *arguments); };

  CLI::App* token = named("token", "make a token for programs");
  token->add_option("--label", arguments->label, "what it is for");
  token->add_option("--days", arguments->days, "how long it is good")->check(CLI::Range(1U, 3650U))->default_str("365");
  token->add_option("--scope", arguments->scope, "read; write: records, too; all: accounts and rights, too")
      ->check(CLI::IsMember({"read", "write", "all"}))
      ->default_str("all");
  add_format(*token, shared);
  commands[token] = [&shared, arguments] { return make_token(shared, *arguments); };

  CLI::App* listing = users->add_subcommand("list", "show all accounts");
  add_format(*listing, shared);
  commands[listing] = [&shared] { return list(shared); };
}

}  // namespace lantai::cli
