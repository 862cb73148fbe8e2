#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <thread>

#include "lantai/base/error.h"
#include "status_line.h"
#include "texts.h"

namespace lantai::cli {

schema::Language Shared::lang() const {
  if (language == "zh-Hans") return schema::Language::zh_hans;
  return language_of_locale(language);
}

app::Configuration Shared::configuration(bool create) const {
  app::Configuration configuration = app::default_configuration(program);
  configuration.data = data;
  configuration.create_if_missing = create;
  configuration.allow_incomplete_sandbox = allow_incomplete_sandbox;
  configuration.extraction_workers = workers != 0 ? workers : std::max(2U, std::thread::hardware_concurrency());
  configuration.page_image_bytes = std::uint64_t{page_images} << 20U;
  configuration.schema_directories.insert(configuration.schema_directories.end(), schema.begin(), schema.end());
  return configuration;
}

void Shared::require_store() const {
  if (!server.empty()) {
    throw Error(ErrorCode::invalid_argument, std::string(text(Text::server_command, lang())));
  }
  if (data.empty()) throw Error(ErrorCode::invalid_argument, std::string(text(Text::needs_place, lang())));
}

std::unique_ptr<app::Application> Shared::open(bool create, Texts texts) const {
  require_store();
  app::Configuration opened = configuration(create);
  opened.read_files = texts == Texts::read;
  return app::Application::open(opened);
}

void add_format(CLI::App& command, Shared& shared) {
  command
      .add_option_function<std::string>(
          "--format", [&shared](const std::string& format) { shared.json = format == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
}

bool wait_until_findable(app::Application& application, std::uint64_t position, const Shared& shared) {
  StatusLine status_line;
  bool read = true;
  while (!application.wait_until_searchable(position, std::chrono::steady_clock::now() + std::chrono::seconds(1))) {
    const archive::PipelineStatus status = application.extraction().status();
    if (status.position < position && !status.last_error.empty()) {
      status_line.clear();
      std::cerr << "lantai: " << say(Text::not_read, shared.lang(), status.last_error) << "\n";
      read = false;
      break;
    }
    const std::uint64_t done = std::min(status.position, application.indexer().status().position);
    status_line.show(say(Text::waiting, shared.lang(), position - std::min(position, done)));
  }
  status_line.clear();
  // Without texts, what is catalogued can be found all the same.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(10);
  return read || (application.indexer().wait_until(position, deadline) && false);
}

}  // namespace lantai::cli
