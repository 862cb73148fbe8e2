// lantai import PATH…
#include <CLI/CLI.hpp>
#include <deque>
#include <iostream>

#include "command_line.h"
#include "interruption.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "remote.h"
#include "status_line.h"
#include "texts.h"

namespace lantai::cli {
namespace {

namespace fs = std::filesystem;

struct ImportArguments {
  std::vector<std::string> paths;
  bool dry_run = false, no_wait = false, no_tables = false, verbose = false, update_by_code = false;
  std::string type = "item";
  std::vector<std::string> fields;
};

std::uint64_t count_files(const std::vector<std::string>& paths) {
  std::uint64_t count = 0;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      ++count;
      continue;
    }
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator at(path, options, error), end; !error && at != end; at.increment(error)) {
      std::error_code unknown;
      if (!at->is_directory(unknown)) ++count;
    }
  }
  return count;
}

schema::Json defaults_of(const ImportArguments& arguments) {
  schema::Json defaults = schema::Json::object();
  for (const auto& pair : arguments.fields) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::invalid_argument, "--set needs FIELD=VALUE: " + pair);
    }
    defaults[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return defaults;
}

// One line a file, in order; with what its reading gave, when the import waits for that.
class Report {
 public:
  Report(app::Application* application, const Shared& shared, bool verbose, std::uint64_t total)
      : application_(application), shared_(shared), verbose_(verbose), total_(total) {}

  void add(const archive::ImportedFile& file) {
    ++done_;
    held_.push_back(file);
    while (!held_.empty() && settle(held_.front(), false)) pop();
    show(done_, total_);
  }

  void show(std::uint64_t done, std::uint64_t total) {
    total = std::max(done, total);
    status_line_.show(done, total, say(Text::import_progress, shared_.lang(), done, total));
  }

  void finish() {
    status_line_.clear();
    while (!held_.empty()) {
      settle(held_.front(), true);
      pop();
    }
    std::cout << std::flush;
  }

 private:
  // Fills in why a stored file gave no text; false while that is still open.
  bool settle(archive::ImportedFile& file, bool last) const {
    const auto slash = file.record.find('/');
    if (application_ == nullptr || slash == std::string::npos || !file.error.empty() || file.read) return true;
    const auto record = application_->records().find(identity::operator_principal(), file.record.substr(0, slash),
                                                     file.record.substr(slash + 1));
    if (!record) return true;
    const archive::RecordReading reading = application_->texts().reading(*record);
    if (reading.waiting && !last) return false;
    file.error_code = reading.error_code;
    if (!file.error_code.empty())
      file.error = application_->schema().message(file.error_code, shared_.lang(), {{"detail", reading.error_detail}});
    return true;
  }

  void pop() {
    print(held_.front());
    held_.pop_front();
  }

  void print(const archive::ImportedFile& file) {
    if (shared_.json) {
      std::cout << line_of(file) << "\n";
    } else if (verbose_ || !file.error.empty()) {
      status_line_.clear();
      std::cout << archive::name(file.status) << "\t" << file.path << (file.record.empty() ? "" : "\t") << file.record
                << (file.error.empty() ? "" : "\t") << file.error << "\n";
    }
  }

  app::Application* application_;
  const Shared& shared_;
  const bool verbose_;
  StatusLine status_line_;
  const std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::deque<archive::ImportedFile> held_;
};

int finish(const archive::ImportReport& report, const ImportArguments& arguments, const Shared& shared) {
  if (!shared.json) {
    std::cout << (arguments.dry_run ? say(Text::dry_run_summary, shared.lang(), report.planned + report.unchanged,
                                          report.skipped, report.failed)
                                    : say(Text::import_summary, shared.lang(), report.created, report.updated,
                                          report.unchanged, report.skipped, report.failed))
              << "\n";
  }
  return report.failed == 0 ? kDone : kSomeFailed;
}

