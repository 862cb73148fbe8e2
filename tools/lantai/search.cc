// lantai search QUERY
#include <CLI/CLI.hpp>
#include <iostream>

#include "command_line.h"
#include "filters.h"
#include "interruption.h"
#include "lantai/base/error.h"
#include "remote.h"
#include "texts.h"

namespace lantai::cli {
namespace {

struct SearchArguments {
  std::vector<std::string> words, filters, facets;
  std::string type, sort = "relevance", page_token;
  std::size_t limit = 20;
  bool no_wait = false, strict = false, all_words = false;
};

search::Sort sort_of(const std::string& name) {
  if (name == "recent") return search::Sort::recent;
  if (name == "date") return search::Sort::date_ascending;
  if (name == "-date") return search::Sort::date_descending;
  if (name == "code") return search::Sort::code_ascending;
  if (name == "-code") return search::Sort::code_descending;
  return search::Sort::relevance;
}

std::string lacking(const search::Hit& hit, schema::Language language) {
  if (hit.missing.empty()) return std::string(text(Text::partial_hit, language));
  std::string all;
  for (const auto& part : hit.missing) all += (all.empty() ? "" : ", ") + part;
  return say(Text::lacking, language, all);
}

void print_hit(const search::Hit& hit, bool json, schema::Language language) {
  std::string snippet, marked;
  for (const auto& part : hit.snippet) {
    snippet += part.text;
    marked += part.hit ? "【" + part.text + "】" : part.text;
  }
  if (json) {
    nlohmann::ordered_json line = {
        {"rank", hit.rank}, {"score", hit.score}, {"record", hit.type + "/" + hit.id}, {"title", hit.title}};
    line["file"] = hit.file == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(hit.file_name);
    line["page"] = hit.page == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(hit.page);
    line["snippet"] = snippet;
    if (hit.partial) line["partial"] = true;
    if (!hit.missing.empty()) line["missing"] = hit.missing;
    std::cout << line.dump() << "\n";
    return;
  }
  std::cout << hit.rank << ". " << hit.title;
  if (!hit.reference_code.empty()) std::cout << "  " << hit.reference_code;
  if (!hit.date.empty()) std::cout << "  " << hit.date;
  std::cout << "\n   " << hit.type << "/" << hit.id;
  if (hit.file != 0) std::cout << "  " << hit.file_name;
  if (hit.page != 0) std::cout << "  " << say(Text::page, language, hit.page);
  std::cout << "\n";
  if (!marked.empty()) std::cout << "   " << marked << "\n";
  if (hit.partial) std::cout << "   " << lacking(hit, language) << "\n";
}

// The last line, only when facets were asked for: every other line is one hit.
void print_summary(const search::SearchResult& result, bool json) {
  if (json) {
    nlohmann::ordered_json facets = nlohmann::ordered_json::object();
    for (const auto& facet : result.facets) {
      auto& values = facets[facet.field] = nlohmann::ordered_json::array();
      for (const auto& value : facet.values) values.push_back({{"value", value.value}, {"count", value.count}});
    }
    const nlohmann::ordered_json line = {{"summary", true}, {"total", result.total}, {"facets", std::move(facets)}};
    std::cout << line.dump() << "\n";
    return;
  }
  for (const auto& facet : result.facets) {
    std::cout << facet.field << ":";
    for (const auto& value : facet.values) std::cout << " " << value.value << " (" << value.count << ")";
    std::cout << "\n";
  }
}

void print_result(const search::SearchResult& result, const SearchArguments& arguments, const Shared& shared) {
  for (const auto& hit : result.hits) print_hit(hit, shared.json, shared.lang());
  if (!arguments.facets.empty()) print_summary(result, shared.json);
  if (shared.json) return;
  std::cout << (result.total == 0 ? std::string(text(Text::no_hits, shared.lang()))
                                  : say(Text::hits, shared.lang(), result.total))
            << (result.partial == 0 ? "" : say(Text::partial_hits, shared.lang(), result.partial)) << "\n";
}

void print_hints(const search::SearchResult& result, const schema::Schema& schema, const Shared& shared) {
  for (const auto& hint : result.hints) {
    std::cerr << "lantai: " << schema.message(hint.code, shared.lang(), {{"detail", hint.detail}}) << "\n";
  }
}

int search_directly(const Shared& shared, const SearchArguments& arguments) {
  Interruption interruption;
  const auto application = shared.open(false, arguments.no_wait ? Shared::Texts::leave : Shared::Texts::read);
  const auto watched = interruption.watch(application->extraction());
  if (!arguments.no_wait) {
    wait_until_findable(*application, application->store().changes().last_position(), shared);
  }
  search::SearchRequest request;
  request.query = query_of(arguments.words);
  request.all_words = arguments.all_words;
  request.filters = filters_of(arguments.filters);
  request.facets = arguments.facets;
  request.sort = sort_of(arguments.sort);
  request.limit = arguments.limit;
  request.page_token = arguments.page_token;
  request.strict = arguments.strict;
  request.types = arguments.type;
  const search::SearchResult result = application->search(identity::operator_principal(), std::move(request));
  print_hints(result, application->schema(), shared);
  print_result(result, arguments, shared);
  return kDone;
}

int search_remotely(const Shared& shared, const SearchArguments& arguments) {
  RemoteSearch request;
  request.query = query_of(arguments.words);
  request.all_words = arguments.all_words;
  request.filters = arguments.filters;
  request.facets = arguments.facets;
  request.sort = arguments.sort;
  request.type = arguments.type;
  request.page_token = arguments.page_token;
  request.limit = arguments.limit;
  request.strict = arguments.strict;
  request.wait = !arguments.no_wait;
  const RemoteResult found = Remote(shared).search(request);
  for (const auto& hint : found.hints) std::cerr << "lantai: " << hint << "\n";
  print_result(found.result, arguments, shared);
  return kDone;
}

}  // namespace

void add_search(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<SearchArguments>();
  CLI::App* command = app.add_subcommand("search", "find records by their text and fields");
  command->add_option("QUERY", arguments->words, "what to look for; nothing: everything");
  command->add_option("--limit", arguments->limit, "hits at most")->check(CLI::Range(1, 1000))->default_str("20");
  command->add_option("--filter", arguments->filters, "FIELD=VALUE or FIELD=FROM..TO; repeatable")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--facet", arguments->facets, "count the values of a field; repeatable")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--sort", arguments->sort, "relevance, recent, date, -date, code, -code")
      ->check(CLI::IsMember({"relevance", "recent", "date", "-date", "code", "-code"}))
      ->default_str("relevance");
  command->add_option("--type", arguments->type, "only records of this type");
  command->add_option("--page-token", arguments->page_token, "goes on after an earlier answer");
  command->add_flag("--all-words", arguments->all_words, "only what has all of it, however little that is");
  command->add_flag("--strict", arguments->strict, "a query that is not well formed is an error");
  command->add_flag("--no-wait", arguments->no_wait, "answer from what is indexed already");
  add_format(*command, shared);
  commands[command] = [&shared, arguments] {
    return shared.server.empty() ? search_directly(shared, *arguments) : search_remotely(shared, *arguments);
  };
}

}  // namespace lantai::cli
