#include "interruption.h"

#include <pthread.h>
#include <unistd.h>

#include <thread>

namespace lantai::cli {
namespace {

constexpr int kEndOfWatch = SIGUSR1;

class Waiting final : public Interruption::Watch {
 public:
  Waiting(const sigset_t& signals, archive::ExtractionPipeline& pipeline)
      : thread_([signals, &pipeline] {
          int signal = 0;
          sigwait(&signals, &signal);
          if (signal == kEndOfWatch) return;
          pipeline.stop();
          ::_exit(128 + signal);
        }) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() override { pthread_kill(thread_.native_handle(), kEndOfWatch); }

 private:
  std::jthread thread_;
};

}  // namespace

Interruption::Interruption() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, kEndOfWatch}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

std::unique_ptr<Interruption::Watch> Interruption::watch(archive::ExtractionPipeline& pipeline) const {
  return std::make_unique<Waiting>(signals_, pipeline);
}

}  // namespace lantai::cli
