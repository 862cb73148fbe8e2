#include "commit_log.h"

#include "lantai/storage/blob_store.h"
#include "lantai/storage/key_codec.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

constexpr std::uint8_t kLogFormat = 1;

Bytes effects_counter_key() { return KeyWriter().text("outbox.last").take(); }

std::uint64_t last_number(const ReadView& view, KeySpace space) {
  const auto page = view.scan(space, {.begin = {}, .end = {}, .limit = 1, .reverse = true});
  return page.entries.empty() ? 0 : KeyReader(page.entries.front().key).number();
}

}  // namespace

Bytes change_key(std::uint64_t position) { return KeyWriter().number(position).take(); }

Bytes encode_change(const Change& change) {
  return ValueWriter()
      .u8(kLogFormat)
      .u64(static_cast<std::uint64_t>(change.time.micros))
      .text(change.kind)
      .text(change.subject)
      .text(change.id)
      .u64(change.version)
      .text(change.operation)
      .take();
}

Change decode_change(std::uint64_t position, ByteView value) {
  ValueReader reader(value, "change");
  reader.expect_format(kLogFormat);
  Change out;
  out.position = position;
  out.time = {static_cast<std::int64_t>(reader.u64())};
  out.kind = reader.text();
  out.subject = reader.text();
  out.id = reader.text();
  out.version = reader.u64();
  out.operation = reader.text();
  reader.expect_end();
  return out;
}

Bytes audit_key(std::uint64_t sequence) { return KeyWriter().number(sequence).take(); }

Bytes encode_audit(const AuditEntry& entry) {
  return ValueWriter()
      .u8(kLogFormat)
      .u64(static_cast<std::uint64_t>(entry.time.micros))
      .raw(entry.previous_hash)
      .raw(entry.hash)
      .text(entry.actor)
      .text(entry.action)
      .text(entry.subject)
      .text(entry.outcome)
      .text(entry.address)
      .text(entry.detail)
      .take();
}

AuditEntry decode_audit(std::uint64_t sequence, ByteView value) {
  ValueReader reader(value, "audit entry");
  reader.expect_format(kLogFormat);
  AuditEntry out;
  out.sequence = sequence;
  out.time = {static_cast<std::int64_t>(reader.u64())};
  out.previous_hash = reader.raw(32);
  out.hash = reader.raw(32);
  out.actor = reader.text();
  out.action = reader.text();
  out.subject = reader.text();
  out.outcome = reader.text();
  out.address = reader.text();
  out.detail = reader.text();
  reader.expect_end();
  return out;
}

Bytes outbox_key(std::uint64_t number) { return KeyWriter().number(number).take(); }

Bytes encode_effect(const OutboxEntry& entry) {
  return ValueWriter()
      .u8(kLogFormat)
      .u32(entry.attempts)
      .text(entry.last_error)
      .text(entry.topic)
      .text(entry.idempotency_key)
      .text(entry.payload)
      .take();
}

OutboxEntry decode_effect(std::uint64_t number, ByteView value) {
  ValueReader reader(value, "effect");
  reader.expect_format(kLogFormat);
  OutboxEntry out;
  out.number = number;
  out.attempts = reader.u32();
  out.last_error = reader.text();
  out.topic = reader.text();
  out.idempotency_key = reader.text();
  out.payload = reader.text();
  reader.expect_end();
  return out;
}

CommitState load_commit_state(const ReadView& view, const StoreIdentity& identity) {
  CommitState out;
  out.position = last_number(view, KeySpace::changes);
  out.audit.sequence = last_number(view, KeySpace::audit);
  out.audit.hash = sha256(as_bytes(identity.uuid));
  if (out.audit.sequence != 0) {
    out.audit.hash = decode_audit(out.audit.sequence, *view.get(KeySpace::audit, audit_key(out.audit.sequence))).hash;
  }
  if (const auto value = view.get(KeySpace::meta, effects_counter_key())) {
    out.effects = ValueReader(*value, "effect counter").u64();
  }
  return out;
}

void append_changes(const std::vector<ChangeDraft>& drafts, Timestamp time, CommitState& state,
                    std::vector<Write>& out) {
  for (const auto& draft : drafts) {
    const Change change{draft, ++state.position, time};
    out.push_back({KeySpace::changes, change_key(change.position), encode_change(change)});
  }
}

void append_audits(const std::vector<AuditDraft>& drafts, Timestamp time, CommitState& state, std::vector<Write>& out) {
  for (const auto& draft : drafts) {
    AuditEntry entry{draft, ++state.audit.sequence, time, state.audit.hash, {}};
    entry.hash = sha256(canonical_encoding(entry));
    state.audit.hash = entry.hash;
    out.push_back({KeySpace::audit, audit_key(entry.sequence), encode_audit(entry)});
  }
}

void append_effects(const std::vector<OutboxDraft>& drafts, CommitState& state, std::vector<Write>& out) {
  for (const auto& draft : drafts) {
    const OutboxEntry entry{draft, ++state.effects, 0, {}};
    out.push_back({KeySpace::outbox, outbox_key(entry.number), encode_effect(entry)});
  }
  if (!drafts.empty()) {
    out.push_back({KeySpace::meta, effects_counter_key(), ValueWriter().u64(state.effects).take()});
  }
}

}  // namespace lantai::storage
