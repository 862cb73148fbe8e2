// lantai explain RECORD QUERY
#include <CLI/CLI.hpp>
#include <iostream>

#include "command_line.h"
#include "filters.h"
#include "lantai/base/error.h"
#include "remote.h"

namespace lantai::cli {
namespace {

using schema::Json;

struct ExplainArguments {
  std::string record, viewer;
  std::vector<std::string> words, filters;
};

Json explain_directly(const Shared& shared, const ExplainArguments& arguments, const std::string& query) {
  const auto slash = arguments.record.find('/');
  if (slash == std::string::npos)
    throw Error(ErrorCode::invalid_argument, "a record is named as TYPE/ID: " + arguments.record);
  const auto application = shared.open(false);
  std::optional<records::Principal> viewer;
  if (!arguments.viewer.empty()) {
    const auto account = application->accounts().find_login(arguments.viewer);
    if (!account) throw Error(ErrorCode::not_found, "no such account", "auth.unknown_account");
    viewer = application->accounts().principal_of(*account);
  }
  search::SearchRequest request;
  request.query = query;
  request.filters = filters_of(arguments.filters);
  const auto explained =
      application->explain(identity::operator_principal(), std::move(request), arguments.record.substr(0, slash),
                           arguments.record.substr(slash + 1), viewer ? &*viewer : nullptr);
  auto json = app::to_json(explained);
  json["record"] = arguments.record;
  json["reasons"] = Json::array();
  for (const auto& reason : explained.reasons) {
    const auto message = application->schema().message(reason.code, shared.lang(), {{"detail", reason.detail}});
    json["reasons"].push_back({{"code", reason.code}, {"message", message}});
  }
  return json;
}

int explain(const Shared& shared, const ExplainArguments& arguments) {
  const std::string query = query_of(arguments.words);
  const Json explained = shared.server.empty()
                             ? explain_directly(shared, arguments, query)
                             : Remote(shared).explain(arguments.record, query, arguments.filters, arguments.viewer);
  if (shared.json) {
    std::cout << explained.dump() << "\n";
  } else {
    for (const auto& reason : explained.at("reasons")) std::cout << text_of(reason, "message") << "\n";
  }
  return kDone;
}

}  // namespace

void add_explain(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand("explain", "why a search finds a record, or does not");
  command->add_option("RECORD", arguments->record, "TYPE/ID, as search prints it")->required();
  command->add_option("QUERY", arguments->words, "what was looked for");
  command->add_option("--filter", arguments->filters, "FIELD=VALUE or FIELD=FROM..TO; repeatable")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--viewer", arguments->viewer, "for this account, not for who sees everything")
      ->type_name("LOGIN");
  add_format(*command, shared);
  commands[command] = [&shared, arguments] { return explain(shared, *arguments); };
}

}  // namespace lantai::cli
