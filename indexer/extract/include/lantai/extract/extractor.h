// How does the server read untrusted bytes? By handing an open file to a worker process that has nothing else: no
// store, no network, no credentials, no paths (docs/architecture.md, sandbox). A pool of workers is kept warm; each
// serves one file at a time and is ended after a number of files, on any failure, and at the time limit.
//
// Thread-safe; calls beyond the number of workers wait. A bad file is an Extraction with a failure, never an exception;
// exceptions are only about us (worker program missing, sandbox layer forbidden: failed_precondition).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "lantai/extract/extraction.h"
#include "lantai/extract/page_layout.h"

namespace lantai::extract {

struct Limits {
  std::chrono::milliseconds wall_time{120'000};  // of one step; a file is one step, and each page of OCR another
  std::uint64_t memory_bytes = 2ULL << 30U;
  std::uint64_t output_bytes = 256ULL << 20U;  // text and derived bytes of one file
  std::uint64_t expanded_bytes = 4ULL << 30U;  // what archives may unpack to, all levels together
  std::uint32_t entries = 100'000;
  std::uint32_t depth = 8;
  std::uint32_t pages = 20'000;
  std::chrono::milliseconds total_time{3'600'000};  // all steps of one file together
};

struct ExtractorOptions {
  std::filesystem::path worker_program;  // lantai-extract-worker
  std::filesystem::path office_program;  // lantai-office-worker; empty or missing: such documents give no text
  unsigned workers = 2;
  Limits limits;
  bool ocr = true;
  bool allow_incomplete_sandbox = false;  // the operator's explicit choice; says so in the health page
};

// Bytes come from a descriptor that the caller opened read-only and keeps; the name is only a hint for titles.
struct SourceFile {
  int descriptor = -1;
  std::string name;
};

// How a reading that may take long is ended early, and goes on where an earlier one was ended.
struct Reading {
  std::stop_token stop;                                // kills the worker; extract() throws cancelled
  std::map<std::uint32_t, PageText> known_pages = {};  // by number, of OCR: not read again, empty ones neither
  // A page of OCR, as soon as it is read, and where its characters stand.
  std::function<void(const PageText&, const PageLayout&)> keep = {};
};

// What can be told of a file in a moment.
struct Glance {
  std::string media_type;
  std::optional<Extraction> text;  // what extract() gives
};

struct SandboxReport {
  bool complete = false;
  std::string detail;  // which layer the host forbids
};

// One member of a container that is being taken apart, in order. `write` gets its bytes in pieces.
struct Member {
  std::string path;
  Bytes raw_name;
  std::uint64_t size = 0;
};

class UnpackSink {
 public:
  virtual ~UnpackSink() = default;
  virtual void begin(const Member& member) = 0;
  virtual void write(ByteView bytes) = 0;
  virtual void end(const std::string& failure_code) = 0;  // empty: whole
};

class Extractor {
 public:
  static std::unique_ptr<Extractor> make(const ExtractorOptions& options);
  virtual ~Extractor() = default;

  // Throws cancelled when `reading.stop` is requested before the end; what was kept by then stays good.
  virtual Extraction extract(const SourceFile& file, const Reading& reading) = 0;
  Extraction extract(const SourceFile& file) { return extract(file, Reading{}); }
  // The members of an archive one level deep, streamed. Returns what went wrong, if anything.
  virtual std::optional<Failure> unpack(const SourceFile& file, UnpackSink& sink) = 0;
  // Page `number` as PNG, `width` pixels wide; nullopt when the format has no page images.
  virtual std::optional<Bytes> render_page(const SourceFile& file, std::uint32_t number, std::uint32_t width) = 0;
  // How many pages render_page would draw; nullopt when the format has no page images.
  virtual std::optional<std::uint32_t> count_pages(const SourceFile& /*file*/) { return std::nullopt; }
  // The document as PDF, when it is one whose pages only an office program can lay out; otherwise nullopt. Costs a
  // tenth of a second and more: callers keep the result.
  virtual std::optional<Bytes> to_pdf(const SourceFile& /*file*/) { return std::nullopt; }
  // Where the characters of page `number` stand; of a page without a text layer by OCR, which takes a second or more.
  // nullopt when the format has no page images, or the page cannot be read.
  virtual std::optional<PageLayout> lay_out(const SourceFile& /*file*/, std::uint32_t /*number*/) {
    return std::nullopt;
  }
  // The rows of a spreadsheet's first sheet (XLSX or CSV) as text, for import.
  virtual std::vector<std::vector<std::string>> read_table(const SourceFile& file) = 0;
  // Identifies without extracting.
  virtual std::string identify(const SourceFile& file) = 0;
  // Identifies, and extracts what takes a moment: texts, documents and mails without anything to be read by OCR or
  // converted, of 16 MiB unpacked, 4 MiB of text, 1,000 members and 2 s at most. Whatever else, and what cannot be read
  // or brings the worker down, is told as not read.
  virtual Glance glance(const SourceFile& file) { return {identify(file), std::nullopt}; }
  virtual SandboxReport sandbox() = 0;
  // Changes when results would: goes into the key of cached extractions.
  virtual std::string version() const = 0;
};

}  // namespace lantai::extract
