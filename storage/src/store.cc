#include "lantai/storage/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "blob_files.h"
#include "committer.h"
#include "feeds.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/storage/key_codec.h"
#include "store_format.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

namespace fs = std::filesystem;

Bytes identity_key() { return KeyWriter().text("identity").take(); }

std::optional<StoreIdentity> load_identity(const ReadView& view) {
  const auto value = view.get(KeySpace::meta, identity_key());
  if (!value) return std::nullopt;
  ValueReader reader(*value, "store identity");
  reader.expect_format(1);
  StoreIdentity out;
  out.uuid = reader.text();
  out.epoch = reader.u64();
  reader.expect_end();
  return out;
}

void save_identity(KeyValueStore& engine, const StoreIdentity& identity) {
  const auto value = ValueWriter().u8(1).text(identity.uuid).u64(identity.epoch).take();
  engine.write({{KeySpace::meta, identity_key(), value}}, true);
}

StoreIdentity ensure_identity(KeyValueStore& engine, const Clock& clock, bool restored) {
  auto identity = load_identity(*engine.read_view());
  if (identity && !restored) return *identity;
  if (!identity) identity = StoreIdentity{make_id(clock.now()), 0};
  ++identity->epoch;
  save_identity(engine, *identity);
  return *identity;
}

class OpenStore final : public Store {
 public:
  OpenStore(std::unique_ptr<StoreLock> lock, std::unique_ptr<KeyValueStore> engine, std::unique_ptr<PackFiles> packs,
            const StoreOptions& options)
      : lock_(std::move(lock)),
        engine_(std::move(engine)),
        clock_(options.clock ? *options.clock : system_clock_),
        identity_(ensure_identity(*engine_, clock_, options.restored)),
        committer_(*engine_, clock_, identity_),
        changes_(committer_, identity_),
        audit_(committer_, identity_),
        outbox_(committer_),
        blobs_(committer_, clock_, std::move(packs), options.chunks_per_page) {}

  Committed run_transaction(const std::function<void(Transaction&)>& body,
                            std::chrono::milliseconds deadline) override {
    return committer_.run(body, deadline);
  }
  std::unique_ptr<ReadView> read_view() const override { return engine_->read_view(); }
  std::uint64_t commits() const override { return committer_.commits(); }
  const StoreIdentity& identity() const override { return identity_; }
  ChangeFeed& changes() override { return changes_; }
  AuditLog& audit() override { return audit_; }
  Outbox& outbox() override { return outbox_; }
  BlobStore& blobs() override { return blobs_; }

  StoreStatistics statistics() const override {
    StoreStatistics out;
    out.commits = committer_.commits();
    out.batches = committer_.batches();
    out.conflicts = committer_.conflicts();
    blobs_.add_statistics(out);
    return out;
  }

  std::vector<BlobDamage> verify(const std::function<void(std::uint64_t)>& progress) const override {
    engine_->verify();
    return blobs_.verify(progress);
  }

 private:
  SystemClock system_clock_;
  std::unique_ptr<StoreLock> lock_;
  std::unique_ptr<KeyValueStore> engine_;
  const Clock& clock_;
  const StoreIdentity identity_;
  Committer committer_;
  StoredChangeFeed changes_;
  StoredAuditLog audit_;
  StoredOutbox outbox_;
  PackedBlobStore blobs_;
};

// What an interrupted creation may have left; anything else does not belong to us.
bool is_unfinished_store(const fs::path& directory) {
  constexpr std::array<std::string_view, 5> kOurs{"LOCK", "FORMAT.new", "db", "db.reached", "packs"};
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (std::ranges::find(kOurs, entry.path().filename().string()) == kOurs.end()) return false;
  }
  return true;
}

void create_durably(const fs::path& directory) {
  std::vector<fs::path> missing;
  for (auto at = fs::absolute(directory); !fs::exists(at); at = at.parent_path()) missing.push_back(at);
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail_with_errno(error.value(), "creating " + directory.string());
  for (const auto& made : missing) sync_directory(made.parent_path());
}

void prepare_creation(const fs::path& directory, bool allowed) {
  if (!allowed) throw Error(ErrorCode::not_found, fmt::format("{} is not a store", directory.string()));
  create_durably(directory);
  const auto packs = directory / "packs";
  if (fs::exists(packs) && !fs::is_empty(packs)) {
    throw Error(ErrorCode::failed_precondition,
                fmt::format("{} holds packs, but no index for them: restore the whole store", directory.string()),
                "storage.incomplete", {{"path", directory.string()}});
  }
  if (!is_unfinished_store(directory)) {
    throw Error(ErrorCode::failed_precondition,
                fmt::format("{} holds other files and is not a store", directory.string()));
  }
}

}  // namespace

std::unique_ptr<Store> Store::open(const fs::path& directory, const StoreOptions& options) {
  const bool fresh = read_format(directory) == FormatState::absent;
  if (fresh) prepare_creation(directory, options.create_if_missing);
  auto lock = std::make_unique<StoreLock>(directory);
  auto rocksdb = options.rocksdb;
  rocksdb.create_if_missing = fresh;
  auto engine = open_rocksdb(directory / "db", rocksdb);
  if (fresh && !engine->read_view()->scan(KeySpace::changes, {.begin = {}, .end = {}, .limit = 1}).entries.empty()) {
    throw Error(ErrorCode::failed_precondition, fmt::format("{} has lost its FORMAT file", directory.string()));
  }
  auto store =
      std::make_unique<OpenStore>(std::move(lock), std::move(engine),
                                  std::make_unique<PackFiles>(directory / "packs", rocksdb.reserve_bytes), options);
  if (fresh) write_format(directory);
  return store;
}

std::unique_ptr<Store> Store::open_in_memory(const StoreOptions& options) {
  return open_over(make_memory_store(), options);
}

std::unique_ptr<Store> Store::open_over(std::unique_ptr<KeyValueStore> engine, const StoreOptions& options) {
  return std::make_unique<OpenStore>(nullptr, std::move(engine), std::make_unique<PackFiles>(), options);
}

}  // namespace lantai::storage
