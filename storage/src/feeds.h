// The change feed, audit log and outbox over the committer.
#pragma once

#include "committer.h"

namespace lantai::storage {

class StoredChangeFeed final : public ChangeFeed {
 public:
  StoredChangeFeed(const Committer& committer, const StoreIdentity& identity)
      : committer_(committer), identity_(identity) {}

  std::uint64_t last_position() const override { return committer_.last_position(); }
  std::vector<Change> read(std::uint64_t after, std::size_t limit) const override;
  bool wait_beyond(std::uint64_t after, std::chrono::steady_clock::time_point deadline,
                   std::stop_token stop) const override {
    return committer_.wait_beyond(after, deadline, std::move(stop));
  }
  std::optional<ConsumerPosition> find_consumer(std::string_view name) const override;
  void set_consumer(Transaction& transaction, std::string_view name, std::uint64_t position) const override;

 private:
  const Committer& committer_;
  const StoreIdentity& identity_;
};

class StoredAuditLog final : public AuditLog {
 public:
  StoredAuditLog(const Committer& committer, const StoreIdentity& identity)
      : committer_(committer), identity_(identity) {}

  AuditHead head() const override { return committer_.audit_head(); }
  std::vector<AuditEntry> read(std::uint64_t after, std::size_t limit) const override;
  std::vector<AuditEntry> read_backwards(std::uint64_t before, std::size_t limit) const override;
  AuditMatches find(const AuditFilter& filter, std::uint64_t before, std::size_t limit) const override;
  AuditVerdict verify(const std::optional<AuditHead>& known) const override;

 private:
  const Committer& committer_;
  const StoreIdentity& identity_;
};

class StoredOutbox final : public Outbox {
 public:
  explicit StoredOutbox(Committer& committer) : committer_(committer) {}

  std::vector<OutboxEntry> pending(std::size_t limit) const override;
  void done(std::uint64_t number) override;
  void failed(std::uint64_t number, std::string_view error) override;

 private:
  Committer& committer_;
};

}  // namespace lantai::storage
