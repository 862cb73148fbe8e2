// What do changed records look like now, and which terms do they give? Reads and analyses them, several in two threads.
// Thread-confined.
#pragma once

#include <array>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis.h"
#include "lantai/index/document.h"

namespace lantai::index {

struct Subject {
  std::string type, id;
  auto operator<=>(const Subject&) const = default;
};

struct Taken {
  Subject subject;
  std::optional<Document> document;  // without its pages; nullopt: not there, or not searchable
  AnalysedDocument analysed;
  std::exception_ptr error;  // why it could not be read
};

class Intake {
 public:
  static constexpr std::size_t kAtOnce = 64;  // more would only take memory

  explicit Intake(const DocumentSource& source) : source_(source) {}
  // Of the first of them, in their order: none is taken after one that could not be read.
  std::vector<Taken> take(std::span<const Subject> subjects);

 private:
  const DocumentSource& source_;
  std::array<Analyser, 2> analysers_;
};

}  // namespace lantai::index
