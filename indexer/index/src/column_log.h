// How do the columns survive a restart? As a log of what was added and removed, replayed at open. Entries wait in
// memory until flush(), which writes them as one compressed block with a CRC (docs/formats/index.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/index/columns.h"
#include "lantai/index/document.h"
#include "shared_strings.h"

namespace lantai::index {

struct ColumnRecord {
  DocId doc = 0;
  bool removed = false;  // nothing but `doc` is set
  std::string type, id;
  std::uint64_t version = 0;
  std::string code_key, date;
  TextLog::Place text;
  std::uint32_t length = 0;
  std::vector<std::string> access;
  std::vector<std::pair<std::string, std::vector<std::string>>> fields;  // those with a column
};

class ColumnLog {
 public:
  // Replays the first `committed` bytes and cuts the rest; throws data_loss when they are damaged or missing.
  ColumnLog(const std::filesystem::path& file, std::uint64_t committed,
            const std::function<void(const ColumnRecord&)>& replay);
  ~ColumnLog();
  ColumnLog(const ColumnLog&) = delete;
  ColumnLog& operator=(const ColumnLog&) = delete;

  void append(const ColumnRecord& record);
  void flush();                                 // durable on return; when it throws it keeps what waits
  std::uint64_t size() const { return size_; }  // of what is durable

 private:
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::string waiting_;  // entries, each after its length
  SharedStrings strings_;
};

}  // namespace lantai::index
