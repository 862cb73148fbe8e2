#include "lantai/extract/extractor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>

#include "lantai/base/error.h"
#include "lantai/extract/protocol.h"
#include "office_conversion.h"
#include "pronom.h"
#include "reply_assembler.h"
#include "worker_pool.h"

namespace lantai::extract {
namespace {

constexpr std::uint32_t kMaxImageWidth = 4'000;
constexpr const char* kUnknownType = "application/octet-stream";

// Whoever asks for a glance has somebody waiting.
Limits at_a_glance(Limits limits) {
  limits.wall_time = std::min<std::chrono::milliseconds>(limits.wall_time, std::chrono::seconds(2));
  limits.output_bytes = std::min<std::uint64_t>(limits.output_bytes, 4U << 20U);
  limits.expanded_bytes = std::min<std::uint64_t>(limits.expanded_bytes, 16U << 20U);
  limits.entries = std::min(limits.entries, 1'000U);
  return limits;
}

// The worker gets its own open description, read-only whatever the caller's is, so that it can neither write nor move
// the caller's position.
Descriptor reopen_read_only(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
    throw Error(ErrorCode::invalid_argument, "extraction needs an open regular file");
  Descriptor again(::open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_RDONLY | O_CLOEXEC));
  if (again.get() >= 0) return again;
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY)
    throw Error(ErrorCode::invalid_argument, "extraction needs a descriptor opened read-only");
  return Descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
}

Bytes whole_file(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw Error(ErrorCode::internal, "a converted document is gone");
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got = ::pread(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got <= 0) throw Error(ErrorCode::internal, "a converted document ends early");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != ' ' && c != '\n'; });
  return out;
}

void add_ocr_pages(Extraction& into, Extraction part) {
  for (auto& page : part.pages) {
    auto at = std::lower_bound(into.pages.begin(), into.pages.end(), page.number,
                               [](const PageText& have, std::uint32_t number) { return have.number < number; });
    if (at != into.pages.end() && at->number == page.number) {
      at->text = with_ocr(at->text, page.text);
      at->from_ocr = true;
    } else {
      into.pages.insert(at, std::move(page));
    }
  }
  for (auto& warning : part.warnings) into.warnings.push_back(std::move(warning));
}

// What a first reading left to further ones.
struct Wanted {
  std::vector<std::uint32_t> ocr_pages;
  std::vector<WantedConversion> conversions;
  bool read = false;  // all of it: it was glanced at
  PageLayout layout;  // of a page that was asked for
};

// Of the file as it came; what a conversion says about itself is about the conversion, except what people wrote.
void take_over(Extraction&& converted, Extraction& into) {
  into.pages = std::move(converted.pages);
  if (into.title.empty()) into.title = std::move(converted.title);
  for (const char* key : {"author", "subject", "keywords", "description", "page_count"})
    if (const auto found = converted.metadata.find(key); found != converted.metadata.end())
      into.metadata.insert(*found);
  for (auto& warning : converted.warnings) into.warnings.push_back(std::move(warning));
  if (!into.failure) into.failure = std::move(converted.failure);
}

bool is_shown(FrameKind kind) {
  return kind == FrameKind::render_page || kind == FrameKind::place_characters || kind == FrameKind::count_pages;
}

ExtractorOptions one_worker(ExtractorOptions options) {
  options.workers = 1;
  return options;
}

class PooledExtractor final : public Extractor {
 public:
  explicit PooledExtractor(const ExtractorOptions& options)
      : options_(options),
        pool_(options),
        shown_(one_worker(options), WorkerPool::Folder::none, WorkerPool::Haste::somebody_waits),
        office_(options) {}

  using Extractor::extract;
  Extraction extract(const SourceFile& file, const Reading& reading) override;
  std::optional<Failure> unpack(const SourceFile& file, UnpackSink& sink) override;
  std::optional<Bytes> render_page(const SourceFile& file, std::uint32_t number, std::uint32_t width) override;
  std::optional<Bytes> to_pdf(const SourceFile& file) override;
  std::optional<std::uint32_t> count_pages(const SourceFile& file) override;
  std::optional<PageLayout> lay_out(const SourceFile& file, std::uint32_t number) override;
  std::vector<std::vector<std::string>> read_table(const SourceFile& file) override;
  std::string identify(const SourceFile& file) override;
  Glance glance(const SourceFile& file) override;
  SandboxReport sandbox() override;
  std::string version() const override {
    return std::string(kExtractionVersion) + (options_.ocr ? "+ocr" : "") + (office_.available() ? "+office" : "");
  }

