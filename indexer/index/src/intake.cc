#include "intake.h"

#include <atomic>
#include <thread>

namespace lantai::index {
namespace {

constexpr std::size_t kWorthAThread = 8;

}  // namespace

std::vector<Taken> Intake::take(std::span<const Subject> subjects) {
  std::vector<Taken> all(subjects.size());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto work = [&](Analyser& analyser) {
    while (!failed) {
      const std::size_t i = next++;
      if (i >= all.size()) return;
      Taken& taken = all[i];
      taken.subject = subjects[i];
      try {
        taken.document = source_.find(taken.subject.type, taken.subject.id);
        if (!taken.document) continue;
        taken.analysed = analyser.analyse(*taken.document);
        taken.document->pages = {};
      } catch (...) {
        taken.error = std::current_exception();
        failed = true;
      }
    }
  };
  std::jthread beside;
  if (all.size() >= kWorthAThread) beside = std::jthread([&] { work(analysers_[1]); });
  work(analysers_[0]);
  if (beside.joinable()) beside.join();
  if (next < all.size()) all.resize(next);
  return all;
}

}  // namespace lantai::index
