#include "column_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <cerrno>
#include <fstream>

#include "encoding.h"

namespace lantai::index {
namespace {

std::uint32_t crc_of(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

std::string encode(const ColumnRecord& record, SharedStrings& strings) {
  std::string out;
  put_number(record.doc, out);
  put_number(record.removed ? 1 : 0, out);
  if (record.removed) return out;
  strings.put(record.type, out);
  put_text(record.id, out);
  put_number(record.version, out);
  put_text(record.code_key, out);
  strings.put(record.date, out);
  put_number(record.text.offset, out);
  put_number(record.text.size, out);
  put_number(record.length, out);
  put_number(record.access.size(), out);
  for (const auto& term : record.access) strings.put(term, out);
  put_number(record.fields.size(), out);
  for (const auto& [name, values] : record.fields) {
    strings.put(name, out);
    put_number(values.size(), out);
    for (const auto& value : values) strings.put(value, out);
  }
  return out;
}

ColumnRecord decode(std::string_view in, SharedStrings& strings) {
  ColumnRecord record;
  record.doc = static_cast<DocId>(get_number(in));
  record.removed = get_number(in) == 1;
  if (record.removed) return record;
  record.type = strings.get(in);
  record.id = get_text(in);
  record.version = get_number(in);
  record.code_key = get_text(in);
  record.date = strings.get(in);
  record.text.offset = get_number(in);
  record.text.size = static_cast<std::uint32_t>(get_number(in));
  record.length = static_cast<std::uint32_t>(get_number(in));
  for (std::uint64_t count = get_number(in); count > 0; --count) record.access.push_back(strings.get(in));
  for (std::uint64_t count = get_number(in); count > 0; --count) {
    auto& [name, values] = record.fields.emplace_back();
    name = strings.get(in);
    for (std::uint64_t number = get_number(in); number > 0; --number) values.push_back(strings.get(in));
  }
  return record;
}

}  // namespace

ColumnLog::ColumnLog(const std::filesystem::path& file, std::uint64_t committed,
                     const std::function<void(const ColumnRecord&)>& replay)
    : size_(committed) {
  if (committed > 0) {
    std::ifstream in(file, std::ios::binary);
    if (!in && std::filesystem::exists(file)) throw Error(ErrorCode::unavailable, "index column log cannot be read");
    std::string entry;
    for (std::uint64_t at = 0; at < committed; at += 8 + entry.size()) {
      std::uint32_t head[2] = {0, 0};
      if (!in.read(reinterpret_cast<char*>(head), sizeof head) || at + 8 + head[0] > committed) {
        throw Error(ErrorCode::data_loss, "index column log is cut off");
      }
      entry.resize(head[0]);
      if (!in.read(entry.data(), head[0]) || crc_of(entry) != head[1]) {
        throw Error(ErrorCode::data_loss, "index column log is damaged");
      }
      replay(decode(entry, strings_));
    }
  }
  file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0 || ::ftruncate(file_, static_cast<off_t>(committed)) != 0) {
    throw system_error("index column log", errno);
  }
}

ColumnLog::~ColumnLog() {
  if (file_ >= 0) ::close(file_);
}

void ColumnLog::append(const ColumnRecord& record) {
  const std::string entry = encode(record, strings_);
  const std::uint32_t head[2] = {static_cast<std::uint32_t>(entry.size()), crc_of(entry)};
  waiting_.append(reinterpret_cast<const char*>(head), sizeof head);
  waiting_ += entry;
}

void ColumnLog::flush() {
  std::size_t done = 0;
  while (done < waiting_.size()) {
    const ssize_t written =
        ::pwrite(file_, waiting_.data() + done, waiting_.size() - done, static_cast<off_t>(size_ + done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw system_error("index column log", errno);
    }
    done += static_cast<std::size_t>(written);
  }
  if (::fdatasync(file_) != 0) {
    throw system_error("index column log", errno);
  }
  size_ += waiting_.size();
  waiting_.clear();
}

}  // namespace lantai::index
