#include "index_build.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using storage::KeySpace;

constexpr std::size_t kRecordsPerCommit = 250, kEntriesPerCommit = 1'000;
constexpr std::uint64_t kRecordsPerLine = 100'000;  // of the log

// A signature, taken apart.
struct Built {
  explicit Built(std::string_view signature) : version(signature.substr(0, signature.find_first_of("iu"))) {
    for (auto begin = version.size(); begin < signature.size();) {
      const auto end = signature.find(')', begin);
      if (end == std::string_view::npos) break;
      parts.emplace(signature.substr(begin, end + 1 - begin));
      begin = end + 1;
    }
  }
  std::string version;
  std::set<std::string> parts;
};

// What of a plan is to be made anew, and which indexes stay as they are.
struct Fresh {
  Fresh(const TypePlan& of, const std::optional<Bytes>& signature) : plan(of) {
    const Built wanted(plan.signature()), built(signature ? as_chars(*signature) : std::string_view());
    left = wanted.version;
    for (const auto& part : wanted.parts) {
      const auto name = part.substr(1, part.find('(') - 1);
      const bool there = built.version == wanted.version && built.parts.contains(part);
      if (there) left += part;
      if (part.front() == 'u') {
        if (!there) uniques.insert(name);
      } else if (there) {
        kept.insert(name);
      } else {
        prefixes.push_back(index_prefix(plan.type().name, name, {}));
      }
    }
  }
  bool nothing() const { return prefixes.empty() && uniques.empty(); }
  bool has(const Bytes& entry) const {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const Bytes& prefix) {
      return entry.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), entry.begin());
    });
  }

  const TypePlan& plan;
  std::vector<Bytes> prefixes;          // of indexes
  std::set<std::string> uniques, kept;  // by name
  std::string left;                     // a signature of what stays
};

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

void build_one(storage::Transaction& transaction, const Fresh& fresh, const std::string& id) {
  const auto& plan = fresh.plan;
  const auto record = load(transaction, plan.type().name, id);
  if (!record) return;
  for (const auto& key : plan.index_keys(*record))
    if (fresh.has(key)) transaction.put(KeySpace::indexes, key, {});
  if (fresh.uniques.empty()) return;
  for (const auto& entry : plan.unique_entries(*record))
    if (fresh.uniques.contains(entry.index)) claim(transaction, plan, id, entry);
  claim_former_codes(transaction, plan, *record);
}

void erase_all(storage::Store& store, const Bytes& prefix) {
  storage::ScanRange range{prefix, storage::after_prefix(prefix), kEntriesPerCommit, false};
  for (bool more = true; more;) {
    const auto page = store.read_view()->scan(KeySpace::indexes, range);
    more = page.more && !page.entries.empty();
    if (page.entries.empty()) return;
    store.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& entry : page.entries) transaction.erase(KeySpace::indexes, entry.key);
    });
    (range.begin = page.entries.back().key).push_back(0);
  }
}

// Entries of indexes that the type no longer has, or that are made anew. What writers add to the latter meanwhile is
// made again with the rest.
void erase_stale(storage::Store& store, const Fresh& fresh) {
  auto begin = record_prefix(fresh.plan.type().name);
  const auto end = storage::after_prefix(begin);
  for (;;) {
    const auto next = store.read_view()->scan(KeySpace::indexes, {begin, end, 1, false});
    if (next.entries.empty()) return;
    storage::KeyReader reader(next.entries.front().key);
    reader.text();
    const std::string index = reader.text();
    const auto prefix = index_prefix(fresh.plan.type().name, index, {});
    if (!fresh.kept.contains(index)) erase_all(store, prefix);
    begin = storage::after_prefix(prefix);
  }
}

// Unique keys of indexes that the type no longer has.
void erase_stale_uniques(storage::Store& store, const TypePlan& plan) {
  auto begin = record_prefix(plan.type().name);
  const auto end = storage::after_prefix(begin);
  for (bool more = true; more;) {
    const auto page = store.read_view()->scan(KeySpace::uniques, {begin, end, kEntriesPerCommit, false});
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
  const auto& name = plan.type().name;
  const Fresh fresh(plan, store.read_view()->get(KeySpace::indexes, built_indexes_key(name)));
  const auto put_down = [&](const std::string& signature) {
    store.run_transaction([&](storage::Transaction& transaction) {
      transaction.put(KeySpace::indexes, built_indexes_key(name), to_bytes(signature));
    });
  };
  // Cut short, the next start goes on, with these declarations or the former ones.
  put_down(fresh.left);
  erase_stale(store, fresh);
  const auto prefix = record_prefix(name);
  storage::ScanRange range{prefix, storage::after_prefix(prefix), kRecordsPerCommit, false};
  std::uint64_t records = 0;
  for (bool more = !fresh.nothing(); more;) {
    const auto page = store.read_view()->scan(KeySpace::records, range);
    more = page.more;
    if (page.entries.empty()) break;
    store.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& entry : page.entries) build_one(transaction, fresh, std::string(id_at_end(entry.key)));
    });
    if (records / kRecordsPerLine != (records + page.entries.size()) / kRecordsPerLine)
      log::info("indexes of {} records of {} are built so far", records + page.entries.size(), name);
    records += page.entries.size();
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
  erase_stale_uniques(store, plan);
  if (records > 0) log::info("indexes of {} records of {} are built", records, name);
  put_down(plan.signature());
}

}  // namespace lantai::records
