// Who did what, and can that be rewritten? Entries are numbered from 1 without a gap; each carries the SHA-256 of its
// own canonical encoding and of the entry before it (docs/formats/audit.md), so a change, removal or insertion breaks
// the chain. An independent verifier needs only the encoding: tools/audit_verify. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lantai/storage/key_value_store.h"
#include "lantai/storage/store_identity.h"
#include "lantai/storage/transaction.h"

namespace lantai::storage {

struct AuditEntry : AuditDraft {
  std::uint64_t sequence = 0;
  Timestamp time;
  Bytes previous_hash;  // 32 bytes; of the first entry: SHA-256 of the store's uuid
  Bytes hash;           // 32 bytes
};

struct AuditHead {
  std::uint64_t sequence = 0;
  Bytes hash;
};

// What the hash is taken over: every field but `hash`.
Bytes canonical_encoding(const AuditEntry& entry);

// The export, JSON Lines: the header first, then the entries in order (docs/formats/audit.md). Without a line break.
std::string audit_export_header(const StoreIdentity& store);
std::string to_json_line(const AuditEntry& entry);

// What an auditor looks for; what is empty lets everything pass.
struct AuditFilter {
  std::string actor = {}, subject = {}, outcome = {}, address = {};
  std::string action = {};  // `session.open`; with a dot at its end, such as `session.`: all that begin so
  std::optional<Timestamp> from = {}, to = {};  // `to` itself no longer
};

struct AuditMatches {
  std::vector<AuditEntry> entries;  // the latest first
  std::uint64_t before = 0;         // go on with entries before this one; 0: nothing older matches
};

struct AuditVerdict {
  std::uint64_t checked = 0;
  std::optional<std::uint64_t> first_broken;  // sequence
  std::string reason;
};

class AuditLog {
 public:
  virtual ~AuditLog() = default;
  virtual AuditHead head() const = 0;
  virtual std::vector<AuditEntry> read(std::uint64_t after, std::size_t limit) const = 0;
  virtual std::vector<AuditEntry> read_backwards(std::uint64_t before, std::size_t limit) const = 0;
  // Among the entries before `before`. Looks through kLookedThrough of them at most (0.1 to 0.4 s), so there may be
  // fewer than `limit`, or none, and more to find before `AuditMatches::before`.
  static constexpr std::size_t kLookedThrough = 50'000;
  virtual AuditMatches find(const AuditFilter& filter, std::uint64_t before, std::size_t limit) const = 0;
  // Walks the whole chain; with `known`, an earlier exported head, also notices a removed tail. O(entries).
  virtual AuditVerdict verify(const std::optional<AuditHead>& known = std::nullopt) const = 0;
};

}  // namespace lantai::storage
