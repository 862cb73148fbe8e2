#include "feeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lantai/storage/blob_store.h"
#include "lantai/storage/key_codec.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

constexpr std::uint8_t kFeedFormat = 1;

// Numbered entries in (after, …), decoded; a large limit is answered by what fits one page.
template <typename Decode>
auto read_numbered(const ReadView& view, KeySpace space, const ScanRange& range, Decode decode) {
  auto bounded = range;
  bounded.limit = std::min(range.limit, kMaxPageEntries);
  const auto page = view.scan(space, bounded);
  std::vector<decltype(decode(0, ByteView{}))> out;
  out.reserve(page.entries.size());
  for (const auto& [key, value] : page.entries) out.push_back(decode(KeyReader(key).number(), value));
  return out;
}

ScanRange after_number(std::uint64_t after, std::size_t limit) {
  if (after == std::numeric_limits<std::uint64_t>::max()) limit = 0;
  return {.begin = KeyWriter().number(after + 1).take(), .end = {}, .limit = limit};
}

Bytes consumer_key(std::string_view name) { return KeyWriter().text(name).take(); }

bool matches(const AuditEntry& entry, const AuditFilter& filter) {
  const auto same = [](const std::string& wanted, const std::string& there) {
    return wanted.empty() || wanted == there;
  };
  const bool several = filter.action.ends_with('.');
  if (several ? !entry.action.starts_with(filter.action) : !same(filter.action, entry.action)) return false;
  if (filter.from && entry.time < *filter.from) return false;
  if (filter.to && entry.time >= *filter.to) return false;
  return same(filter.actor, entry.actor) && same(filter.subject, entry.subject) &&
         same(filter.outcome, entry.outcome) && same(filter.address, entry.address);
}

// Why this entry does not follow the one before it; empty when it does. Moves `previous` on.
std::string flaw(const Entry& stored, std::uint64_t expected, Bytes& previous) {
  const auto sequence = KeyReader(stored.key).number();
  if (sequence != expected) return fmt::format("entry {} is missing", expected);
  try {
    const auto entry = decode_audit(sequence, stored.value);
    if (entry.previous_hash != previous) return "it does not name the hash of the entry before it";
    if (entry.hash != sha256(canonical_encoding(entry))) return "its content does not match its hash";
    previous = entry.hash;
    return {};
  } catch (const Error& e) {
    return e.message();
  }
}

}  // namespace

std::vector<Change> StoredChangeFeed::read(std::uint64_t after, std::size_t limit) const {
  return read_numbered(*committer_.read_view(), KeySpace::changes, after_number(after, limit), decode_change);
}

std::optional<ConsumerPosition> StoredChangeFeed::find_consumer(std::string_view name) const {
  const auto value = committer_.read_view()->get(KeySpace::consumers, consumer_key(name));
  if (!value) return std::nullopt;
  ValueReader reader(*value, "consumer position");
  reader.expect_format(kFeedFormat);
  ConsumerPosition out;
  out.store.uuid = reader.text();
  out.store.epoch = reader.u64();
  out.position = reader.u64();
  reader.expect_end();
  return out;
}

void StoredChangeFeed::set_consumer(Transaction& transaction, std::string_view name, std::uint64_t position) const {
  transaction.put(KeySpace::consumers, consumer_key(name),
                  ValueWriter().u8(kFeedFormat).text(identity_.uuid).u64(identity_.epoch).u64(position).take());
}

std::vector<AuditEntry> StoredAuditLog::read(std::uint64_t after, std::size_t limit) const {
  return read_numbered(*committer_.read_view(), KeySpace::audit, after_number(after, limit), decode_audit);
}

std::vector<AuditEntry> StoredAuditLog::read_backwards(std::uint64_t before, std::size_t limit) const {
  const ScanRange range{.begin = {}, .end = audit_key(before), .limit = limit, .reverse = true};
  return read_numbered(*committer_.read_view(), KeySpace::audit, range, decode_audit);
}

AuditMatches StoredAuditLog::find(const AuditFilter& filter, std::uint64_t before, std::size_t limit) const {
  constexpr std::size_t kStep = 100;
  AuditMatches out;
  std::uint64_t next = before;
  for (std::size_t seen = 0; seen < kLookedThrough && out.entries.size() < limit;) {
    auto page = read_backwards(next, std::max(limit, kStep));
    if (page.empty()) return out;
    for (auto& entry : page) {
      next = entry.sequence;
      ++seen;
      if (matches(entry, filter)) out.entries.push_back(std::move(entry));
      if (out.entries.size() == limit) break;
    }
  }
  if (next > 1) out.before = next;
  return out;
}

AuditVerdict StoredAuditLog::verify(const std::optional<AuditHead>& known) const {
  constexpr std::size_t kStep = 1000;
  const auto last = head().sequence;
  AuditVerdict out;
  auto previous = sha256(as_bytes(identity_.uuid));
  const auto broken = [&](std::string reason) {
    out.first_broken = out.checked + 1;
    out.reason = std::move(reason);
    return out;
  };
  while (out.checked < last) {
    const auto page = committer_.read_view()->scan(KeySpace::audit, after_number(out.checked, kStep));
    if (page.entries.empty()) return broken(fmt::format("entry {} is missing", out.checked + 1));
    for (const auto& entry : page.entries) {
      if (auto reason = flaw(entry, out.checked + 1, previous); !reason.empty()) return broken(std::move(reason));
      if (known && known->sequence == out.checked + 1 && known->hash != previous) {
        return broken("its hash is not the one exported earlier");
      }
      ++out.checked;
    }
  }
  if (known && known->sequence > out.checked) {
    return broken(fmt::format("the log once reached entry {} and has lost its end", known->sequence));
  }
  return out;
}

std::vector<OutboxEntry> StoredOutbox::pending(std::size_t limit) const {
  return read_numbered(*committer_.read_view(), KeySpace::outbox, {.begin = {}, .end = {}, .limit = limit},
                       decode_effect);
}

void StoredOutbox::done(std::uint64_t number) {
  committer_.run([&](Transaction& transaction) { transaction.erase(KeySpace::outbox, outbox_key(number)); });
}

void StoredOutbox::failed(std::uint64_t number, std::string_view error) {
  constexpr std::size_t kMaxErrorBytes = 4096;
  committer_.run([&](Transaction& transaction) {
    const auto value = transaction.get(KeySpace::outbox, outbox_key(number));
    if (!value) return;
    auto entry = decode_effect(number, *value);
    ++entry.attempts;
    entry.last_error = to_valid_utf8(error.substr(0, kMaxErrorBytes));
    transaction.put(KeySpace::outbox, outbox_key(number), encode_effect(entry));
  });
}

}  // namespace lantai::storage
