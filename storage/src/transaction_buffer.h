// What has a transaction read and written so far? Its reads come from one view with its own writes laid over; the
// committer takes the result. Thread-confined.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "commit_history.h"
#include "lantai/storage/transaction.h"

namespace lantai::storage {

class TransactionBuffer final : public Transaction {
 public:
  using SpaceWrites = std::map<Bytes, std::optional<Bytes>>;

  explicit TransactionBuffer(const ReadView& view, Timestamp now) : view_(view), now_(now) {}

  std::optional<Bytes> get(KeySpace space, ByteView key) override;
  Page scan(KeySpace space, const ScanRange& range) override;
  void put(KeySpace space, ByteView key, Bytes value) override;
  void erase(KeySpace space, ByteView key) override;
  void guard(std::string_view name) override;
  void append_change(ChangeDraft change) override;
  void append_audit(AuditDraft entry) override;
  void enqueue(OutboxDraft effect) override;
  void add_blob_owner(ByteView digest, std::string_view owner) override;
  void remove_blob_owner(ByteView digest, std::string_view owner) override;
  void use_reserve() override { room_ = Room::within_reserve; }
  void all_or_nothing(const std::function<void()>& part) override;

  // Marks a guard as written without having read it: such transactions do not conflict with one another, only with
  // those that take the guard.
  void touch(std::string_view name);

  bool has_effects() const;
  const KeyHashes& read_keys() const { return read_; }
  std::vector<KeyHash> written_keys() const;
  // What the committer adds for changes, audit entries and effects is part of it.
  std::size_t bytes() const { return bytes_; }
  void move_writes(std::vector<Write>& out);  // behind what is there; nothing else may be asked of them afterwards
  Room room() const { return room_; }
  const std::vector<ChangeDraft>& changes() const { return changes_; }
  const std::vector<AuditDraft>& audits() const { return audits_; }
  const std::vector<OutboxDraft>& effects() const { return effects_; }

 private:
  // How far the transaction had come when a part of it began.
  struct Mark {
    std::size_t undone, changes, audits, effects, bytes;
    Room room;
  };
  struct Undo {
    KeySpace space;
    Bytes key;
    std::optional<std::optional<Bytes>> before;  // absent: the key had not been written
  };

  void take_back(const Mark& mark);
  void set(KeySpace space, ByteView key, std::optional<Bytes> value);
  void count(std::size_t bytes);

  const ReadView& view_;
  Timestamp now_;
  KeyHashes read_;
  KeyHashes touched_;
  std::map<KeySpace, SpaceWrites> writes_;
  std::vector<ChangeDraft> changes_;
  std::vector<AuditDraft> audits_;
  std::vector<OutboxDraft> effects_;
  std::size_t bytes_ = 0;
  Room room_ = Room::beyond_reserve;
  unsigned parts_ = 0;      // under way, one within the other
  std::vector<Undo> undo_;  // of what they wrote
};

}  // namespace lantai::storage
