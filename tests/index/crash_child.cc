// Indexes until it is killed: index_crash_child STORE INDEX SCHEMA. Says `ready` once the whole feed is visible in a
// generation of that schema.
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "index/crash_source.h"
#include "lantai/index/indexer.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto store = lantai::storage::Store::open(argv[1]);
  const lantai::index::testing::CrashSource source(argv[3]);
  lantai::index::IndexerOptions options{argv[2]};
  options.settle_documents = 25;
  const auto indexer = lantai::index::Indexer::open(*store, source, options);
  std::puts("started");
  std::fflush(stdout);
  indexer->wait_until(store->changes().last_position(), std::chrono::steady_clock::now() + std::chrono::minutes(1));
  while (indexer->status().rebuilding) std::this_thread::yield();
  std::puts("ready");
  std::fflush(stdout);
  ::pause();
  return 0;
}
