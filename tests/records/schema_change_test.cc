#include <fstream>
#include <thread>

#include "holdings.h"
#include "lantai/base/id.h"
#include "lantai/storage/key_codec.h"
#include "record_keys.h"
#include "support/places.h"

namespace lantai::records {
namespace {

// A type `note` whose fields are these lines.
std::shared_ptr<const schema::Schema> with_note(const std::string& fields) {
  std::ifstream roles(lantai::test::shipped_declarations() / "vocabularies/role.yaml");
  const std::string role{std::istreambuf_iterator<char>(roles), {}};
  return schema::Schema::parse({{"vocabularies/role.yaml", role}, {"types/note.yaml", R"(
type: note
label: [便条, 便條, Note]
plural: [便条, 便條, Notes]
title_field: text
fields:
)" + fields + R"(
permissions:
  read: [archivist]
  create: [archivist]
  update: [archivist]
  remove: [archivist]
  export: [archivist]
list_columns: [text]
form:
  - {label: [便条, 便條, Note], fields: [text, place]}
)"}});
}

const char* const kPlain = R"(  text: {label: [文, 文, Text], required: true}
  place: {label: [处, 處, Place]})";
const char* const kIndexed = R"(  text: {label: [文, 文, Text], required: true, indexed: true, sortable: true}
  place: {label: [处, 處, Place], unique: true})";

std::size_t found(const RecordEngine& engine, const std::string& field, const std::string& value) {
  ListRequest request;
  request.where = {{field, value, {}, {}}};
  return engine.list(archivist(), "note", request).records.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_change)

BOOST_DATA_TEST_CASE(a_field_that_becomes_indexed_is_found_in_old_records, kBackends, backend) {
  Holdings holdings(backend, with_note(kPlain));
  auto& engine = *holdings.engine;
  for (int i = 0; i < 250; ++i) {
    engine.create(archivist(), "note", {{"text", "甲" + std::to_string(i)}, {"place", "乙" + std::to_string(i)}});
  }
  const auto& old_schema = engine.schema();
  BOOST_CHECK_THROW(found(engine, "text", "甲7"), Error);
  engine.replace_schema(with_note(kIndexed));
  BOOST_TEST(found(engine, "text", "甲7") == 1U);
  BOOST_TEST(found(engine, "place", "乙249") == 1U);
  BOOST_TEST((error_of([&] {
                engine.create(archivist(), "note", {{"text", "x"}, {"place", "乙7"}});
              }).code() == ErrorCode::already_exists));
  BOOST_TEST(old_schema.type("note").fields.size() == 2U);

  engine.replace_schema(with_note(kPlain));
  engine.replace_schema(with_note(kIndexed));
  BOOST_TEST(found(engine, "text", "甲7") == 1U);
}

// What can be sorted by has an entry of records without a value, too.
BOOST_AUTO_TEST_CASE(a_field_that_becomes_sortable_orders_all_records) {
  const std::string text = "  text: {label: [文, 文, Text], required: true}\n";
  const auto filtered = with_note(text + "  place: {label: [处, 處, Place], indexed: true}");
  Holdings holdings(Backend::memory, filtered);
  auto& engine = *holdings.engine;
  for (const auto& fields :
       {Json{{"text", "3"}, {"place", "乙"}}, Json{{"text", "1"}}, Json{{"text", "2"}, {"place", "甲"}}})
    engine.create(archivist(), "note", fields);
  ListRequest request;
  request.order_by = "place";
  BOOST_CHECK_THROW(engine.list(archivist(), "note", request), Error);
  for (int i = 0; i < 2; ++i) {
    engine.replace_schema(with_note(text + "  place: {label: [处, 處, Place], indexed: true, sortable: true}"));
    std::string order;
    for (const auto& record : engine.list(archivist(), "note", request).records)
      order += record.fields["text"].get<std::string>();
    BOOST_TEST(order == "132");
    engine.replace_schema(filtered);
    BOOST_CHECK_THROW(engine.list(archivist(), "note", request), Error);
    BOOST_TEST(found(engine, "place", "甲") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(an_engine_made_later_builds_what_is_missing) {
  Holdings holdings(Backend::memory, with_note(kPlain));
  holdings.engine->create(archivist(), "note", {{"text", "甲"}, {"place", "乙"}});
  holdings.engine = std::make_unique<RecordEngine>(*holdings.store, with_note(kIndexed), holdings.clock);
  BOOST_TEST(found(*holdings.engine, "text", "甲") == 1U);
}

// Nothing is left of what is no longer an index, and what stays one is not touched.
BOOST_AUTO_TEST_CASE(only_what_has_changed_is_made_anew) {
  Holdings holdings(Backend::memory, with_note(kIndexed));
  auto& engine = *holdings.engine;
  for (int i = 0; i < 20; ++i)
    engine.create(archivist(), "note", {{"text", "甲"}, {"place", "乙" + std::to_string(i)}});
  const auto entries = [&](const char* index) {
    const auto prefix = index_prefix("note", index, {});
    return holdings.store->read_view()
        ->scan(storage::KeySpace::indexes, {prefix, storage::after_prefix(prefix), 100, false})
        .entries.size();
  };
  BOOST_TEST(entries("text") == 20U);
  BOOST_TEST(entries("@id") == 20U);
  // An entry that should not be there shows whether its index was made anew.
  const auto strange = [&](const char* index) {
    holdings.store->run_transaction([&](storage::Transaction& transaction) {
      transaction.put(storage::KeySpace::indexes, index_key("note", index, {}, make_id(holdings.clock.now())), {});
    });
  };
  strange("@id");
  strange("@level");
  BOOST_TEST(entries("@level") == 1U);
  engine.replace_schema(with_note(kPlain));
  BOOST_TEST(entries("text") == 0U);
  BOOST_TEST(entries("@level") == 0U);
  BOOST_TEST(entries("@id") == 21U);
  engine.replace_schema(with_note(kIndexed));
  BOOST_TEST(entries("text") == 20U);
  // A store that says nothing of what was built, or something else, is made anew as a whole.
  holdings.store->run_transaction([&](storage::Transaction& transaction) {
    transaction.put(storage::KeySpace::indexes, built_indexes_key("note"), to_bytes("1"));
  });
  holdings.engine = std::make_unique<RecordEngine>(*holdings.store, with_note(kIndexed), holdings.clock);
  BOOST_TEST(entries("@id") == 20U);
  BOOST_TEST(entries("text") == 20U);
}

BOOST_AUTO_TEST_CASE(writers_go_on_while_the_schema_changes_and_nothing_is_lost) {
  Holdings holdings(Backend::memory, with_note(kPlain));
  auto& engine = *holdings.engine;
  constexpr int kEach = 150;
  {
    std::vector<std::jthread> writers;
    for (int thread = 0; thread < 3; ++thread) {
      writers.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) {
          engine.create(archivist(), "note",
                        {{"text", "同"}, {"place", std::to_string(thread) + "/" + std::to_string(i)}});
        }
      });
    }
    engine.replace_schema(with_note(kIndexed));
  }
  ListRequest request;
  request.limit = 1000;
  request.where = {{"text", "同", {}, {}}};
  BOOST_TEST(engine.list(archivist(), "note", request).records.size() == 3U * kEach);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
