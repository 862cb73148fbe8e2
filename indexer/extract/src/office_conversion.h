// How does the server read what only LibreOffice can? A worker of its own converts the document; what comes out is as
// untrusted as what went in, and goes to an extraction worker. Thread-safe; one document at a time.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "worker_pool.h"

namespace lantai::extract {

// What a worker asked to have converted before it can read it.
struct WantedConversion {
  std::uint64_t target = 0;  // 0: the file itself, n: the n-th embedded
  std::string extension;     // what LibreOffice is to take it for
  std::string format;        // what it is to become
  Bytes bytes;               // of a member
};

// A file that has no name and is gone when closed. Throws resource_exhausted.
Descriptor anonymous_file(ByteView bytes);

class OfficeConversion {
 public:
  explicit OfficeConversion(const ExtractorOptions& options);

  bool available() const { return available_; }

  struct Result {
    Descriptor file;                 // what it has become,
    std::optional<Failure> failure;  // or why nothing: unsupported_format, damaged, time_limit, …
  };
  // Throws failed_precondition when the sandbox is incomplete and that is not allowed, cancelled.
  Result convert(int descriptor, const WantedConversion& wanted, const std::stop_token& stop);

 private:
  const ExtractorOptions options_;
  const bool available_;
  WorkerPool pool_;
};

}  // namespace lantai::extract
