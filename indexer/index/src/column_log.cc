#include "column_log.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <boost/crc.hpp>
#include <cerrno>
#include <fstream>

#include "encoding.h"

namespace lantai::index {
namespace {

struct BlockHead {
  std::uint32_t size = 0, crc = 0;  // of the compressed bytes
};
constexpr std::uint64_t kMostUnpacked = std::uint64_t{1} << 31U;

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

constexpr int kLevel = 3;  // higher ones save a few hundredths

std::string packed(std::string_view entries) {
  std::string out(ZSTD_compressBound(entries.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), entries.data(), entries.size(), kLevel);
  if (ZSTD_isError(size) != 0) throw Error(ErrorCode::resource_exhausted, "index column log: no memory to compress");
  out.resize(size);
  return out;
}

std::string unpacked(std::string_view block) {
  const auto size = ZSTD_getFrameContentSize(block.data(), block.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMostUnpacked)
    throw Error(ErrorCode::data_loss, "index column log is damaged");
  std::string out(size, '\0');
  if (ZSTD_decompress(out.data(), out.size(), block.data(), block.size()) != size)
    throw Error(ErrorCode::data_loss, "index column log is damaged");
  return out;
}

}  // namespace

ColumnLog::ColumnLog(const std::filesystem::path& file, std::uint64_t committed,
                     const std::function<void(const ColumnRecord&)>& replay)
    : size_(committed) {
  if (committed > 0) {
    std::ifstream in(file, std::ios::binary);
    if (!in && std::filesystem::exists(file)) throw Error(ErrorCode::unavailable, "index column log cannot be read");
    std::string block;
    for (std::uint64_t at = 0; at < committed; at += sizeof(BlockHead) + block.size()) {
      BlockHead head;
      if (!in.read(reinterpret_cast<char*>(&head), sizeof head) || at + sizeof head + head.size > committed) {
        throw Error(ErrorCode::data_loss, "index column log is cut off");
      }
      block.resize(head.size);
      if (!in.read(block.data(), head.size) || crc_of(block) != head.crc) {
        throw Error(ErrorCode::data_loss, "index column log is damaged");
      }
      const std::string entries = unpacked(block);
      for (std::string_view rest = entries; !rest.empty();) replay(decode(get_text(rest), strings_));
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

void ColumnLog::append(const ColumnRecord& record) { put_text(encode(record, strings_), waiting_); }

void ColumnLog::flush() {
  if (waiting_.empty()) return;
  const std::string block = packed(waiting_);
  const BlockHead head{static_cast<std::uint32_t>(block.size()), crc_of(block)};
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  bytes += block;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(size_ + done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw system_error("index column log", errno);
    }
    done += static_cast<std::size_t>(written);
  }
  if (::fdatasync(file_) != 0) {
    throw system_error("index column log", errno);
  }
  size_ += bytes.size();
  waiting_.clear();
}

}  // namespace lantai::index
