// lantai extract FILE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <iostream>
#include <system_error>

#include "command_line.h"
#include "lantai/base/bytes.h"
#include "lantai/base/error.h"
#include "texts.h"

namespace lantai::cli {
namespace {

// An open regular file, or -1 after saying why not.
int open_file(const std::string& path, const Shared& shared) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a FIFO would wait for a writer
  struct stat status {};
  std::string reason;
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    reason = std::generic_category().message(errno);
  } else if (!S_ISREG(status.st_mode)) {
    reason = text(Text::not_a_file, shared.lang());
  }
  if (reason.empty()) return descriptor;
  if (descriptor >= 0) close(descriptor);
  std::cerr << "lantai: " << say(Text::no_such_file, shared.lang(), path, reason) << "\n";
  return -1;
}

int extract_files(const Shared& shared, const std::vector<std::string>& paths, bool ocr) {
  auto options = app::extractor_options(shared.configuration(false));
  options.workers = 1;
  options.ocr = ocr;
  const auto extractor = extract::Extractor::make(options);
  int code = kDone;
  for (const auto& path : paths) {
    const int descriptor = open_file(path, shared);
    if (descriptor < 0) {
      code = kNotFound;
      continue;
    }
    const std::string name = to_valid_utf8(std::filesystem::path(path).filename().native());
    const extract::Extraction extraction = extractor->extract({descriptor, name});
    close(descriptor);
    std::cout << extract::to_json(extraction) << std::endl;
  }
  return code;
}

}  // namespace

void add_extract(CLI::App& app, const Shared& shared, Commands& commands) {
  struct Arguments {
    std::vector<std::string> paths;
    bool no_ocr = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("extract", "print what a file holds, as one JSON object");
  command->add_option("FILE", arguments->paths, "the file")->required();
  command->add_flag("--no-ocr", arguments->no_ocr, "do not read images");
  commands[command] = [&shared, arguments] { return extract_files(shared, arguments->paths, !arguments->no_ocr); };
}

}  // namespace lantai::cli