 private:
  Request request(FrameKind kind, const SourceFile& file) const;
  std::optional<Failure> run(const Request& request, const SourceFile& file, const WorkerProcess::OnFrame& on_frame,
                             const std::stop_token& stop = {}, bool* fresh_worker = nullptr);
  Extraction assemble(const Request& request, const SourceFile& file, const std::stop_token& stop, Wanted* wanted);
  void read_converted(const SourceFile& file, const WantedConversion& wanted, const Reading& reading, Extraction& into);
  void read_scanned_pages(const SourceFile& file, const std::vector<std::uint32_t>& pages, const Reading& reading,
                          Extraction& into);
  Extraction read_scanned_page(const SourceFile& file, std::uint32_t page, const Reading& reading);

  const ExtractorOptions options_;
  WorkerPool pool_;
  WorkerPool shown_;  // what somebody waits to see does not wait for files that are read
  OfficeConversion office_;
};

Request PooledExtractor::request(FrameKind kind, const SourceFile& file) const {
  Request request;
  request.kind = kind;
  request.limits = options_.limits;
  request.ocr = options_.ocr;
  request.name = to_valid_utf8(file.name);
  return request;
}

std::optional<Failure> PooledExtractor::run(const Request& request, const SourceFile& file,
                                            const WorkerProcess::OnFrame& on_frame, const std::stop_token& stop,
                                            bool* fresh_worker) {
  const Descriptor input = reopen_read_only(file.descriptor);
  auto worker = (is_shown(request.kind) ? shown_ : pool_).borrow(stop);
  pool_.require_locked_in(*worker);
  if (fresh_worker != nullptr) *fresh_worker = worker->served() == 0;
  return worker->run(request, input.get(), on_frame, stop);
}

Extraction PooledExtractor::assemble(const Request& request, const SourceFile& file, const std::stop_token& stop,
                                     Wanted* wanted) {
  std::optional<ReplyAssembler> assembler(options_.limits);
  std::optional<Failure> failure;
  const auto attempt = [&] {
    bool fresh_worker = true;
    try {
      failure = run(
          request, file, [&](const Frame& frame) { assembler->accept(frame); }, stop, &fresh_worker);
    } catch (const Error& problem) {
      if (problem.code() != ErrorCode::resource_exhausted) throw;
      failure = Failure{"output_limit", problem.message()};
    }
    return fresh_worker;
  };
  // A worker may die of what files before this one left in it; a file is blamed for the death of a fresh one only.
  bool fresh_worker = attempt();
  while (!fresh_worker && failure && (failure->code == "worker_crashed" || failure->code == "memory_limit")) {
    assembler.emplace(options_.limits);
    failure.reset();
    fresh_worker = attempt();
  }
  if (wanted != nullptr)
    *wanted = {assembler->ocr_wanted(), std::move(assembler->conversions_wanted()), assembler->read_wanted(),
               std::move(assembler->layout())};
  auto& result = assembler->result();
  if (failure) result.failure = failure;
  if (result.media_type.empty()) result.media_type = kUnknownType;
  return std::move(result);
}

Extraction PooledExtractor::extract(const SourceFile& file, const Reading& reading) {
  Wanted wanted;
  Extraction result = assemble(request(FrameKind::extract, file), file, reading.stop, &wanted);
  if (options_.ocr) read_scanned_pages(file, wanted.ocr_pages, reading, result);
  for (const auto& conversion : wanted.conversions) read_converted(file, conversion, reading, result);
  result.puid = pronom_id(result);
  return result;
}

