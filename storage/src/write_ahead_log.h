// Where does the newest log of the engine end, and was anything behind that end lost? The engine itself takes a record
// whose length was damaged for one that was being written when the machine stopped, and drops it with all that follow.
// The shape of a log is that of RocksDB (its wiki, "Write Ahead Log File Format"). Functions are thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "lantai/base/bytes.h"

namespace lantai::storage {

struct LogEnd {
  std::uint64_t bytes = 0;                   // up to the end of the last whole batch
  std::optional<std::uint64_t> last_number;  // of the last write in it; nothing in a log without a whole batch
  bool more = false;                         // a later batch begins behind the end: what lies between was damaged
};

LogEnd find_log_end(ByteView log);

// Checks the newest log below `directory` that holds anything. A batch that was being written is cut off. Throws
// data_loss, with nothing changed, when a written batch is damaged, or when the log in use ends before `mark`, the
// number of the last write known to be durable. False: it cannot be told from the log whether the mark is reached.
bool check_newest_log(const std::filesystem::path& directory, const std::optional<std::uint64_t>& mark);
// What the engine writes when it opens, beside a few small files.
std::uintmax_t bytes_in_logs(const std::filesystem::path& directory);

}  // namespace lantai::storage
