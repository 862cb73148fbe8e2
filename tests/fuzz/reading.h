// What the worker needs to read a file, without its sandbox and with nobody who listens: for fuzz targets.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "channel.h"
#include "extract.h"
#include "fault.h"
#include "lantai/extract/extractor.h"
#include "mail_parts.h"

namespace lantai::extract::fuzz {

// Before anything else opens a file: its number is the one that answers are written to.
inline const bool kNobodyListens =
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), worker::kSocket) == worker::kSocket;

class Reading {
 public:
  static Reading& shared() {
    static Reading reading;
    return reading;
  }

  // `act(report, context)`; any exception is an answer.
  template <typename Act>
  void run(Act act) {
    worker::Budget budget(request_limits());
    worker::Report report(channel_, budget);
    worker::Context context{charsets_, magic_, ocr_, false, "file"};
    try {
      act(report, context);
    } catch (const worker::Fault&) {
      return;
    } catch (const std::exception&) {
      return;
    }
  }

  void read(std::string bytes) {
    run([&](worker::Report& report, worker::Context& context) {
      worker::Source source(to_bytes(bytes));
      worker::extract(source, report, context, 0);
    });
  }

 private:
  Reading() { worker::prepare_mail(); }
  static Limits request_limits() {
    Limits limits;
    limits.expanded_bytes = limits.output_bytes = 64ULL << 20U;
    limits.entries = 1'000;
    limits.pages = 100;
    return limits;
  }

  worker::Charsets charsets_;
  worker::Magic magic_;
  worker::OcrEngine ocr_;
  worker::Channel channel_;
};

}  // namespace lantai::extract::fuzz
