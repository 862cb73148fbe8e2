#include "office_conversion.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

void append(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw Error(ErrorCode::resource_exhausted, "no memory for a converted document");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

Descriptor empty_file() {
  Descriptor file(::memfd_create("document", MFD_CLOEXEC));
  if (file.get() < 0)
    throw Error(ErrorCode::resource_exhausted, "no memory file: " + std::generic_category().message(errno));
  return file;
}

ExtractorOptions office_options(ExtractorOptions options) {
  options.worker_program = options.office_program;
  options.workers = 1;
  return options;
}

}  // namespace

Descriptor anonymous_file(ByteView bytes) {
  Descriptor file = empty_file();
  append(file.get(), bytes);
  return file;
}

OfficeConversion::OfficeConversion(const ExtractorOptions& options)
    : options_(office_options(options)),
      available_(!options_.worker_program.empty() && ::access(options_.worker_program.c_str(), X_OK) == 0),
      pool_(options_, WorkerPool::Folder::own) {}

OfficeConversion::Result OfficeConversion::convert(int descriptor, const WantedConversion& wanted,
                                                   const std::stop_token& stop) {
  if (!available_) return {Descriptor(), Failure{"unsupported_format", "the program that reads it is not installed"}};
  Request request;
  request.kind = FrameKind::convert;
  request.limits = options_.limits;
  request.name = wanted.extension;
  request.target = wanted.format;
  auto worker = pool_.borrow(stop);
  pool_.require_locked_in(*worker);
  Result result{empty_file(), std::nullopt};
  std::uint64_t size = 0;
  const auto failure = worker->run(
      request, descriptor,
      [&](const Frame& frame) {
        if (frame.kind == FrameKind::failure) result.failure = Failure{frame.text(0), frame.text(1)};
        if (frame.kind != FrameKind::data) return;
        size += frame.bytes(0).size();
        if (size > options_.limits.expanded_bytes) throw Error(ErrorCode::data_loss, "beyond the limit of expansion");
        append(result.file.get(), frame.bytes(0));
      },
      stop);
  if (failure) result.failure = failure;
  if (!result.failure && size == 0) result.failure = Failure{"damaged", "nothing came out of the conversion"};
  return result;
}

}  // namespace lantai::extract
