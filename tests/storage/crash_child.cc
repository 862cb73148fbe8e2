// The process that is killed: commits, writes, removes and collects without end, and says on standard output what has
// been acknowledged to it. Usage: storage_crash_child STORE SEED FIRST_BLOB everything|blobs
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
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
    const auto digest = store.blobs().put(blob_content(number)).digest;
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

void write_blobs_forever(Store& store, std::uint64_t number, std::uint64_t kept, std::mt19937& random) {
  for (;; ++number) {
    put_owned(store, number);
    acknowledge("B " + std::to_string(number));
    if (number < kept || random() % 20 == 0) continue;
    const auto old = number - kept;
    acknowledge("R " + std::to_string(old));  // from here on it may be gone
    store.run_transaction([&](Transaction& t) {
      const auto digest = t.get(KeySpace::texts, blob_key(old));
      if (!digest) return;
      t.remove_blob_owner(*digest, blob_name(old));
      t.erase(KeySpace::texts, blob_key(old));
    });
  }
}

[[noreturn]] void run(const char* directory, unsigned seed, std::uint64_t first_blob, Work work) {
  const auto store = Store::open(directory, crash_options());
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < kWriters && work == Work::everything; ++writer) {
    threads.emplace_back([&, writer] { commit_forever(*store, writer); });
  }
  threads.emplace_back([&] {
    while (true) store->blobs().collect(std::chrono::seconds(0));
  });
  std::mt19937 random(seed);
  write_blobs_forever(*store, first_blob, work == Work::blobs ? kBlobsKeptOfDropped : kBlobsKept, random);
  std::abort();
}

}  // namespace
}  // namespace lantai::storage

int main(int, char** arguments) {
  lantai::storage::run(
      arguments[1], static_cast<unsigned>(std::atol(arguments[2])),
      static_cast<std::uint64_t>(std::atoll(arguments[3])),
      std::string_view(arguments[4]) == "blobs" ? lantai::storage::Work::blobs : lantai::storage::Work::everything);
}
