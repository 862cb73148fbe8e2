#include "index_build.h"

#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

constexpr std::size_t kRecordsPerCommit = 100;

void claim(storage::Transaction& transaction, const TypePlan& plan, const std::string& id, const UniqueEntry& entry) {
  const auto owner = transaction.get(KeySpace::uniques, entry.key);
  if (!owner) {
    transaction.put(KeySpace::uniques, entry.key, to_bytes(id));
  } else if (as_chars(*owner) != id) {
    log::warning("{} {} and {} have the same {}, which is unique by now", plan.type().name, id, as_chars(*owner),
                 entry.index);
  }
}

// The codes that a record had stay with it.
void claim_former_codes(storage::Transaction& transaction, const TypePlan& plan, const Record& record) {
  if (record.deleted || !record.fields.contains(plan.former_codes_field())) return;
  for (std::uint64_t version = 1; version < record.version; ++version) {
    const auto stored = load_version(transaction, plan.type().name, record.id, version);
    if (!stored) continue;
    for (const auto& entry : plan.code_entries(stored->record)) claim(transaction, plan, record.id, entry);
  }
}

void build_one(storage::Transaction& transaction, const TypePlan& plan, const std::string& id) {
  const auto record = load(transaction, plan.type().name, id);
  if (!record) return;
  for (const auto& key : plan.index_keys(*record)) transaction.put(KeySpace::indexes, key, {});
  for (const auto& entry : plan.unique_entries(*record)) claim(transaction, plan, id, entry);
  claim_former_codes(transaction, plan, *record);
}

// Entries of indexes that the type no longer has, and of values that are written otherwise by now.
void erase_stale(storage::Store& store, const TypePlan& plan) {
  auto begin = record_prefix(plan.type().name);
  const auto end = storage::after_prefix(begin);
  for (bool more = true; more;) {
    const auto page = store.read_view()->scan(KeySpace::indexes, {begin, end, kRecordsPerCommit * 10, false});
    more = page.more;
    if (page.entries.empty()) return;
    store.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& entry : page.entries) {
        const auto record = load(transaction, plan.type().name, id_at_end(entry.key));
        if (!record || !plan.index_keys(*record).contains(entry.key)) {
          transaction.erase(KeySpace::indexes, entry.key);
        }
      }
    });
    begin = page.entries.back().key;
    begin.push_back(0);
  }
}

// Unique keys of indexes that the type no longer has.
void erase_stale_uniques(storage::Store& store, const TypePlan& plan) {
  auto begin = record_prefix(plan.type().name);
  const auto end = storage::after_prefix(begin);
  for (bool more = true; more;) {
    const auto page = store.read_view()->scan(KeySpace::uniques, {begin, end, kRecordsPerCommit * 10, false});
    more = page.more;
    if (page.entries.empty()) return;
    store.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& entry : page.entries) {
        storage::KeyReader reader(entry.key);
        reader.text();
        if (plan.find_unique(reader.text()) == nullptr) transaction.erase(KeySpace::uniques, entry.key);
      }
    });
    begin = page.entries.back().key;
    begin.push_back(0);
  }
}

}  // namespace

std::vector<const TypePlan*> outdated(const storage::Store& store, const Catalogue& catalogue) {
  const auto view = store.read_view();
  std::vector<const TypePlan*> out;
  for (const auto& [name, plan] : catalogue.plans()) {
    const auto built = view->get(KeySpace::indexes, built_indexes_key(name));
    if (!built || as_chars(*built) != plan.signature()) out.push_back(&plan);
  }
  return out;
}

void build_indexes(storage::Store& store, const TypePlan& plan) {
  const auto prefix = record_prefix(plan.type().name);
  storage::ScanRange range{prefix, storage::after_prefix(prefix), kRecordsPerCommit, false};
  std::uint64_t records = 0;
  for (bool more = true; more;) {
    const auto page = store.read_view()->scan(KeySpace::records, range);
    more = page.more;
    if (page.entries.empty()) break;
    store.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& entry : page.entries) build_one(transaction, plan, std::string(id_at_end(entry.key)));
    });
    records += page.entries.size();
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
  if (records > 0) erase_stale(store, plan);
  if (records > 0) erase_stale_uniques(store, plan);
  if (records > 0) log::info("indexes of {} records of {} are built", records, plan.type().name);
  store.run_transaction([&](storage::Transaction& transaction) {
    transaction.put(KeySpace::indexes, built_indexes_key(plan.type().name), to_bytes(plan.signature()));
  });
}

}  // namespace lantai::records
