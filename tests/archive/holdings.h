// What do the tests of the archive stand on? A store in memory with the real declarations and the real record engine, a
// folder of their own, and an extractor whose behaviour a test decides.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <sstream>
#include <stop_token>
#include <string>

#include "lantai/archive/extraction_pipeline.h"
#include "lantai/archive/import_jobs.h"
#include "lantai/archive/import_service.h"
#include "lantai/archive/uploads.h"
#include "lantai/base/error.h"
#include "lantai/identity/accounts.h"
#include "support/places.h"
#include "support/temporary_directory.h"

namespace lantai::archive::test {

namespace fs = std::filesystem;

using Folder = TemporaryDirectory;

// Reads every file as one page of text. `PK…` is an archive whose members are `name=content` lines; commas part the
// cells of a table. A file that says `crash` brings its worker down, one that says `locked` is encrypted, and one that
// begins with `scan` has five pages of OCR.
class PlainExtractor : public extract::Extractor {
 public:
  std::atomic<int> extracted{0};
  std::function<void(const std::string& content)> before;  // called with what is about to be read
  std::function<void(std::uint32_t page, const std::stop_token& stop)> before_page;
  std::string named_version = "plain-1";

  using extract::Extractor::extract;
  extract::Extraction extract(const extract::SourceFile& file, const extract::Reading& reading) override {
    const std::string content = content_of(file);
    if (content.substr(0, 4) == "scan") return read_scan(reading);
    if (before) before(content);
    ++extracted;
    extract::Extraction result;
    result.media_type = "text/plain";
    result.format = "plain text";
    if (content.find("crash") != std::string::npos) {
      result.failure = {"worker_crashed", "signal 11"};
    } else if (content.find("locked") != std::string::npos) {
      result.failure = {"encrypted", ""};
    } else {
      result.pages.push_back({1, to_valid_utf8(content), false});
    }
    return result;
  }

  std::optional<extract::Failure> unpack(const extract::SourceFile& file, extract::UnpackSink& sink) override {
    std::istringstream lines(content_of(file));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      const auto equals = line.find('=');
      if (equals == std::string::npos) return extract::Failure{"damaged", line};
      const std::string name = line.substr(0, equals), content = line.substr(equals + 1);
      sink.begin({name, to_bytes(name), content.size()});
      sink.write(as_bytes(content));
      sink.end({});
    }
    return std::nullopt;
  }

  std::optional<Bytes> render_page(const extract::SourceFile&, std::uint32_t, std::uint32_t) override {
    return std::nullopt;
  }

  std::vector<std::vector<std::string>> read_table(const extract::SourceFile& file) override {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(content_of(file));
    for (std::string line; std::getline(lines, line);) {
      rows.emplace_back();
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }

  std::string identify(const extract::SourceFile& file) override {
    return content_of(file).substr(0, 2) == "PK" ? "application/zip" : "text/plain";
  }
  // A text that begins with `plain` is read at a glance.
  extract::Glance glance(const extract::SourceFile& file) override {
    const std::string content = content_of(file);
    extract::Glance seen{identify(file), std::nullopt};
    if (content.starts_with("plain")) {
      seen.text.emplace().media_type = seen.media_type;
      seen.text->pages.push_back({1, content, false});
    }
    return seen;
  }
  extract::SandboxReport sandbox() override { return {true, {}}; }
  std::string version() const override { return named_version; }

 private:
  extract::Extraction read_scan(const extract::Reading& reading) {
    ++extracted;
    extract::Extraction result;
    result.media_type = "image/tiff";
    for (std::uint32_t page = 1; page <= 5; ++page) {
      const auto known = reading.known_pages.find(page);
      if (known != reading.known_pages.end()) {
        result.pages.push_back(known->second);
        continue;
      }
      if (before_page) before_page(page, reading.stop);
      if (reading.stop.stop_requested()) throw Error(ErrorCode::cancelled, "told to stop");
      result.pages.push_back({page, "page " + std::to_string(page), true});
      if (reading.keep) reading.keep(result.pages.back(), {true, {{"p", "", {0, 0, 0.5, 0.5}, 90}}});
    }
    return result;
  }

  static std::string content_of(const extract::SourceFile& file) {
    std::string content;
    char buffer[4096];
    for (off_t at = 0;;) {
      const ssize_t got = pread(file.descriptor, buffer, sizeof buffer, at);
      if (got <= 0) return content;
      content.append(buffer, static_cast<std::size_t>(got));
      at += got;
    }
  }
};

inline std::shared_ptr<const schema::Schema> declarations() {
  static const auto kSchema = schema::Schema::load({lantai::test::shipped_declarations()});
  return kSchema;
}

struct Holdings {
  SystemClock clock;
  std::unique_ptr<storage::Store> store = storage::Store::open_in_memory();
  std::shared_ptr<const schema::Schema> schema = declarations();
  records::RecordEngine engine{*store, schema, clock};
  PlainExtractor extractor;
  TextStore texts{*store, extractor.version()};
  ImportService imports{*store, engine, extractor, texts};
  records::Principal who = identity::operator_principal();
  Folder folder;

  struct Imported {
    ImportReport report;
    std::vector<ImportedFile> files;
    const ImportedFile& at(const std::string& ending) const {
      for (const auto& file : files) {
        if (file.path.size() >= ending.size() && file.path.substr(file.path.size() - ending.size()) == ending) {
          return file;
        }
      }
      throw std::runtime_error("not reported: " + ending);
    }
  };

  Imported import(const std::vector<fs::path>& sources, const ImportOptions& options = {}) {
    Imported imported;
    imported.report = imports.run(who, sources, options, [&](const ImportedFile& f) { imported.files.push_back(f); });
    return imported;
  }

  records::Record record(const std::string& name) {
    const auto slash = name.find('/');
    return engine.get(who, name.substr(0, slash), name.substr(slash + 1));
  }
  std::string content(const records::FileVersion& file) {
    const Bytes bytes = store->blobs().get(file.digest);
    return std::string(as_chars(bytes));
  }
};

inline std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(30);
}

}  // namespace lantai::archive::test
