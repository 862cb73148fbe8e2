#include "job_records.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::archive {
namespace {

using nlohmann::json;
using storage::KeySpace;
using storage::KeyWriter;

Bytes job_key(std::string_view id) { return KeyWriter().text("job").text(id).take(); }
Bytes result_key(std::string_view id, std::uint64_t number) {
  return KeyWriter().text("result").text(id).number(number).take();
}

template <typename T, std::size_t N>
T named(const std::array<T, N>& all, const std::string& called) {
  const auto found = std::find_if(all.begin(), all.end(), [&](T one) { return name(one) == called; });
  if (found == all.end()) throw Error(ErrorCode::data_loss, "unknown state in an import: " + called);
  return *found;
}

constexpr std::array kStates = {ImportJobState::open, ImportJobState::waiting, ImportJobState::running,
                                ImportJobState::done, ImportJobState::failed,  ImportJobState::cancelled};
constexpr std::array kStatuses = {ImportStatus::created, ImportStatus::updated, ImportStatus::unchanged,
                                  ImportStatus::skipped, ImportStatus::failed,  ImportStatus::planned};

json encode(const records::Principal& principal) {
  return {{"id", principal.id},
          {"name", principal.name},
          {"roles", principal.roles},
          {"clearance", principal.clearance},
          {"departments", principal.departments},
          {"all_departments", principal.all_departments},
          {"scope", principal.scope},
          {"post", principal.post},
          {"behalf", principal.behalf},
          {"purpose", principal.purpose},
          {"address", principal.address},
          {"service", principal.service}};
}

records::Principal decode_principal(const json& j) {
  records::Principal principal;
  principal.id = j.at("id");
  principal.name = j.at("name");
  principal.roles = j.at("roles").get<std::set<std::string>>();
  principal.clearance = j.at("clearance");
  principal.departments = j.at("departments").get<std::vector<std::string>>();
  principal.all_departments = j.value("all_departments", true);
  principal.scope = j.value("scope", std::set<std::string>());
  principal.address = j.at("address");
  principal.post = j.value("post", "");
  principal.behalf = j.value("behalf", "");
  principal.purpose = j.value("purpose", "");
  principal.service = j.at("service");
  return principal;
}

json encode(const StoredJob& stored) {
  const ImportJob& job = stored.job;
  const ImportReport& report = job.report;
  return {{"id", job.id},
          {"state", name(job.state)},
          {"dry_run", job.dry_run},
          {"update_by_code", stored.options.update_by_code},
          {"total", job.total},
          {"done", job.done},
          {"counts",
           {report.created, report.updated, report.unchanged, report.skipped, report.failed, report.planned,
            report.last_position}},
          {"error", job.error},
          {"table", stored.has_table},
          {"type", stored.options.type},
          {"defaults", stored.options.defaults},
          {"language", schema::tag(stored.options.language)},
          {"principal", encode(stored.principal)}};
}

StoredJob decode_job(ByteView bytes) {
  try {
    const json j = json::from_cbor(bytes.begin(), bytes.end());
    StoredJob stored;
    ImportJob& job = stored.job;
    job.id = j.at("id");
    job.state = named(kStates, j.at("state"));
    job.dry_run = stored.options.dry_run = j.at("dry_run");
    stored.options.update_by_code = j.value("update_by_code", false);
    job.total = j.at("total");
    job.done = j.at("done");
    const auto counts = j.at("counts").get<std::array<std::uint64_t, 7>>();
    job.report = {counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], false};
    job.error = j.at("error");
    stored.has_table = j.at("table");
    stored.options.type = j.at("type");
    stored.options.defaults = j.at("defaults");
    stored.options.language = schema::parse_language(j.at("language").get<std::string>());
    stored.principal = decode_principal(j.at("principal"));
    return stored;
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("import job is not readable: ") + error.what());
  }
}

json encode(const ImportedFile& file) {
  return {{"path", file.path},           {"record", file.record},
          {"status", name(file.status)}, {"media_type", file.media_type},
          {"error", file.error},         {"code", file.error_code}};
}

ImportedFile decode_file(ByteView bytes) {
  try {
    const json j = json::from_cbor(bytes.begin(), bytes.end());
    return {j.at("path"),       j.at("record"), named(kStatuses, j.at("status")),
            j.at("media_type"), j.at("error"),  j.at("code")};
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("import result is not readable: ") + error.what());
  }
}

std::uint64_t number_of(std::string_view token) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc() || end != token.data() + token.size()) {
    throw Error(ErrorCode::invalid_argument, "not a page token", "request.bad_parameter", {{"name", "page_token"}});
  }
  return number;
}

}  // namespace

void JobRecords::put(const StoredJob& job) {
  store_.run_transaction([&](storage::Transaction& transaction) {
    transaction.put(KeySpace::imports, job_key(job.job.id), json::to_cbor(encode(job)));
  });
}

std::optional<StoredJob> JobRecords::find(std::string_view id) const {
  const auto value = store_.read_view()->get(KeySpace::imports, job_key(id));
  return value ? std::optional(decode_job(*value)) : std::nullopt;
}

std::vector<StoredJob> JobRecords::unfinished() const {
  const Bytes prefix = KeyWriter().text("job").take();
  const auto view = store_.read_view();
  storage::ScanRange range{prefix, storage::after_prefix(prefix), 1000};
  std::vector<StoredJob> found;
  for (;;) {
    const auto page = view->scan(KeySpace::imports, range);
    for (const auto& entry : page.entries) {
      StoredJob job = decode_job(entry.value);
      const auto state = job.job.state;
      const bool over =
          state == ImportJobState::done || state == ImportJobState::failed || state == ImportJobState::cancelled;
      if (!over) found.push_back(std::move(job));
    }
    if (!page.more) return found;
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
}

void JobRecords::put_results(const StoredJob& job, const std::vector<ImportedFile>& results) {
  store_.run_transaction([&](storage::Transaction& transaction) {
    std::uint64_t number = job.job.done - results.size();
    for (const auto& file : results) {
      const Bytes key = result_key(job.job.id, number++);
      const auto before = transaction.get(KeySpace::imports, key);
      if (before && file.status == ImportStatus::unchanged && decode_file(*before).path == file.path) continue;
      transaction.put(KeySpace::imports, key, json::to_cbor(encode(file)));
    }
    transaction.put(KeySpace::imports, job_key(job.job.id), json::to_cbor(encode(job)));
  });
}

std::vector<ImportedFile> JobRecords::results(std::string_view id, std::string_view token, std::size_t limit,
                                              std::string& next) const {
  const std::uint64_t first = token.empty() ? 0 : number_of(token);
  const Bytes prefix = KeyWriter().text("result").text(id).take();
  const auto page = store_.read_view()->scan(KeySpace::imports, {result_key(id, first), storage::after_prefix(prefix),
                                                                 std::clamp<std::size_t>(limit, 1, 1000)});
  std::vector<ImportedFile> results;
  for (const auto& entry : page.entries) results.push_back(decode_file(entry.value));
  if (page.more) next = std::to_string(first + results.size());
  return results;
}

}  // namespace lantai::archive
