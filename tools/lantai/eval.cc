// lantai eval: how well, and how fast, are judged queries answered?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <set>

#include "command_line.h"
#include "interruption.h"
#include "lantai/base/error.h"
#include "ranking_measures.h"
#include "status_line.h"

namespace lantai::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct EvalArguments {
  std::string queries, judgements, run, id_field;
  std::vector<std::size_t> cutoffs = {5, 10, 20, 100, 1000};
  std::size_t depth = 1000, shown = 20;
  bool no_wait = false;
};

template <typename Read>
auto read_file(const std::string& path, Read read) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::not_found, "cannot read " + path);
  try {
    return read(in);
  } catch (const Error& error) {
    throw Error(error.code(), path + ": " + error.message());
  }
}

// By which of its names do the judgements know a record?
class Names {
 public:
  Names(const Judgements& judgements, const std::string& field, app::Application& application)
      : field_(field), application_(application) {
    for (const auto& [query, documents] : judgements)
      for (const auto& [document, judgement] : documents) known_.insert(document);
  }

  std::string of(const search::Hit& hit) const {
    if (!field_.empty()) return value_of(hit);
    const auto stem = hit.file_name.substr(0, hit.file_name.rfind('.'));
    for (const auto& name : {hit.reference_code, stem, hit.file_name, hit.title, hit.type + "/" + hit.id})
      if (known_.contains(name)) return name;
    return hit.id;
  }

 private:
  std::string value_of(const search::Hit& hit) const {
    const auto record = application_.records().get(identity::operator_principal(), hit.type, hit.id);
    const auto found = record.fields.find(field_);
    if (found == record.fields.end()) return hit.id;
    return found->is_string() ? found->get<std::string>() : found->dump();
  }

  const std::string& field_;
  app::Application& application_;
  std::set<std::string> known_;
};

struct Answered {
  std::vector<std::string> ranked;
  std::vector<double> scores;
  double milliseconds = 0;  // of what a person would see of it
};

Answered answer(app::Application& application, const JudgedQuery& query, const EvalArguments& arguments,
                const Names& names) {
  search::SearchRequest request;
  request.query = query.text;
  request.limit = std::min(arguments.shown, arguments.depth);
  const auto begin = std::chrono::steady_clock::now();
  auto result = application.search(identity::operator_principal(), request);
  Answered answered;
  answered.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  if (arguments.depth > request.limit) {
    request.limit = arguments.depth;
    result = application.search(identity::operator_principal(), std::move(request));
  }
  for (const auto& hit : result.hits) {
    answered.ranked.push_back(names.of(hit));
    answered.scores.push_back(hit.score);
  }
  return answered;
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

OrderedJson latency_of(const std::vector<double>& milliseconds) {
  double sum = 0;
  for (const double one : milliseconds) sum += one;
  const auto count = static_cast<double>(std::max<std::size_t>(1, milliseconds.size()));
  return {{"mean", sum / count},
          {"p50", percentile(milliseconds, 0.5)},
          {"p95", percentile(milliseconds, 0.95)},
          {"p99", percentile(milliseconds, 0.99)}};
}

// In TREC's form. Equal scores keep their order there only if each is a little less than the one before.
void write_run(std::ostream& out, const JudgedQuery& query, const Answered& answered) {
  for (std::size_t i = 0; i < answered.ranked.size(); ++i)
    out << query.number << " Q0 " << answered.ranked[i] << ' ' << i + 1 << ' ' << answered.ranked.size() - i
        << " lantai\n";
}

void print_measures(const OrderedJson& report, bool json) {
  if (json) {
    std::cout << report.dump() << "\n";
    return;
  }
  for (const auto& [name, value] : report.items()) {
    if (value.is_object()) {
      for (const auto& [part, figure] : value.items())
        std::cout << fmt::format("{:<16} {:.4f}\n", name + " " + part, figure.get<double>());
    } else if (value.is_number_float()) {
      std::cout << fmt::format("{:<16} {:.4f}\n", name, value.get<double>());
    } else {
      std::cout << fmt::format("{:<16} {}\n", name, value.get<std::size_t>());
    }
  }
}

int evaluate(const Shared& shared, const EvalArguments& arguments) {
  const auto queries = read_file(arguments.queries, read_queries);
  const auto judgements = read_file(arguments.judgements, read_judgements);
  std::ofstream run;
  if (!arguments.run.empty()) {
    run.open(arguments.run);
    if (!run) throw Error(ErrorCode::invalid_argument, "cannot write " + arguments.run);
  }
  Interruption interruption;
  const auto application = shared.open(false, arguments.no_wait ? Shared::Texts::leave : Shared::Texts::read);
  const auto watched = interruption.watch(application->extraction());
  if (!arguments.no_wait) wait_until_findable(*application, application->store().changes().last_position(), shared);

  const Names names(judgements, arguments.id_field, *application);
  std::vector<Measures> all;
  std::vector<double> milliseconds;
  StatusLine status_line;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (i % 20 == 0) status_line.show(fmt::format("{} / {}", i, queries.size()));
    const auto judged = judgements.find(queries[i].number);
    const auto relevant = [](const auto& one) { return one.second > 0; };
    const bool counts =
        judged != judgements.end() && std::any_of(judged->second.begin(), judged->second.end(), relevant);
    if (!counts && !run.is_open()) continue;
    const auto answered = answer(*application, queries[i], arguments, names);
    if (run.is_open()) write_run(run, queries[i], answered);
    if (!counts) continue;
    milliseconds.push_back(answered.milliseconds);
    all.push_back(measure(answered.ranked, judged->second, arguments.cutoffs));
  }
  status_line.clear();
  if (all.empty())
    throw Error(ErrorCode::invalid_argument,
                "no query of " + arguments.queries + " has a relevant document in " + arguments.judgements);
  const auto total = mean(all);
  OrderedJson report = {{"queries", all.size()}, {"map", total.average_precision}, {"mrr", total.reciprocal_rank}};
  for (const auto& [cutoff, value] : total.ndcg) report[fmt::format("ndcg@{}", cutoff)] = value;
  for (const auto& [cutoff, value] : total.precision) report[fmt::format("p@{}", cutoff)] = value;
  for (const auto& [cutoff, value] : total.recall) report[fmt::format("recall@{}", cutoff)] = value;
  report["latency_ms"] = latency_of(milliseconds);
  print_measures(report, shared.json);
  return kDone;
}

}  // namespace

void add_eval(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<EvalArguments>();
  CLI::App* command = app.add_subcommand("eval", "measure ranking and speed with judged queries");
  command->add_option("--queries", arguments->queries, "file of `number<tab>text`")->required()->type_name("FILE");
  command->add_option("--qrels", arguments->judgements, "file of `number iteration document judgement` (TREC)")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--id", arguments->id_field,
                   "the field by which judgements name a record; else its code, file name or title")
      ->type_name("FIELD");
  command->add_option("--cutoffs", arguments->cutoffs, "ranks at which measures are taken")
      ->delimiter(',')
      ->check(CLI::Range(1, 1000))
      ->default_str("5,10,20,100,1000");
  command->add_option("--depth", arguments->depth, "hits judged of each query")
      ->check(CLI::Range(1, 1000))
      ->default_str("1000");
  command->add_option("--run", arguments->run, "writes what was found, in TREC's form")->type_name("FILE");
  command->add_flag("--no-wait", arguments->no_wait, "answer from what is indexed already");
  add_format(*command, shared);
  commands[command] = [&shared, arguments] { return evaluate(shared, *arguments); };
}

}  // namespace lantai::cli
