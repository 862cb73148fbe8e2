// What became of one record, a page of versions at a time? Reads from the latest down, holding two records at most.
// Confined to its view.
#pragma once

#include <optional>

#include "access.h"
#include "lantai/records/record_engine.h"

namespace lantai::records {

class HistoryReader {
 public:
  HistoryReader(const storage::ReadView& view, const Catalogue& catalogue, const Principal& principal,
                const Record& current, Timestamp now)
      : catalogue_(catalogue),
        principal_(principal),
        view_(view),
        access_(catalogue, principal, view, now),
        current_(current) {}

  HistoryPage page(const HistoryRequest& request);

 private:
  void add(std::uint64_t version);
  std::optional<Record> read(std::uint64_t version, VersionInfo& info);
  void settle(const Record* before);
  std::uint64_t first_of(const HistoryRequest& request) const;

  const Catalogue& catalogue_;
  const Principal& principal_;
  const storage::ReadView& view_;
  Access access_;
  const Record& current_;
  HistoryPage page_;
  std::size_t bytes_ = 0;
  // A version whose differences wait for the one before it that the caller may see.
  std::optional<Record> open_;
  std::size_t open_at_ = 0;
};

}  // namespace lantai::records
