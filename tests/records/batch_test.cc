// Several records in one commit: in order, each for itself.
#include <latch>
#include <thread>

#include "holdings.h"

namespace lantai::records {
namespace {

Json numbered(const std::string& title) {
  return {{"title", title},      {"fonds_code", "Z109"}, {"class_code", "WS"},
          {"fiscal_year", 2011}, {"retention", "Y"},     {"organisation", "BGS"}};
}

std::vector<NewRecord> items(std::size_t count, const std::string& name = "件") {
  std::vector<NewRecord> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({"item", numbered(name + std::to_string(i)), {}, {}});
  return out;
}

std::string code_of(std::size_t number) {
  const auto digits = std::to_string(number);
  return "Z109-WS·2011·Y·BGS-" + std::string(4 - digits.size(), '0') + digits;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch)

BOOST_DATA_TEST_CASE(numbers_and_ids_follow_the_order_of_the_rows, kBackends, backend) {
  Holdings holdings(backend);
  constexpr std::size_t kRows = 700;
  const auto before = holdings.store->statistics();
  const auto results = holdings.engine->create_all(archivist(), items(kRows));
  BOOST_TEST_REQUIRE(results.size() == kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    BOOST_TEST_REQUIRE(results[i].written.has_value());
    BOOST_TEST(results[i].written->record.fields["reference_code"] == code_of(i + 1));
    if (i > 0) BOOST_TEST(results[i - 1].written->record.id < results[i].written->record.id);
  }
  BOOST_TEST(holdings.store->statistics().commits - before.commits < 10U);
  BOOST_TEST(holdings.engine->count(archivist(), "item") == kRows);
  BOOST_TEST(results.back().written->position == holdings.store->changes().last_position());
  BOOST_TEST(!holdings.store->audit().verify().first_broken.has_value());
}

BOOST_DATA_TEST_CASE(a_bad_row_undoes_nothing_of_the_good_ones, kBackends, backend) {
  Holdings holdings(backend);
  const auto taken = holdings.add_item("已有", {{"reference_code", "旧-1"}});
  auto rows = items(6);
  rows[1].fields.erase("title");
  rows[2].fields = {{"title", "重号"}, {"reference_code", "旧-1"}};  // found out after other keys were written
  rows[3].fields["department"] = "01900000-0000-7000-8000-000000000000";
  rows[4].type = "nothing";
  const auto results = holdings.engine->create_all(archivist(), rows);
  BOOST_TEST(results[0].written->record.fields["reference_code"] == code_of(1));
  BOOST_TEST(results[1].error->problems().at(0).rule == "field.required");
  BOOST_TEST((results[2].error->code() == ErrorCode::already_exists));
  BOOST_TEST(results[3].error->problems().at(0).rule == "field.no_such_record");
  BOOST_TEST((results[4].error->code() == ErrorCode::not_found));
  BOOST_TEST(results[5].written->record.fields["reference_code"] == code_of(2));
  for (std::size_t i = 1; i < 5; ++i) BOOST_TEST(!results[i].written.has_value());
  BOOST_TEST(holdings.engine->count(archivist(), "item") == 3U);
  BOOST_TEST(holdings.engine->list(archivist(), "item", {}).records.size() == 3U);
  BOOST_TEST(holdings.engine->continuity(archivist(), "item").scopes.at(0).missing.empty());
  holdings.engine->remove(archivist(), "item", taken.id, 1);
  BOOST_TEST(holdings.add_item("又", {{"reference_code", "旧-1"}}).version == 1U);  // the failed row holds nothing
}

BOOST_AUTO_TEST_CASE(a_key_stands_for_one_record_within_a_batch_and_across_batches) {
  Holdings holdings;
  auto rows = items(3);
  rows[0].idempotency_key = rows[2].idempotency_key = "一";
  rows[2].fields = rows[0].fields;
  const auto first = holdings.engine->create_all(archivist(), rows);
  BOOST_TEST(first[0].written->record.id == first[2].written->record.id);
  BOOST_TEST(first[1].written->record.fields["reference_code"] == code_of(2));
  const auto again = holdings.engine->create_all(archivist(), rows);
  BOOST_TEST(again[0].written->record.id == first[0].written->record.id);
  rows[0].fields["title"] = "别的";
  BOOST_TEST(holdings.engine->create_all(archivist(), {rows[0]})[0].error->message_id() ==
             "record.idempotency_mismatch");
}

BOOST_AUTO_TEST_CASE(who_may_not_create_is_refused_row_by_row_and_that_is_audited) {
  Holdings holdings;
  const auto results = holdings.engine->create_all(reader(), items(2));
  for (const auto& result : results) BOOST_TEST((result.error->code() == ErrorCode::permission_denied));
  const auto audited = holdings.store->audit().read_backwards(UINT64_MAX, 10);
  BOOST_TEST_REQUIRE(audited.size() == 2U);
  BOOST_TEST(audited[0].outcome == "denied");
  BOOST_TEST(holdings.engine->count(archivist(), "item") == 0U);
}

BOOST_DATA_TEST_CASE(two_importers_and_single_creates_share_one_scope_without_gap_or_failure, kBackends, backend) {
  Holdings holdings(backend);
  constexpr std::size_t kRows = 600, kSingle = 40;
  std::vector<std::vector<CreateResult>> results(2);
  std::latch start(3);
  {
    std::vector<std::jthread> importers;
    for (auto& mine : results) {
      importers.emplace_back([&] {
        start.arrive_and_wait();
        mine = holdings.engine->create_all(archivist(), items(kRows));
      });
    }
    start.arrive_and_wait();
    for (std::size_t i = 0; i < kSingle; ++i) holdings.engine->create(archivist(), "item", numbered("单件"));
  }
  for (const auto& mine : results) {
    std::string last;
    for (const auto& result : mine) {
      BOOST_TEST_REQUIRE(result.written.has_value());
      const std::string code = result.written->record.fields["reference_code"];
      BOOST_TEST((last.empty() || last < code));
      last = code;
    }
  }
  const auto continuity = holdings.engine->continuity(archivist(), "item").scopes;
  BOOST_TEST_REQUIRE(continuity.size() == 1U);
  BOOST_TEST(continuity[0].highest == 2 * kRows + kSingle);
  BOOST_TEST(continuity[0].missing.empty());
}

BOOST_AUTO_TEST_CASE(rows_too_large_for_one_transaction_are_spread_over_several) {
  Holdings holdings;
  // Record and version of each are more than 1 MiB; a transaction has 8.
  std::string notes;
  for (int i = 0; i < 190'000; ++i) notes += "档";
  auto rows = items(25);
  for (auto& row : rows) row.fields["notes"] = notes;
  const auto results = holdings.engine->create_all(archivist(), rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    BOOST_TEST_REQUIRE(results[i].written.has_value());
    BOOST_TEST(results[i].written->record.fields["reference_code"] == code_of(i + 1));
  }
  BOOST_TEST(holdings.store->statistics().commits >= 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
