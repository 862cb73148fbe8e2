// The in-memory engine: every key keeps the values that some live view may still see.
#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "lantai/storage/key_value_store.h"
#include "size_limits.h"

namespace lantai::storage {
namespace {

struct Version {
  std::uint64_t number;
  std::optional<Bytes> value;
};

using Table = std::map<Bytes, std::vector<Version>>;

struct State {
  mutable std::shared_mutex mutex;
  std::map<KeySpace, Table> tables;
  std::uint64_t number = 0;
  std::multiset<std::uint64_t> views;
};

const Version* visible(const std::vector<Version>& versions, std::uint64_t number) {
  for (auto v = versions.rbegin(); v != versions.rend(); ++v) {
    if (v->number <= number) return &*v;
  }
  return nullptr;
}

class MemoryView final : public ReadView {
 public:
  explicit MemoryView(std::shared_ptr<State> state) : state_(std::move(state)) {
    std::unique_lock lock(state_->mutex);
    number_ = state_->number;
    place_ = state_->views.insert(number_);
  }
  ~MemoryView() override {
    std::unique_lock lock(state_->mutex);
    state_->views.erase(place_);
  }
  MemoryView(const MemoryView&) = delete;
  MemoryView& operator=(const MemoryView&) = delete;

  std::optional<Bytes> get(KeySpace space, ByteView key) const override {
    check_key(space, key);
    std::shared_lock lock(state_->mutex);
    const auto table = state_->tables.find(space);
    if (table == state_->tables.end()) return std::nullopt;
    const auto found = table->second.find(Bytes(key.begin(), key.end()));
    if (found == table->second.end()) return std::nullopt;
    const auto* version = visible(found->second, number_);
    return version ? version->value : std::nullopt;
  }

  Page scan(KeySpace space, const ScanRange& range) const override {
    check_range(space, range);
    std::shared_lock lock(state_->mutex);
    const auto table = state_->tables.find(space);
    if (table == state_->tables.end()) return {};
    auto first = table->second.lower_bound(range.begin);
    auto last = range.end.empty() ? table->second.end() : table->second.lower_bound(range.end);
    if (!range.end.empty() && range.end <= range.begin) return {};
    if (range.reverse) return collect(std::make_reverse_iterator(last), std::make_reverse_iterator(first), range);
    return collect(first, last, range);
  }

 private:
  template <typename I>
  Page collect(I at, I end, const ScanRange& range) const {
    Page page;
    std::size_t bytes = 0;
    for (; at != end; ++at) {
      const auto* version = visible(at->second, number_);
      if (!version || !version->value) continue;
      const auto size = at->first.size() + version->value->size();
      if (page.entries.size() >= range.limit || (!page.entries.empty() && bytes + size > kMaxPageBytes)) {
        page.more = true;
        break;
      }
      bytes += size;
      page.entries.push_back({at->first, *version->value});
    }
    return page;
  }

  std::shared_ptr<State> state_;
  std::uint64_t number_ = 0;
  std::multiset<std::uint64_t>::iterator place_;
};

class MemoryStore final : public KeyValueStore {
 public:
  std::unique_ptr<ReadView> read_view() const override { return std::make_unique<MemoryView>(state_); }

  void write(const std::vector<Write>& batch, bool /*sync*/, Room /*room*/) override {
    check_batch(batch);
    std::unique_lock lock(state_->mutex);
    const auto number = state_->number + 1;
    const auto oldest = state_->views.empty() ? number : *state_->views.begin();
    for (const auto& write : batch) {
      auto& table = state_->tables[write.space];
      auto& versions = table[write.key];
      if (!versions.empty() && versions.back().number == number) versions.pop_back();
      versions.push_back({number, write.value});
      drop_unseen(versions, oldest);
      if (versions.size() == 1 && !versions.front().value) table.erase(write.key);
    }
    state_->number = number;
  }

  void verify() const override {}
  void compact() override {}

 private:
  // All but the newest version that is at or below `oldest`.
  static void drop_unseen(std::vector<Version>& versions, std::uint64_t oldest) {
    const auto above = std::find_if(versions.begin(), versions.end(), [&](const auto& v) { return v.number > oldest; });
    if (above - versions.begin() > 1) versions.erase(versions.begin(), above - 1);
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace

std::unique_ptr<KeyValueStore> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace lantai::storage
