// How fast is the store on this machine? Usage: bench_storage [DIRECTORY [MAX_RECORDS]]. JSON on standard output; the
// disk is measured in the same run with `dd conv=fdatasync`, turn by turn.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "lantai/storage/key_codec.h"
#include "lantai/storage/store.h"

namespace lantai::storage {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kBlobBytes = 256U << 20U;
constexpr int kTurns = 3;

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Noise from a xorshift generator: nothing in it repeats.
Bytes noise(std::size_t size, std::uint64_t state) {
  Bytes out(size);
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    for (unsigned k = 0; k < 8; ++k) out[i + k] = static_cast<std::uint8_t>(state >> (8U * k));
  }
  return out;
}

void commit_one(Store& store, std::uint64_t id) {
  store.run_transaction([&](Transaction& t) {
    const auto key = KeyWriter().text("item").number(id).take();
    t.get(KeySpace::records, key);
    t.put(KeySpace::records, key, Bytes(500, static_cast<std::uint8_t>(id)));
    t.append_change({"record", "item", std::to_string(id), 1, "create"});
    t.append_audit({"bench", "record.create", "item/" + std::to_string(id), "ok", "127.0.0.1", ""});
  });
}

struct Commits {
  double per_second = 0;
  double merged = 0;  // commits per synced batch
};

Commits commits(Store& store, int writers, double seconds, std::atomic<std::uint64_t>& next_id) {
  const auto before = store.statistics();
  const auto start = Steady::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i) {
      threads.emplace_back([&] {
        while (seconds_since(start) < seconds) commit_one(store, next_id++);
      });
    }
  }
  const auto took = seconds_since(start);
  const auto after = store.statistics();
  const auto count = static_cast<double>(after.commits - before.commits);
  return {count / took, count / static_cast<double>(after.batches - before.batches)};
}

// What one synced write of a small record costs at all on this disk.
double bare_syncs_per_second(const fs::path& directory) {
  const auto file = (directory / "syncs").string();
  auto* out = std::fopen(file.c_str(), "w");
  const Bytes block(1000);
  const auto start = Steady::now();
  int count = 0;
  for (; seconds_since(start) < 1; ++count) {
    if (std::fwrite(block.data(), 1, block.size(), out) != block.size() || std::fflush(out) != 0) std::abort();
    if (::fdatasync(::fileno(out)) != 0) std::abort();
  }
  std::fclose(out);
  fs::remove(file);
  return count / seconds_since(start);
}

void fill(Store& store, std::uint64_t from, std::uint64_t to) {
  constexpr std::uint64_t kStep = 5000;
  for (auto at = from; at < to; at += kStep) {
    store.run_transaction([&](Transaction& t) {
      for (auto id = at; id < std::min(to, at + kStep); ++id) {
        t.put(KeySpace::records, KeyWriter().text("item").number(id).take(), Bytes(500, static_cast<std::uint8_t>(id)));
        t.append_change({"record", "item", std::to_string(id), 1, "create"});
      }
    });
  }
}

void print_commits(const fs::path& directory, std::uint64_t max_records) {
  const auto store = Store::open(directory / "commits");
  std::printf("  \"bare_syncs_per_second\": %.0f,\n  \"commits\": [", bare_syncs_per_second(directory));
  std::uint64_t records = 0;
  const char* separator = "\n";
  for (std::uint64_t target = 10'000; target <= max_records; target *= 10) {
    fill(*store, records, target);
    records = target;
    std::atomic<std::uint64_t> next = 1'000'000'000 + target;
    for (const int writers : {1, 16}) {
      const auto result = commits(*store, writers, 2, next);
      std::printf("%s    {\"records\": %llu, \"writers\": %d, \"per_second\": %.0f, \"merged\": %.1f}", separator,
                  static_cast<unsigned long long>(target), writers, result.per_second, result.merged);
      separator = ",\n";
    }
  }
  std::printf("\n  ],\n");
}

