#include "history_reader.h"

#include <charconv>

#include "differences.h"
#include "engine_impl.h"
#include "list_query.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

std::size_t size_of(const std::vector<FieldDifference>& differences) {
  std::size_t size = 0;
  for (const auto& one : differences) size += one.before.dump().size() + one.after.dump().size();
  return size;
}

}  // namespace

std::uint64_t HistoryReader::first_of(const HistoryRequest& request) const {
  require_page_limit(request.limit);
  if (request.page_token.empty()) return current_.version;
  std::uint64_t version = 0;
  const auto* const last = request.page_token.data() + request.page_token.size();
  const auto [end, error] = std::from_chars(request.page_token.data(), last, version);
  if (error != std::errc() || end != last || version == 0 || version > current_.version) {
    throw Error(ErrorCode::invalid_argument, "the page token is not of this history", "record.bad_page_token");
  }
  return version;
}

HistoryPage HistoryReader::page(const HistoryRequest& request) {
  auto version = first_of(request);
  while (version > 0 && page_.versions.size() < request.limit && bytes_ < kHistoryBytes) add(version--);
  if (version > 0) page_.next_page_token = std::to_string(version);
  for (; open_ && version > 0; --version) {
    VersionInfo ignored;
    if (const auto before = read(version, ignored)) settle(&*before);
  }
  settle(nullptr);
  return std::move(page_);
}

void HistoryReader::add(std::uint64_t version) {
  VersionInfo info;
  auto record = read(version, info);
  page_.versions.push_back(std::move(info));
  if (!record) return;
  settle(&*record);
  open_ = std::move(record);
  open_at_ = page_.versions.size() - 1;
}

// Nullopt: not for the caller to see. Such a version shows that it was, not what it held.
std::optional<Record> HistoryReader::read(std::uint64_t version, VersionInfo& info) {
  auto stored = load_version(view_, current_.type, current_.id, version);
  if (!stored) throw Error(ErrorCode::data_loss, "a version is missing of " + subject(current_.type, current_.id));
  const auto& plan = catalogue_.plan(current_.type);
  info = {version, stored->record.modified, stored->record.author, stored->operation, {}};
  if (!access_.visible(plan, stored->record)) return std::nullopt;
  return masked(principal_, plan.type(), std::move(stored->record));
}

void HistoryReader::settle(const Record* before) {
  if (!open_) return;
  auto& info = page_.versions[open_at_];
  info.differences = differences(before, *open_);
  bytes_ += size_of(info.differences);
  open_.reset();
}

}  // namespace lantai::records
