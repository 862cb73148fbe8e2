// What do all commands share? Where the store or the server is, the language, and how a command reports.
// docs/operations.md (Command line) describes every option and exit code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/app/application.h"

namespace CLI {
class App;
}

namespace lantai::cli {

enum ExitCode {
  kDone = 0,
  kSomeFailed = 1,   // finished, but single files were not stored, or damage was found
  kUsage = 2,        // wrong options
  kLocked = 3,       // another process has the store open
  kNotFound = 4,     // no such store, file, account or record
  kRefused = 5,      // not signed in, or not allowed
  kUnavailable = 6,  // the server, the disk or the index is not available
  kDamaged = 7,      // stored data do not match their digests
  kInternal = 70,
};

struct Shared {
  std::filesystem::path program;
  std::string data, server, token_file, language;
  std::vector<std::string> schema;
  bool allow_incomplete_sandbox = false;
  unsigned workers = 0;         // 0: as many as processors, at least 2
  unsigned page_images = 2048;  // MiB
  bool json = false;

  schema::Language lang() const;
  app::Configuration configuration(bool create) const;
  void require_store() const;  // throws unless the command is to work on the store itself
  // Files wait for their reading while a command that needs no texts is at work.
  enum class Texts { leave, read };
  std::unique_ptr<app::Application> open(bool create, Texts texts = Texts::leave) const;
};

// A command registers its options and gives back what runs it.
using Command = std::function<int()>;
using Commands = std::map<CLI::App*, Command>;

void add_serve(CLI::App& app, const Shared& shared, Commands& commands);
void add_import(CLI::App& app, Shared& shared, Commands& commands);
void add_search(CLI::App& app, Shared& shared, Commands& commands);
void add_explain(CLI::App& app, Shared& shared, Commands& commands);
void add_eval(CLI::App& app, Shared& shared, Commands& commands);
void add_extract(CLI::App& app, const Shared& shared, Commands& commands);
void add_export(CLI::App& app, Shared& shared, Commands& commands);
void add_maintenance(CLI::App& app, Shared& shared, Commands& commands);  // verify, reindex, stats
void add_user(CLI::App& app, Shared& shared, Commands& commands);
void add_audit(CLI::App& app, Shared& shared, Commands& commands);
void add_doctor(CLI::App& app, Shared& shared, Commands& commands);
void add_policy(CLI::App& app, Shared& shared, Commands& commands);

int list_failed_texts(const Shared& shared);  // of `stats --failed`

// `text`, or `json`: on commands that print either.
void add_format(CLI::App& command, Shared& shared);

// Everything extracted and findable? Shows on a terminal how much is left; false when the machinery of reading is
// missing.
bool wait_until_findable(app::Application& application, std::uint64_t position, const Shared& shared);

}  // namespace lantai::cli
