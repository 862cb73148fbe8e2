// What does a record cost, and does that stay the same as the holdings grow? Creates by rows, creates one by one,
// reads, list pages among many siblings and refused duplicates, at 10^4, 10^5 and 10^6 items. Prints JSON; times are
// medians of rounds, with processor seconds beside them. Usage: bench_records SCHEMA_DIRECTORY [DIRECTORY
// [MAX_RECORDS]]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/records/record_engine.h"

namespace lantai::records {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kBatch = 256;
constexpr std::uint64_t kRowsToMeasure = 10 * kBatch;
constexpr int kRounds = 5, kCalls = 200;

double wall() { return std::chrono::duration<double>(Steady::now().time_since_epoch()).count(); }

double processor() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Cost {
  double wall_us = 0, processor_us = 0;  // of one call; medians
};

Cost cost_of(double calls, const std::function<void()>& body) {
  std::vector<double> walls, processors;
  for (int round = 0; round < kRounds; ++round) {
    const auto wall_before = wall(), processor_before = processor();
    body();
    walls.push_back((wall() - wall_before) / calls * 1e6);
    processors.push_back((processor() - processor_before) / calls * 1e6);
  }
  std::ranges::sort(walls);
  std::ranges::sort(processors);
  return {walls[kRounds / 2], processors[kRounds / 2]};
}

class Bench {
 public:
  Bench(storage::Store& store, std::shared_ptr<const schema::Schema> schema)
      : engine_(store, std::move(schema), clock_) {
    who_.id = who_.name = "bench";
    who_.roles = {"archivist"};
    who_.clearance = 2;
    fonds_ = engine_.create(who_, "fonds", {{"code", "Z109"}, {"name", "校"}}).record.id;
  }

  void fill(std::uint64_t until) {
    while (made_ < until) make_rows(std::min<std::uint64_t>(kBatch, until - made_));
  }

  void measure(const char* separator) {
    std::printf("%s    {\"records\": %llu", separator, static_cast<unsigned long long>(made_));
    print("row_in_batch", cost_of(double(kRowsToMeasure), [&] {
            for (std::uint64_t n = 0; n < kRowsToMeasure; n += kBatch) make_rows(kBatch);
          }));
    print("create", cost_of(kCalls, [&] {
            for (int i = 0; i < kCalls; ++i) engine_.create(who_, "item", fields(made_++));
          }));
    print("read", cost_of(kCalls, [&] {
            for (int i = 0; i < kCalls; ++i) engine_.get(who_, "item", sample());
          }));
    print("list_page_50", cost_of(kCalls, [&] {
            for (int i = 0; i < kCalls; ++i) list_page();
          }));
    print("duplicate_refused", cost_of(kCalls, [&] {
            for (int i = 0; i < kCalls; ++i) duplicate();
          }));
    std::printf("}");
  }

 private:
  // A year has 5,000 items, so that numbers stay within their scopes.
  Json fields(std::uint64_t n) const {
    return {{"title", "关于做好第" + std::to_string(n) + "次安全检查工作的通知"},
            {"fonds", fonds_},
            {"fonds_code", "Z109"},
            {"class_code", "WS"},
            {"fiscal_year", 1800 + n / 5000},
            {"retention", "Y"},
            {"organisation", "BGS"},
            {"date", "2021-03-05"},
            {"responsible", Json::array({"校长办公室"})},
            {"page_count", 1 + n % 20}};
  }

  void make_rows(std::uint64_t count) {
    std::vector<NewRecord> rows;
    for (std::uint64_t i = 0; i < count; ++i) rows.push_back({"item", fields(made_++), {}, {}});
    for (auto& result : engine_.create_all(who_, rows)) {
      if (!result.written) throw *result.error;
      remember(std::move(result.written->record));
    }
  }

  void remember(Record record) {
    if (++seen_ % 97 == 0)
      samples_.push_back({record.id, record.fields["reference_code"], record.fields["fiscal_year"]});
  }

  struct Sample {
    std::string id, code;
    int year = 0;
  };
  const std::string& sample() { return next_sample().id; }
  const Sample& next_sample() {
    at_ = (at_ * 6364136223846793005U + 1442695040888963407U);
    return samples_[(at_ >> 33U) % samples_.size()];
  }

  void list_page() {
    ListRequest request;
    request.where = {{"fonds", fonds_, {}, {}}};
    request.order_by = "reference_code";
    if (engine_.list(who_, "item", request).records.size() != 50) std::abort();
  }

  void duplicate() {
    auto taken = fields(made_);
    const Sample& there = next_sample();
    taken["reference_code"] = there.code;
    taken["fiscal_year"] = there.year;
    try {
      engine_.create(who_, "item", taken);
      std::abort();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::already_exists) throw;
    }
  }

  static void print(const char* what, const Cost& cost) {
    std::printf(", \"%s\": {\"wall_us\": %.0f, \"processor_us\": %.0f, \"per_second\": %.0f}", what, cost.wall_us,
                cost.processor_us, 1e6 / cost.wall_us);
  }

  SystemClock clock_;
  RecordEngine engine_;
  Principal who_;
  std::string fonds_;
  std::uint64_t made_ = 0, seen_ = 0, at_ = 1;
  std::vector<Sample> samples_;  // id and code of some
};

}  // namespace
}  // namespace lantai::records

int main(int count, char** arguments) {
  using namespace lantai;
  if (count < 2) return std::fputs("usage: bench_records SCHEMA_DIRECTORY [DIRECTORY [MAX_RECORDS]]\n", stderr), 2;
  const std::filesystem::path parent =
      count > 2 ? std::filesystem::path(arguments[2]) : std::filesystem::temp_directory_path();
  const auto max_records = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1'000'000ULL;
  const auto directory = parent / ("lantai-bench-" + random_hex(6));
  log::set_level(log::Level::error);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  {
    const auto store = storage::Store::open(directory);
    records::Bench bench(*store, schema::Schema::load({arguments[1]}));
    std::printf("{\"items\": [");
    const char* separator = "\n";
    for (std::uint64_t target = 10'000; target <= max_records; target *= 10) {
      bench.fill(target);
      bench.measure(separator);
      separator = ",\n";
    }
    std::printf("\n]}\n");
  }
  std::filesystem::remove_all(directory);
  return 0;
}
