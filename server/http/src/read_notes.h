// Who has read which file, and looked for what? Each download is an entry of the audit log (action `file.read`),
// durable before the first byte leaves, and so is each search where the policy asks for it (`search`). A viewer that
// fetches a file piece by piece, or a person who comes back to it soon, is noted once in kNotAgain. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "lantai/records/principal.h"
#include "lantai/schema/value.h"
#include "lantai/storage/store.h"

namespace lantai::http {

class ReadNotes {
 public:
  static constexpr std::chrono::minutes kNotAgain{10};
  // `subject`: the record, item/…, or empty; `detail`: which file of it, or what was asked. Where nothing can be
  // written any more (the disk is full), reading goes on, and the server's log says so.
  void note(storage::Store& store, const records::Principal& reader, const char* action, const std::string& subject,
            const schema::Json& detail);

 private:
  using Time = std::chrono::steady_clock::time_point;
  bool noted_lately(const std::string& key, Time now);

  static constexpr std::size_t kRemembered = 20'000;
  std::mutex mutex_;
  std::unordered_map<std::string, Time> noted_;
};

}  // namespace lantai::http
