// How is something changed? By a function that reads and writes through a Transaction; run_transaction (store.h) runs
// it against one consistent state, hands the result to the committer, and runs it again when a key it read has changed.
//
// Transactions notice changed *keys*. A rule of the kind "no other row exists" must also take a guard key: two
// transactions that take the same guard never commit side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lantai/base/bytes.h"
#include "lantai/base/time.h"
#include "lantai/storage/key_value_store.h"

namespace lantai::storage {

// Message id of the invalid_argument for a write with which the transaction would be larger than kMaxBatchBytes.
inline constexpr std::string_view kTransactionTooLarge = "storage.transaction_too_large";

// What happened to which subject; goes to the change feed.
struct ChangeDraft {
  std::string kind;     // `record`, `extraction`, …
  std::string subject;  // record type, …
  std::string id;
  std::uint64_t version = 0;
  std::string operation;  // `create`, `update`, `delete`, …
};

// Who did what; goes to the hash-chained audit log. No secrets; personal data only where docs/formats/audit.md says so.
struct AuditDraft {
  std::string actor;    // principal id
  std::string action;   // `record.create`, `session.open`, …
  std::string subject;  // `item/0190…`, or empty
  std::string outcome;  // `ok`, `denied`, `failed`
  std::string address;  // where the request came from, or empty
  std::string detail;   // JSON object, or empty
};

// An effect to be executed after the commit, at least once.
struct OutboxDraft {
  std::string topic;
  std::string idempotency_key;
  std::string payload;
};

// Thread-confined to the function it is passed to. Reads see the transaction's own writes.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual std::optional<Bytes> get(KeySpace space, ByteView key) = 0;
  virtual Page scan(KeySpace space, const ScanRange& range) = 0;  // keys met are checked at commit; see guard
  virtual void put(KeySpace space, ByteView key, Bytes value) = 0;
  virtual void erase(KeySpace space, ByteView key) = 0;
  virtual void guard(std::string_view name) = 0;
  // Position and audit sequence are known only after the commit (Committed, store.h).
  virtual void append_change(ChangeDraft change) = 0;
  virtual void append_audit(AuditDraft entry) = 0;
  virtual void enqueue(OutboxDraft effect) = 0;
  // Blob references are part of the commit: `owner` is any stable name, such as `item/0190…`.
  virtual void add_blob_owner(ByteView digest, std::string_view owner) = 0;
  virtual void remove_blob_owner(ByteView digest, std::string_view owner) = 0;
  // This transaction frees space, or lets it be freed: it may commit on a disk too full for others.
  virtual void use_reserve() = 0;
  // Runs `part`. When it throws, what it wrote is taken back and the error passed on, so that the transaction can go on
  // without it; what it read and guarded is still checked at commit.
  virtual void all_or_nothing(const std::function<void()>& part) = 0;
};

}  // namespace lantai::storage
