// lantai: serves a store, or works on one from the command line.
#include <CLI/CLI.hpp>
#include <clocale>
#include <cstdlib>
#include <iostream>

#include "command_line.h"
#include "lantai/base/error.h"
#include "texts.h"

namespace lantai::cli {
namespace {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::already_exists:
    case ErrorCode::conflict:
      return kUsage;
    case ErrorCode::not_found:
      return kNotFound;
    case ErrorCode::permission_denied:
    case ErrorCode::unauthenticated:
      return kRefused;
    case ErrorCode::data_loss:
      return kDamaged;
    case ErrorCode::internal:
      return kInternal;
    default:
      return kUnavailable;
  }
}

// The sentences for people come with the declarations; without a store to take them from, the plain message serves.
std::string message_of(const Error& error, const Shared& shared) {
  try {
    return schema::Schema::load(shared.configuration(false).schema_directories)->message(error, shared.lang());
  } catch (const Error&) {
    return error.message();
  }
}

int report(const Error& error, const Shared& shared) {
  if (error.message_id() == "store.busy") {
    std::cerr << "lantai: " << say(Text::locked, shared.lang(), shared.data) << "\n";
    return kLocked;
  }
  if (error.message_id() == "store.missing") {
    std::cerr << "lantai: " << say(Text::missing, shared.lang(), shared.data) << "\n";
    return kNotFound;
  }
  std::cerr << "lantai: " << message_of(error, shared) << "\n";
  if (!error.message_id().empty() && shared.lang() == schema::Language::en)
    std::cerr << "  " << error.message() << "\n";
  return exit_code(error.code());
}

std::string locale_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before the first thread
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

int run(int argc, char** argv) {
  CLI::App app("Lantai: the archive of a school's office", "lantai");
  Shared shared;
  shared.program = std::filesystem::read_symlink("/proc/self/exe");
  shared.language = locale_of_environment();
  app.set_version_flag("--version", "lantai " LANTAI_VERSION);
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  app.add_option("--data", shared.data, "directory of the store")->type_name("DIR");
  app.add_option("--server", shared.server, "address of a running server, instead of --data")->type_name("URL");
  app.add_option("--token-file", shared.token_file, "file with a token for --server; else LANTAI_TOKEN")
      ->type_name("FILE");
  app.add_option("--lang", shared.language, "zh-Hans, zh-Hant or en; else by the locale");
  app.add_option("--schema", shared.schema, "directory of further declarations; repeatable")->type_name("DIR");
  app.add_option("--workers", shared.workers, "files read at the same time")->check(CLI::Range(1U, 64U));
  app.add_option("--page-images", shared.page_images, "MiB of page images kept at most; they come back when asked for")
      ->check(CLI::Range(16U, 1U << 20U));
  app.add_flag("--allow-incomplete-sandbox", shared.allow_incomplete_sandbox,
               "read files even where the kernel forbids a layer of the sandbox");
  Commands commands;
  add_serve(app, shared, commands);
  add_import(app, shared, commands);
  add_search(app, shared, commands);
  add_explain(app, shared, commands);
  add_eval(app, shared, commands);
  add_extract(app, shared, commands);
  add_export(app, shared, commands);
  add_maintenance(app, shared, commands);
  add_user(app, shared, commands);
  add_policy(app, shared, commands);
  add_audit(app, shared, commands);
  add_doctor(app, shared, commands);
  for (const auto& [command, unused] : commands) command->fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kDone : kUsage;
  }
  try {
    for (const auto& [command, body] : commands) {
      if (command->parsed() && command->get_subcommands().empty()) return body();
    }
  } catch (const Error& error) {
    return report(error, shared);
  } catch (const std::exception& error) {
    std::cerr << "lantai: " << error.what() << "\n";
    return kInternal;
  }
  return kUsage;
}

}  // namespace
}  // namespace lantai::cli

int main(int argc, char** argv) { return lantai::cli::run(argc, argv); }