// Pages of OCR are kept only of the file itself, since a member's pages have the same numbers.
void PooledExtractor::read_converted(const SourceFile& file, const WantedConversion& wanted, const Reading& reading,
                                     Extraction& into) {
  const bool whole = wanted.target == 0;
  const Descriptor input = whole ? reopen_read_only(file.descriptor) : anonymous_file(wanted.bytes);
  auto converted = office_.convert(input.get(), wanted, reading.stop);
  Extraction read;
  if (converted.failure) {
    read.failure = converted.failure;
  } else {
    const SourceFile result{converted.file.get(), file.name};
    Wanted further;
    read = assemble(request(FrameKind::extract, result), result, reading.stop, &further);
    if (options_.ocr) read_scanned_pages(result, further.ocr_pages, whole ? reading : Reading{reading.stop}, read);
  }
  if (whole) return take_over(std::move(read), into);
  Embedded& member = into.embedded.at(wanted.target - 1);
  member.pages = std::move(read.pages);
  if (read.failure) member.error = read.failure->code;
}

// A request for each page, so that a page that kills the worker or takes too long costs only itself.
void PooledExtractor::read_scanned_pages(const SourceFile& file, const std::vector<std::uint32_t>& pages,
                                         const Reading& reading, Extraction& into) {
  const auto end = std::chrono::steady_clock::now() + options_.limits.total_time;
  for (const auto page : pages) {
    if (std::chrono::steady_clock::now() >= end) {
      into.warnings.push_back({"ocr_time_limit", "pages from " + std::to_string(page) + " on were not read"});
      return;
    }
    Extraction part = read_scanned_page(file, page, reading);
    if (part.failure)
      into.warnings.push_back({"ocr_failed", "page " + std::to_string(page) + ": " + part.failure->code});
    add_ocr_pages(into, std::move(part));
  }
}

Extraction PooledExtractor::read_scanned_page(const SourceFile& file, std::uint32_t page, const Reading& reading) {
  if (const auto known = reading.known_pages.find(page); known != reading.known_pages.end()) {
    Extraction part;
    if (!known->second.text.empty()) part.pages.push_back(known->second);
    return part;
  }
  auto one = request(FrameKind::ocr_page, file);
  one.page = page;
  Wanted wanted;
  Extraction part = assemble(one, file, reading.stop, &wanted);
  if (reading.keep && !part.failure)
    reading.keep(part.pages.empty() ? PageText{page, {}, true} : part.pages.front(), wanted.layout);
  return part;
}

std::optional<Failure> PooledExtractor::unpack(const SourceFile& file, UnpackSink& sink) {
  std::optional<Failure> reported;
  bool open = false;
  std::uint64_t expanded = 0, entries = 0;
  const auto on_frame = [&](const Frame& frame) {
    if (frame.kind == FrameKind::failure) {
      reported = Failure{frame.text(0), frame.text(1)};
    } else if (frame.kind == FrameKind::member && !open && ++entries <= options_.limits.entries) {
      open = true;
      sink.begin({frame.text(0), frame.bytes(1), frame.number(0)});
    } else if (frame.kind == FrameKind::data && open && expanded <= options_.limits.expanded_bytes) {
      expanded += frame.bytes(0).size();
      sink.write(frame.bytes(0));
    } else if (frame.kind == FrameKind::member_end && open) {
      open = false;
      sink.end(frame.text(0));
    } else if (frame.kind != FrameKind::progress) {
      throw Error(ErrorCode::data_loss, "extraction worker out of order while unpacking");
    }
  };
  const auto failure = run(request(FrameKind::unpack, file), file, on_frame);
  if (failure && open) sink.end(failure->code);
  return failure ? failure : reported;
}

std::optional<Bytes> PooledExtractor::render_page(const SourceFile& file, std::uint32_t number, std::uint32_t width) {
  if (number == 0 || width == 0 || width > kMaxImageWidth)
    throw Error(ErrorCode::invalid_argument,
                "page numbers start at 1, widths end at " + std::to_string(kMaxImageWidth));
  auto asked = request(FrameKind::render_page, file);
  asked.page = number;
  asked.width = width;
  Bytes image;
  bool failed = false;
  const auto failure = run(asked, file, [&](const Frame& frame) {
    if (frame.kind == FrameKind::failure) failed = true;
    if (frame.kind != FrameKind::data) return;
    const auto& piece = frame.bytes(0);
    if (image.size() + piece.size() > options_.limits.output_bytes)
      throw Error(ErrorCode::data_loss, "a page image beyond the output limit");
    image.insert(image.end(), piece.begin(), piece.end());
  });
  if (failure || failed || image.empty()) return std::nullopt;
  return image;
}

