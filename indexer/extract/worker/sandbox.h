// What can a parser do that hostile bytes have taken over? After lock_in(): compute, read what it was handed and the
// fonts, character maps and OCR models, and write to its one socket (docs/adr/0020). There is no way back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lantai::extract::worker {

struct SandboxState {
  bool complete = true;
  std::string detail;  // the layers in force, and which the host forbids
};

// What a worker needs beyond the strictest. Empty: nothing.
struct Freedom {
  std::vector<const char*> readable;   // further folders and files
  const char* writable = nullptr;      // a folder of its own, for libraries that work on files
  std::uint64_t file_bytes = 0;        // how large a file in it may become
  bool threads_and_libraries = false;  // start threads, load libraries that are readable
};

// Layers: resource limits, no privileges, Landlock, seccomp. Applies every layer the host allows and then tries what
// must fail; complete only if all of that was refused.
SandboxState lock_in(std::uint64_t memory_bytes, const Freedom& freedom = {});

struct Attempt {
  std::string what;
  bool allowed;
};
// Tries to open files, write, connect, start processes, look at others.
std::vector<Attempt> try_to_break_out();

}  // namespace lantai::extract::worker
