// One walk through the life of a record of any type, as its declaration says.
#pragma once

#include <sstream>

#include "generated.h"
#include "lantai/records/record_export.h"

namespace lantai::records {

// What is left in a record of what was given: the engine may add codes and defaults, never change what is valid.
inline void check_holds(const Record& record, const Json& given) {
  for (const auto& [name, value] : given.items()) {
    BOOST_TEST(record.fields.contains(name), record.type << "." << name << " was kept");
    if (name == "former_codes") continue;  // the engine adds the code there was before
    if (record.fields.contains(name)) BOOST_TEST(record.fields[name] == value, record.type << "." << name);
  }
}

inline void check_lists(Holdings& holdings, const schema::TypeDecl& type, const Record& record) {
  const auto& engine = *holdings.engine;
  for (const auto& field : type.fields) {
    const bool indexed = field.indexed || field.unique;
    if (!indexed || !record.fields.contains(field.name)) continue;
    const auto& value = record.fields[field.name];
    ListRequest request;
    request.where = {{field.name, value.is_array() ? value[0] : value, {}, {}}};
    const auto page = engine.list(chief(), type.name, request);
    BOOST_TEST(page.records.size() >= 1U, type.name << " by " << field.name);
    if (field.unique) BOOST_TEST(page.records.size() == 1U);
    if (field.many) continue;
    request = {};
    request.order_by = field.name;
    if (!field.sortable && field.name != type.code_field && field.name != type.parent_field) {
      BOOST_TEST(
          error_of([&] { engine.list(chief(), type.name, request); }).problems().at(0).rule == "field.not_sortable",
          type.name << " ordered by " << field.name);
      request.where = {{field.name, {}, {}, {}}};
      BOOST_TEST(engine.list(chief(), type.name, request).records.size() >= 1U,
                 type.name << " ordered by " << field.name << " where there is one");
      continue;
    }
    BOOST_TEST(engine.list(chief(), type.name, request).records.size() == engine.count(chief(), type.name),
               type.name << " ordered by " << field.name);
  }
}

inline void check_refusals(Holdings& holdings, const schema::TypeDecl& type, const Record& record) {
  auto& engine = *holdings.engine;
  const auto stale = error_of([&] { engine.update(chief(), type.name, record.id, 99, Json::object()); });
  BOOST_TEST((stale.code() == ErrorCode::conflict), type.name << " stale");
  for (const auto& field : type.fields) {
    const auto error = error_of([&] {
      engine.update(chief(), type.name, record.id, 0, {{field.name, Generated::invalid(field)}});
    });
    if (field.name == type.owner_field) continue;
    BOOST_TEST((error.code() == ErrorCode::invalid_argument), type.name << "." << field.name << " " << error.message());
    if (!field.required) continue;
    const auto missing = error_of([&] { engine.update(chief(), type.name, record.id, 0, {{field.name, nullptr}}); });
    BOOST_TEST((missing.code() == ErrorCode::invalid_argument), type.name << "." << field.name << " is required");
  }
  BOOST_TEST(engine.get(chief(), type.name, record.id).version == record.version);
}

// What the program keeps itself nobody else sets or changes; to give it back as it is does no harm.
inline void check_system_fields(Holdings& holdings, const schema::TypeDecl& type, const std::string& id) {
  auto& engine = *holdings.engine;
  Generated generated(holdings);
  auto service = chief();
  service.id = "service:test";
  service.service = true;
  const auto values = generated.system_fields(type, 0);
  for (const auto& [name, value] : values.items()) {
    const Json patch{{name, value}};
    const auto refused = [&](const Json& fields) {
      const auto error = error_of([&] { engine.update(chief(), type.name, id, 0, fields); });
      BOOST_TEST_REQUIRE(error.problems().size() == 1U,
                         type.name << "." << name << " " << fields.dump() << ": " << error.message());
      BOOST_TEST(error.problems()[0].field == name);
      BOOST_TEST(error.problems()[0].rule == "field.read_only");
    };
    refused(patch);
    auto made = generated.required(type, 2);
    made[name] = value;
    BOOST_TEST(error_of([&] { engine.create(chief(), type.name, made); }).problems().at(0).rule == "field.read_only");
    const auto set = engine.update(service, type.name, id, 0, patch).record;
    BOOST_TEST(set.fields[name] == value);
    BOOST_TEST(engine.update(chief(), type.name, id, 0, patch).record.version == set.version);
    refused({{name, nullptr}});
  }
}

inline void walk(Holdings& holdings, const schema::TypeDecl& type) {
  auto& engine = *holdings.engine;
  Generated generated(holdings);
  auto given = generated.fields(type, 0);
  auto second = generated.fields(type, 1);
  if (!type.owner_field.empty()) given[type.owner_field] = second[type.owner_field] = chief().id;

  const auto created = engine.create(chief(), type.name, given).record;
  check_holds(created, given);
  check_holds(engine.get(chief(), type.name, created.id), given);
  check_refusals(holdings, type, created);
  const auto updated = engine.update(chief(), type.name, created.id, 1, second).record;
  BOOST_TEST(updated.version == 2U);
  check_holds(updated, second);
  check_lists(holdings, type, updated);

  std::ostringstream exported;
  BOOST_TEST(export_json_lines(engine, chief(), type.name, exported) == engine.count(chief(), type.name));
  BOOST_TEST(exported.str().find(created.id) != std::string::npos);

  engine.remove(chief(), type.name, created.id, 2);
  BOOST_TEST(!engine.find(chief(), type.name, created.id));
  const auto history = history_of(engine, chief(), type.name, created.id);
  BOOST_TEST_REQUIRE(history.size() == 3U);
  BOOST_TEST(!history[1].differences.empty());
  BOOST_TEST(history[2].operation == "delete");
  const auto again = engine.create(chief(), type.name, given).record;  // unique values are free again
  BOOST_TEST(again.id != created.id);
  check_system_fields(holdings, type, again.id);
}

}  // namespace lantai::records