std::optional<Bytes> PooledExtractor::to_pdf(const SourceFile& file) {
  std::optional<WantedConversion> wanted;
  run(request(FrameKind::identify, file), file, [&](const Frame& frame) {
    if (frame.kind == FrameKind::convert_wanted) wanted = WantedConversion{0, frame.text(0), frame.text(1), {}};
  });
  if (!wanted || !office_.available()) return std::nullopt;
  const auto result = office_.convert(reopen_read_only(file.descriptor).get(), *wanted, {});
  if (result.failure) return std::nullopt;
  return whole_file(result.file.get());
}

std::optional<std::uint32_t> PooledExtractor::count_pages(const SourceFile& file) {
  const auto answer = assemble(request(FrameKind::count_pages, file), file, {}, nullptr);
  const auto count = answer.metadata.find("page_count");
  if (answer.failure || count == answer.metadata.end()) return std::nullopt;
  std::uint32_t number = 0;
  std::from_chars(count->second.data(), count->second.data() + count->second.size(), number);
  return std::min(number, options_.limits.pages);
}

std::optional<PageLayout> PooledExtractor::lay_out(const SourceFile& file, std::uint32_t number) {
  auto asked = request(FrameKind::place_characters, file);
  asked.page = number;
  Wanted wanted;
  if (assemble(asked, file, {}, &wanted).failure) return std::nullopt;
  return std::move(wanted.layout);
}

std::vector<std::vector<std::string>> PooledExtractor::read_table(const SourceFile& file) {
  std::vector<std::vector<std::string>> rows;
  std::optional<Failure> reported;
  std::uint64_t bytes = 0;
  bool row_open = false;
  const auto failure = run(request(FrameKind::read_table, file), file, [&](const Frame& frame) {
    if (frame.kind == FrameKind::failure) reported = Failure{frame.text(0), frame.text(1)};
    if (frame.kind != FrameKind::row && frame.kind != FrameKind::row_part) return;
    if (!row_open) rows.emplace_back();
    row_open = frame.kind == FrameKind::row_part;
    for (std::size_t i = 0; i < frame.fields.size(); ++i) {
      bytes += frame.fields[i].size() + sizeof(std::string);
      rows.back().push_back(frame.text(i));
    }
    bytes += sizeof(std::vector<std::string>);
    if (bytes > options_.limits.output_bytes) throw Error(ErrorCode::data_loss, "a table beyond the output limit");
  });
  if (failure) reported = failure;
  if (reported)
    throw Error(ErrorCode::invalid_argument, "cannot read the table: " + reported->code + ": " + reported->detail,
                "extract.table_unreadable", {{"code", reported->code}});
  return rows;
}

std::string PooledExtractor::identify(const SourceFile& file) {
  std::string media_type = kUnknownType;
  run(request(FrameKind::identify, file), file, [&](const Frame& frame) {
    if (frame.kind == FrameKind::identified) media_type = frame.text(0);
  });
  return media_type;
}

Glance PooledExtractor::glance(const SourceFile& file) {
  Request asked = request(FrameKind::glance, file);
  asked.limits = at_a_glance(asked.limits);
  Wanted wanted;
  Extraction seen = assemble(asked, file, {}, &wanted);
  if (seen.failure && seen.media_type == kUnknownType) seen.media_type = identify(file);
  if (wanted.read || seen.failure) return {std::move(seen.media_type), std::nullopt};
  seen.puid = pronom_id(seen);
  return {seen.media_type, std::move(seen)};
}

SandboxReport PooledExtractor::sandbox() { return pool_.sandbox(); }

}  // namespace

std::string with_ocr(const std::string& layer, const std::string& read) {
  if (without_blanks(read).find(without_blanks(layer)) != std::string::npos) return read;
  return read.empty() ? layer : layer + "\n" + read;
}

std::unique_ptr<Extractor> Extractor::make(const ExtractorOptions& options) {
  if (::access(options.worker_program.c_str(), X_OK) != 0)
    throw Error(ErrorCode::failed_precondition,
                "the extraction worker is missing or cannot be executed: " + options.worker_program.string());
  if (options.workers == 0) throw Error(ErrorCode::invalid_argument, "extraction needs at least one worker");
  return std::make_unique<PooledExtractor>(options);
}

}  // namespace lantai::extract