double dd_rate(const fs::path& directory) {
  const auto file = (directory / "dd").string();
  const auto command = "dd if=/dev/zero of=" + file + " bs=1M count=" + std::to_string(kBlobBytes >> 20U) +
                       " conv=fdatasync 2> /dev/null";
  const auto start = Steady::now();
  if (std::system(command.c_str()) != 0) std::abort();
  const auto took = seconds_since(start);
  fs::remove(file);
  return static_cast<double>(kBlobBytes) / took / 1e6;
}

double write_rate(Store& store, const Bytes& bytes, Bytes& digest) {
  constexpr std::size_t kStep = 1U << 20U;
  const auto start = Steady::now();
  const auto writer = store.blobs().create();
  for (std::size_t at = 0; at < bytes.size(); at += kStep) writer->write(ByteView(bytes).subspan(at, kStep));
  digest = writer->finish().digest;
  return static_cast<double>(bytes.size()) / seconds_since(start) / 1e6;
}

double read_rate(Store& store, const Bytes& digest) {
  constexpr std::size_t kStep = 4U << 20U;
  const auto start = Steady::now();
  const auto reader = store.blobs().open(digest);
  for (std::uint64_t at = 0; at < reader->size(); at += kStep) reader->read(at, kStep);
  return static_cast<double>(reader->size()) / seconds_since(start) / 1e6;
}

double hash_rate(const Bytes& bytes) {
  const auto start = Steady::now();
  sha256(bytes);
  return static_cast<double>(bytes.size()) / seconds_since(start) / 1e6;
}

void print_blobs(const fs::path& directory) {
  const auto store = Store::open(directory / "blobs");
  std::vector<double> dd, written, read, hashed;
  Bytes digest;
  for (int turn = 0; turn < kTurns; ++turn) {
    const auto bytes = noise(kBlobBytes, 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(turn));
    dd.push_back(dd_rate(directory));
    written.push_back(write_rate(*store, bytes, digest));
    read.push_back(read_rate(*store, digest));
    hashed.push_back(hash_rate(bytes));
  }
  std::printf(
      "  \"blobs\": {\"megabytes\": %zu, \"dd_mb_per_second\": %.0f, \"write_mb_per_second\": %.0f, "
      "\"write_against_dd\": %.2f, \"read_cached_mb_per_second\": %.0f, \"sha256_mb_per_second\": %.0f},\n",
      kBlobBytes >> 20U, median(dd), median(written), median(written) / median(dd), median(read), median(hashed));
}

// How much of a document is stored again when a little of it changes?
void print_sharing() {
  const auto store = Store::open_in_memory();
  auto bytes = noise(16U << 20U, 99);
  store->blobs().put(bytes);
  const auto first = store->statistics().pack_bytes;
  const auto inserted = noise(1000, 7);
  bytes.insert(bytes.begin() + (5 << 20), inserted.begin(), inserted.end());
  store->blobs().put(bytes);
  const auto second = store->statistics().pack_bytes - first;
  std::printf("  \"sharing\": {\"blob_bytes\": %zu, \"inserted\": 1000, \"stored_again\": %llu}\n", bytes.size(),
              static_cast<unsigned long long>(second));
}

}  // namespace
}  // namespace lantai::storage

int main(int count, char** arguments) {
  namespace fs = std::filesystem;
  const fs::path parent = count > 1 ? fs::path(arguments[1]) : fs::temp_directory_path();
  const auto max_records = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000ULL;
  auto pattern = (parent / "lantai-bench-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    std::perror(pattern.c_str());
    return 1;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what is measured is said at once
  std::printf("{\n");
  lantai::storage::print_blobs(pattern);
  lantai::storage::print_commits(pattern, max_records);
  lantai::storage::print_sharing();
  std::printf("}\n");
  fs::remove_all(pattern);
  return 0;
}
