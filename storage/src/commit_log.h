// Which entries does a commit add beside its own writes, and how are they written? Changes, audit entries and effects
// get their numbers here, in commit order. Used by the committer alone.
#pragma once

#include <vector>

#include "lantai/storage/audit_log.h"
#include "lantai/storage/change_feed.h"
#include "lantai/storage/outbox.h"

namespace lantai::storage {

Bytes change_key(std::uint64_t position);
Bytes encode_change(const Change& change);
Change decode_change(std::uint64_t position, ByteView value);

Bytes audit_key(std::uint64_t sequence);
Bytes encode_audit(const AuditEntry& entry);
AuditEntry decode_audit(std::uint64_t sequence, ByteView value);

Bytes outbox_key(std::uint64_t number);
Bytes encode_effect(const OutboxEntry& entry);
OutboxEntry decode_effect(std::uint64_t number, ByteView value);

// What the next commit continues from.
struct CommitState {
  std::uint64_t position = 0;
  AuditHead audit;  // at sequence 0 the hash of the store's uuid
  std::uint64_t effects = 0;
};

CommitState load_commit_state(const ReadView& view, const StoreIdentity& identity);

// Appends the writes for these drafts and moves `state` on.
void append_changes(const std::vector<ChangeDraft>& drafts, Timestamp time, CommitState& state,
                    std::vector<Write>& out);
void append_audits(const std::vector<AuditDraft>& drafts, Timestamp time, CommitState& state, std::vector<Write>& out);
void append_effects(const std::vector<OutboxDraft>& drafts, CommitState& state, std::vector<Write>& out);

}  // namespace lantai::storage
