// What happens at Ctrl-C, or when the system ends this program? Reading stops in order, so that no file is taken for
// one that brought the program down, and the process ends with 128 + the signal. What is stored by then stays. Make one
// before the first thread, and watch as long as the pipeline lives. Thread-confined.
#pragma once

#include <csignal>
#include <memory>

#include "lantai/archive/extraction_pipeline.h"

namespace lantai::cli {

class Interruption {
 public:
  Interruption();  // holds the signals back, in all threads made from now on

  class Watch {
   public:
    virtual ~Watch() = default;
  };
  std::unique_ptr<Watch> watch(archive::ExtractionPipeline& pipeline) const;

 private:
  sigset_t signals_{};
};

}  // namespace lantai::cli
