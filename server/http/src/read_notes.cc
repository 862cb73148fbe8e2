#include "read_notes.h"

#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/records/audited.h"

namespace lantai::http {

// Remembers it, if not.
bool ReadNotes::noted_lately(const std::string& key, Time now) {
  std::lock_guard lock(mutex_);
  if (noted_.size() >= kRemembered) {
    std::erase_if(noted_, [&](const auto& entry) { return now - entry.second >= kNotAgain; });
    if (noted_.size() >= kRemembered) noted_.clear();
  }
  const auto [at, fresh] = noted_.try_emplace(key, now);
  const bool lately = !fresh && now - at->second < kNotAgain;
  if (!lately) at->second = now;
  return lately;
}

void ReadNotes::note(storage::Store& store, const records::Principal& reader, const char* action,
                     const std::string& subject, const schema::Json& detail) {
  const std::string key = action + '\n' + reader.id + '\n' + reader.post + '\n' + reader.behalf + '\n' +
                          reader.purpose + '\n' + reader.address + '\n' + subject + '\n' + detail.dump();
  if (noted_lately(key, std::chrono::steady_clock::now())) return;
  try {
    store.run_transaction([&](storage::Transaction& transaction) {
      transaction.append_audit(records::audited(reader, action, subject, "ok", detail));
    });
  } catch (const Error& error) {
    log::error("{} of {} by {} cannot be noted: {}", action, subject, reader.id, error.message());
    std::lock_guard lock(mutex_);
    noted_.erase(key);
  }
}

}  // namespace lantai::http