// A dry run on a place without a store looks at an empty one of its own and leaves nothing behind.
class TemporaryStore {
 public:
  TemporaryStore() : directory_(fs::temp_directory_path() / ("lantai-dry-run-" + random_hex(8))) {}
  ~TemporaryStore() {
    std::error_code ignored;  // it lies among the temporary files
    fs::remove_all(directory_, ignored);
  }
  TemporaryStore(const TemporaryStore&) = delete;
  TemporaryStore& operator=(const TemporaryStore&) = delete;
  std::unique_ptr<app::Application> open(const Shared& shared) const {
    auto configuration = shared.configuration(true);
    configuration.data = directory_;
    return app::Application::open(configuration);
  }

 private:
  const fs::path directory_;
};

int import_directly(const Shared& shared, const ImportArguments& arguments) {
  const TemporaryStore temporary;
  const bool wait = !arguments.no_wait && !arguments.dry_run;
  const auto texts = wait ? Shared::Texts::read : Shared::Texts::leave;
  Interruption interruption;
  const bool nothing_there = arguments.dry_run && !shared.data.empty() && !fs::exists(shared.data);
  const auto application = nothing_there ? temporary.open(shared) : shared.open(!arguments.dry_run, texts);
  const auto watched = interruption.watch(application->extraction());
  archive::ImportOptions options;
  options.dry_run = arguments.dry_run;
  options.type = arguments.type;
  options.tables = !arguments.no_tables;
  options.update_by_code = arguments.update_by_code;
  options.language = shared.lang();
  options.defaults = defaults_of(arguments);
  Report report(wait ? application.get() : nullptr, shared, arguments.verbose || arguments.dry_run,
                StatusLine().shown() ? count_files(arguments.paths) : 0);
  const std::vector<fs::path> sources(arguments.paths.begin(), arguments.paths.end());
  const auto result = application->imports().run(identity::operator_principal(), sources, options,
                                                 [&](const archive::ImportedFile& file) { report.add(file); });
  // What an earlier run stored and left unread counts as well.
  if (wait) wait_until_findable(*application, application->store().changes().last_position(), shared);
  report.finish();
  return finish(result, arguments, shared);
}

int import_over_http(const Shared& shared, const ImportArguments& arguments) {
  Report report(nullptr, shared, arguments.verbose || arguments.dry_run, 0);
  RemoteImport request;
  request.paths = arguments.paths;
  request.dry_run = arguments.dry_run;
  request.wait = !arguments.no_wait;
  request.tables = !arguments.no_tables;
  request.update_by_code = arguments.update_by_code;
  request.type = arguments.type;
  request.defaults = defaults_of(arguments);
  const auto result = import_remotely(
      shared, request, [&](const archive::ImportedFile& file) { report.add(file); },
      [&](std::uint64_t done, std::uint64_t total) { report.show(done, total); });
  report.finish();
  return finish(result, arguments, shared);
}

}  // namespace

void add_import(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command = app.add_subcommand("import", "take in files, folders, archives, lists with files, JSON Lines");
  command->add_option("PATH", arguments->paths, "what to take in")->required();
  command->add_flag("--dry-run", arguments->dry_run, "only say what would happen");
  command->add_flag("--no-wait", arguments->no_wait, "end when everything is stored, not when it can be found");
  command->add_flag("--no-tables", arguments->no_tables, "take spreadsheets as files, never as lists of records");
  command->add_flag("--update-by-code", arguments->update_by_code,
                    "a row whose code (a staff number, a department's code) a record has already corrects that record");
  command->add_flag("-v,--verbose", arguments->verbose, "a line for every file, not only for problems");
  command->add_option("--type", arguments->type, "type of the records")->default_str("item");
  command->add_option("--set", arguments->fields, "a field of every new record: FIELD=VALUE; repeatable")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_format(*command, shared);
  commands[command] = [&shared, arguments] {
    return shared.server.empty() ? import_directly(shared, *arguments) : import_over_http(shared, *arguments);
  };
}

}  // namespace lantai::cli
