#include "lantai/archive/search_history.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "blanks.h"
#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"
#include "lantai/text/folding.h"
#include "lantai/text/pinyin.h"

namespace lantai::archive {
namespace {

using nlohmann::json;
using storage::KeySpace;
constexpr std::size_t kLongest = 1000;

Bytes key_of(std::string_view account) { return storage::KeyWriter().text(account).take(); }

std::vector<PastSearch> decode(const Bytes& value) {
  std::vector<PastSearch> searches;
  try {
    for (const auto& one : json::from_cbor(value)) {
      searches.push_back({one.at(0), Timestamp{one.at(1).get<std::int64_t>()}});
    }
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("past searches are not readable: ") + error.what());
  }
  return searches;
}

Bytes encode(const std::vector<PastSearch>& searches) {
  json list = json::array();
  for (const auto& one : searches) list.push_back({one.query, one.at.micros});
  return json::to_cbor(list);
}

template <typename Reader>  // ReadView or Transaction
std::vector<PastSearch> read(Reader& from, std::string_view account) {
  const auto value = from.get(KeySpace::searches, key_of(account));
  return value ? decode(*value) : std::vector<PastSearch>{};
}

void erase_same(std::vector<PastSearch>& searches, std::string_view query) {
  const auto folded = text::fold_only(query);
  std::erase_if(searches, [&](const PastSearch& one) { return text::fold_only(one.query) == folded; });
}

}  // namespace

void SearchHistory::note(std::string_view account, std::string_view query) {
  const std::string typed = trimmed(query);
  if (typed.empty()) return;
  if (typed.size() > kLongest) throw Error(ErrorCode::invalid_argument, "search too long", "search.too_long");
  store_.run_transaction([&](storage::Transaction& transaction) {
    auto searches = read(transaction, account);
    erase_same(searches, typed);
    searches.insert(searches.begin(), {typed, clock_.now()});
    if (searches.size() > kKept) searches.resize(kKept);
    transaction.put(KeySpace::searches, key_of(account), encode(searches));
  });
}

std::vector<PastSearch> SearchHistory::of(std::string_view account) const { return read(*store_.read_view(), account); }

std::vector<PastSearch> SearchHistory::completing(std::string_view account, std::string_view typed,
                                                  std::size_t most) const {
  std::vector<PastSearch> found;
  const auto sounds = text::SoundPattern::of_typed(typed);
  const auto folded = text::fold_only(typed);
  if (folded.empty()) return found;
  for (auto& one : of(account)) {
    if (found.size() == most) break;
    const auto query = text::fold_only(one.query);
    if (query == folded) continue;
    if (query.find(folded) != query.npos || (sounds && sounds->find(query))) found.push_back(std::move(one));
  }
  return found;
}

void SearchHistory::forget(std::string_view account, std::string_view query) {
  store_.run_transaction([&](storage::Transaction& transaction) {
    auto searches = read(transaction, account);
    const auto before = searches.size();
    erase_same(searches, trimmed(query));
    if (searches.size() != before) transaction.put(KeySpace::searches, key_of(account), encode(searches));
  });
}

void SearchHistory::forget_all(std::string_view account) {
  store_.run_transaction(
      [&](storage::Transaction& transaction) { transaction.erase(KeySpace::searches, key_of(account)); });
}

std::vector<PopularSearch> SearchHistory::popular() const {
  const auto now = clock_.now().micros;
  std::map<std::u32string, PopularSearch> by_text;
  storage::ScanRange range;
  range.limit = storage::kMaxPageEntries;
  const auto view = store_.read_view();
  for (bool more = true; more;) {
    const auto page = view->scan(KeySpace::searches, range);
    for (const auto& entry : page.entries) {
      for (const auto& one : decode(entry.value)) {
        if (now - one.at.micros > kRecentMicros) continue;
        auto& popular = by_text[text::fold_only(one.query)];
        if (popular.people++ == 0) popular.query = one.query;
      }
    }
    more = page.more;
    if (more) range.begin = storage::after_prefix(page.entries.back().key);
  }
  std::vector<PopularSearch> list;
  for (auto& [folded, one] : by_text) {
    if (one.people >= kFewest) list.push_back(std::move(one));
  }
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.people > b.people; });
  return list;
}

}  // namespace lantai::archive
