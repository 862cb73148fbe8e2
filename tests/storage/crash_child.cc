// The process that is killed: commits, writes, removes and collects without end, and says on standard output what has
// been acknowledged to it. Usage: storage_crash_child STORE FIRST_BLOB everything|blobs
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "crash_model.h"
#include "lantai/base/error.h"

namespace lantai::storage {
namespace {

void acknowledge(const std::string& line) {
  const auto text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(3);
}

void commit_forever(Store& store, int writer) {
  while (true) {
    std::uint64_t number = 0;
    const auto committed = store.run_transaction([&](Transaction& t) {
      number = number_of(t.get(KeySpace::counters, counter_key(writer))) + 1;
      t.put(KeySpace::counters, counter_key(writer), KeyWriter().number(number).take());
      for (const auto* half : {"left", "right"})
        t.put(KeySpace::records, item_key(writer, number, half), Bytes(300, 7));
      t.append_change({"record", "item", item_id(writer, number), number, "create"});
      t.append_audit({"writer", "record.create", item_id(writer, number), "ok", "", ""});
      t.enqueue({"mail", item_id(writer, number), ""});
    });
    acknowledge("C " + std::to_string(writer) + " " + std::to_string(number) + " " +
                std::to_string(committed.position));
    if (number % 2 == 0) store.outbox().done(committed.position);
  }
}

// Returns once the blob has its owner; collection may take it in between, since it has no grace here.
void put_owned(Store& store, std::uint64_t number) {
  while (true) {
    const auto content = blob_content(number);
    const bool small = content.size() <= BlobStore::kSmallBlobBytes;
    const auto digest = small ? store.blobs().put_small(std::vector<ByteView>{content}).at(0).digest
                              : store.blobs().put(content).digest;
    try {
      store.run_transaction([&](Transaction& t) {
        t.add_blob_owner(digest, blob_name(number));
        t.put(KeySpace::texts, blob_key(number), digest);
      });
      return;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found) throw;
    }
  }
}

void collect(Store& store) {
  if (store.blobs().collect(std::chrono::seconds(0)).bytes_freed > 0) acknowledge("M 0");
}

void drop(Store& store, std::uint64_t number) {
  acknowledge("R " + std::to_string(number));  // from here on it may be gone
  store.run_transaction([&](Transaction& t) {
    const auto digest = t.get(KeySpace::texts, blob_key(number));
    if (!digest) return;
    t.remove_blob_owner(*digest, blob_name(number));
    t.erase(KeySpace::texts, blob_key(number));
  });
}

// What the life before did not come to.
void drop_before(Store& store, std::uint64_t number) {
  const ScanRange range{.begin = {}, .end = blob_key(number), .limit = 1000};
  for (const auto& entry : store.read_view()->scan(KeySpace::texts, range).entries) {
    drop(store, KeyReader(entry.key).number());
  }
}

[[noreturn]] void write_blobs_forever(Store& store, std::uint64_t number, Work work) {
  if (number > kBlobsKept) drop_before(store, number - kBlobsKept);
  for (;; ++number) {
    put_owned(store, number);
    acknowledge("B " + std::to_string(number));
    if (number >= kBlobsKept) drop(store, number - kBlobsKept);
    // Here and not beside the writer, which has the pack that would be emptied.
    if (work == Work::blobs) collect(store);
  }
}

[[noreturn]] void run(const char* directory, std::uint64_t first_blob, Work work) {
  const auto store = Store::open(directory, crash_options());
  std::vector<std::jthread> threads;
  if (work == Work::everything) {
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] { commit_forever(*store, writer); });
    }
    threads.emplace_back([&] {
      while (true) collect(*store);
    });
  }
  write_blobs_forever(*store, first_blob, work);
}

}  // namespace
}  // namespace lantai::storage

int main(int, char** arguments) {
  const auto work =
      std::string_view(arguments[3]) == "blobs" ? lantai::storage::Work::blobs : lantai::storage::Work::everything;
  lantai::storage::run(arguments[1], static_cast<std::uint64_t>(std::atoll(arguments[2])), work);
}
