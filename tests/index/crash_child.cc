// Indexes until it is killed: index_crash_child STORE INDEX. Says `ready` once the whole feed is visible.
#include <unistd.h>

#include <cstdio>

#include "index/crash_source.h"
#include "lantai/index/indexer.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto store = lantai::storage::Store::open(argv[1]);
  const lantai::index::testing::CrashSource source;
  lantai::index::IndexerOptions options{argv[2]};
  options.settle_documents = 25;
  const auto indexer = lantai::index::Indexer::open(*store, source, options);
  std::puts("started");
  std::fflush(stdout);
  indexer->wait_until(store->changes().last_position(), std::chrono::steady_clock::now() + std::chrono::minutes(1));
  std::puts("ready");
  std::fflush(stdout);
  ::pause();
  return 0;
}
