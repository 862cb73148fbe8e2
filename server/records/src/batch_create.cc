#include "batch_create.h"

#include <algorithm>

#include "lantai/base/id.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

// Enough that a commit costs little for each row; few enough that others do not wait long, and run into few conflicts.
constexpr std::size_t kRowsPerCommit = 256;
constexpr std::size_t kMaxIdempotencyKey = 200;

std::string fingerprint_of(const NewRecord& record) {
  Json all = Json::array({record.type, record.fields});
  for (const auto& file : record.files) all.push_back(Json::array({to_hex(file.digest), file.name, file.role}));
  return to_hex(storage::sha256(as_bytes(all.dump(-1, ' ', false, Json::error_handler_t::replace))));
}

}  // namespace

BatchCreate::BatchCreate(RecordEngine::Impl& engine, const Principal& principal, const std::vector<NewRecord>& records)
    : engine_(engine), principal_(principal), rows_(records.size()) {
  auto now = engine_.clock.now();
  for (std::size_t i = 0; i < records.size(); ++i) {
    try {
      prepare(records[i], now, rows_[i]);
    } catch (const Error& error) {
      rows_[i].result.error = error;
    }
    ++now.micros;  // so that ids follow the order of the rows
  }
}

void BatchCreate::prepare(const NewRecord& record, Timestamp now, Row& row) const {
  const auto& catalogue = *engine_.catalogue;
  const auto& plan = catalogue.plan(record.type);
  if (!record.fields.is_object()) {
    throw Error(ErrorCode::invalid_argument, "fields are a JSON object", "record.bad_patch");
  }
  engine_.require_stored(plan, record.files);
  if (record.idempotency_key.size() > kMaxIdempotencyKey) {
    throw Error(ErrorCode::invalid_argument, "an idempotency key has at most 200 bytes", "request.bad_parameter",
                {{"name", "Idempotency-Key"}});
  }
  if (!record.idempotency_key.empty()) {
    row.key = idempotency_key(principal_.id, record.idempotency_key);
    row.fingerprint = fingerprint_of(record);
  }
  row.request.emplace(
      WriteRequest{catalogue, plan, engine_.rules, principal_, Action::create, "create", make_id(now), 0, now, {}});
  row.request->change = [&record, &request = *row.request](Record& made) {
    made.fields = record.fields;
    for (const auto& file : record.files) add_component(made, file, request);
  };
}

std::vector<CreateResult> BatchCreate::run() {
  while (next_ < rows_.size()) commit_some();
  return results();
}

std::vector<CreateResult> BatchCreate::check() {
  while (next_ < rows_.size()) check_some();
  return results();
}

std::vector<CreateResult> BatchCreate::results() {
  std::vector<CreateResult> out;
  out.reserve(rows_.size());
  for (auto& row : rows_) out.push_back(std::move(row.result));
  return out;
}

// After a conflict fewer at once: in the end a single row, which meets no more conflicts than anybody's create.
void BatchCreate::commit_some() {
  std::size_t limit = kRowsPerCommit, end = next_;
  try {
    const auto committed = engine_.store.run_transaction([&](storage::Transaction& transaction) {
      end = write_rows(transaction, limit);
      limit = std::max<std::size_t>(1, limit / 2);
    });
    for (; next_ < end; ++next_) settle(rows_[next_], committed.position);
  } catch (const Error& error) {
    refuse(end, error);
  }
}

void BatchCreate::check_some() {
  struct Checked {};  // nothing of it is to be committed
  auto end = next_;
  try {
    engine_.store.run_transaction([&](storage::Transaction& transaction) {
      end = write_rows(transaction, kRowsPerCommit);
      throw Checked{};
    });
  } catch (const Checked&) {
    next_ = std::max(end, next_ + 1);
  } catch (const Error& error) {
    refuse(end, error);
  }
}

// Those up to `end`, one at least.
void BatchCreate::refuse(std::size_t end, const Error& error) {
  for (end = std::max(end, next_ + 1); next_ < end; ++next_) {
    if (!rows_[next_].result.error) rows_[next_].result = {{}, error};
  }
}

// The end of what is in the transaction.
std::size_t BatchCreate::write_rows(storage::Transaction& transaction, std::size_t limit) {
  const auto end = std::min(rows_.size(), next_ + limit);
  for (auto i = next_; i < end; ++i) {
    auto& row = rows_[i];
    if (!row.request) continue;
    row.result = {};
    row.made_before.reset();
    try {
      transaction.all_or_nothing([&] { write_row(transaction, row); });
    } catch (const Denied& error) {
      row.result.error = error;
      transaction.append_audit(denial(principal_, "create", subject(row.request->plan.type().name, row.request->id)));
    } catch (const Error& error) {
      if (i > next_ && error.message_id() == storage::kTransactionTooLarge) return i;  // the next one begins with it
      row.result.error = error;
    }
  }
  return end;
}

void BatchCreate::write_row(storage::Transaction& transaction, Row& row) const {
  if (!row.key.empty() && !claim(transaction, row)) return;
  WriteStep step(transaction, *row.request);
  row.result.written = Written{step.run(), 0};
}

// The key is read and written in the transaction that makes the record, before anything else: so of two requests with
// the same key the later one finds what the first made, and not that its unique values are taken.
bool BatchCreate::claim(storage::Transaction& transaction, Row& row) const {
  if (const auto known = transaction.get(KeySpace::uniques, row.key)) {
    const auto text = std::string(as_chars(*known));
    if (text.substr(kIdBytes) != row.fingerprint) {
      throw Error(ErrorCode::failed_precondition, "the idempotency key was used for another request",
                  "record.idempotency_mismatch");
    }
    row.made_before = text.substr(0, kIdBytes);
    return false;
  }
  transaction.put(KeySpace::uniques, row.key, to_bytes(row.request->id + row.fingerprint));
  return true;
}

void BatchCreate::settle(Row& row, std::uint64_t position) const {
  if (row.result.error) return;
  if (!row.made_before) {
    row.result.written->position = position;
    row.result.written->record = masked(principal_, row.request->plan.type(), std::move(row.result.written->record));
    return;
  }
  try {
    row.result.written = engine_.made_before(*row.request, *row.made_before);
  } catch (const Error& error) {
    row.result.error = error;
  }
}

}  // namespace lantai::records
