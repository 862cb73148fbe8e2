// How do several records come to be in one commit? Rows in their order, as many in a transaction as fit; a row that
// fails takes back what it wrote and leaves the others. Thread-confined; used within one call of the engine.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine_impl.h"

namespace lantai::records {

class BatchCreate {
 public:
  // `records` stay where they are until the results have been taken.
  BatchCreate(RecordEngine::Impl& engine, const Principal& principal, const std::vector<NewRecord>& records);
  std::vector<CreateResult> run();
  std::vector<CreateResult> check();  // the same without writing

 private:
  struct Row {
    std::optional<WriteRequest> request;  // absent: refused before anything was read
    Bytes key;                            // of idempotency; empty: none
    std::string fingerprint;
    std::optional<std::string> made_before;  // the id that this key stands for
    CreateResult result;
  };

  void prepare(const NewRecord& record, Timestamp now, Row& row) const;
  void commit_some();
  void check_some();
  void refuse(std::size_t end, const Error& error);
  std::vector<CreateResult> results();
  std::size_t write_rows(storage::Transaction& transaction, std::size_t limit);
  void write_row(storage::Transaction& transaction, Row& row) const;
  bool claim(storage::Transaction& transaction, Row& row) const;
  void settle(Row& row, std::uint64_t position) const;

  RecordEngine::Impl& engine_;
  const Principal& principal_;
  std::deque<Row> rows_;
  std::size_t next_ = 0;  // the first that is not committed
};

}  // namespace lantai::records
