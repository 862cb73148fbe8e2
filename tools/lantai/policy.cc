// lantai policy show|set
#include <CLI/CLI.hpp>
#include <iostream>

#include "command_line.h"
#include "http_client.h"

namespace lantai::cli {
namespace {

using schema::Json;

constexpr const char* kPolicy = "/api/v1/security-policy";

struct PolicyArguments {
  std::optional<std::string> combine_officers;
  std::optional<std::vector<std::string>> second_factor;
  std::optional<unsigned> characters, days, history;
};

Json change_of(const PolicyArguments& arguments) {
  Json change = Json::object();
  if (arguments.combine_officers) change["officers_combined"] = *arguments.combine_officers == "on";
  if (arguments.second_factor) {
    change["second_factor_roles"] = *arguments.second_factor;
    std::erase(change["second_factor_roles"].get_ref<Json::array_t&>(), "none");
  }
  if (arguments.characters) change["password_characters"] = *arguments.characters;
  if (arguments.days) change["password_days"] = *arguments.days;
  if (arguments.history) change["password_history"] = *arguments.history;
  return change;
}

void print_policy(const Json& policy) { std::cout << policy.dump(2) << "\n"; }

int show(const Shared& shared) {
  print_policy(shared.server.empty() ? identity::to_json(shared.open(false)->accounts().policy())
                                     : HttpClient(shared).get(kPolicy));
  return kDone;
}

int change_policy(const Shared& shared, const PolicyArguments& arguments) {
  const Json change = change_of(arguments);
  if (!shared.server.empty()) {
    print_policy(HttpClient(shared).send("PATCH", kPolicy, change));
    return kDone;
  }
  print_policy(identity::to_json(shared.open(true)->accounts().change_policy(identity::operator_principal(), change)));
  return kDone;
}

}  // namespace

void add_policy(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<PolicyArguments>();
  CLI::App* policies = app.add_subcommand("policy", "what is asked of passwords and officers: show, set");
  policies->require_subcommand(1);
  policies->fallthrough();
  commands[policies->add_subcommand("show", "as JSON")] = [&shared] { return show(shared); };
  CLI::App* setting = policies->add_subcommand("set", "change what is named");
  setting
      ->add_option("--combine-officers", arguments->combine_officers,
                   "on, off: may one account be several of the three officers, or one and an archivist")
      ->check(CLI::IsMember({"on", "off"}));
  setting
      ->add_option("--second-factor", arguments->second_factor,
                   "a role that works only with a second factor; repeatable; none: no role")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  setting->add_option("--password-characters", arguments->characters, "the least number of characters");
  setting->add_option("--password-days", arguments->days, "days until another password is chosen; 0: never");
  setting->add_option("--password-history", arguments->history, "how many of the last passwords are not taken again");
  commands[setting] = [&shared, arguments] { return change_policy(shared, *arguments); };
}

}  // namespace lantai::cli
