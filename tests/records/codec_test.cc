#include <boost/test/unit_test.hpp>
#include <random>

#include "index_value.h"
#include "lantai/base/error.h"
#include "lantai/records/record.h"
#include "record_codec.h"

namespace lantai::records {
namespace {

Record sample() {
  Record record;
  record.type = "item";
  record.id = "0190a8f0-0000-7000-8000-000000000001";
  record.version = 3;
  record.created = {-5};
  record.modified = {1'700'000'000'000'001};
  record.author = "archivist";
  record.fields = {{"title", "关于放假的通知"}, {"fiscal_year", 2021}, {"rows", {{{"a", 1}}, {{"b", nullptr}}}}};
  record.files.push_back({2, "main", {{1, Bytes(32, 7), 12, "通知.doc", {0xCD, 0xA8}, "text/plain", {9}, "x"}}, true});
  return record;
}

bool is_data_loss(const Error& error) { return error.code() == ErrorCode::data_loss; }

schema::FieldDecl field_of(schema::FieldKind kind) {
  schema::FieldDecl field;
  field.name = "f";
  field.kind = kind;
  return field;
}

// Components in the given order are in byte order.
void check_order(schema::FieldKind kind, const std::vector<Json>& values) {
  const auto field = field_of(kind);
  for (std::size_t i = 1; i < values.size(); ++i) {
    const auto low = index_component(field, values[i - 1], 100), high = index_component(field, values[i], 100);
    BOOST_TEST((low < high), values[i - 1] << " before " << values[i]);
    BOOST_TEST(!std::equal(low.begin(), low.end(), high.begin(), high.begin() + std::min(low.size(), high.size())));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_codec)

BOOST_AUTO_TEST_CASE(a_record_comes_back_as_it_was_written) {
  const auto record = sample();
  const auto back = decode(encode(record));
  BOOST_TEST(encode(back) == encode(record));
  BOOST_TEST(back.fields == record.fields);
  BOOST_TEST(back.created.micros == -5);
  BOOST_TEST(back.files.at(0).removed);
  BOOST_TEST(back.files.at(0).current().raw_name == (Bytes{0xCD, 0xA8}));
  BOOST_TEST(decode_version(encode(record, "add_file").version).operation == "add_file");
}

// The library writes a map with its names in byte order and every number as short as can be.
BOOST_AUTO_TEST_CASE(what_is_written_is_what_the_library_writes) {
  auto record = sample();
  const std::int64_t numbers[] = {0, 23, 24, 255, 256, 65535, 65536, 4'294'967'295, 4'294'967'296, INT64_MAX};
  for (const auto number : numbers) {
    record.created = {-number};
    record.modified = {number};
    record.author = std::string(static_cast<std::size_t>(std::min<std::int64_t>(number, 70'000)), 'x');
    record.version = static_cast<std::uint64_t>(number);
    const auto [bytes, version] = encode(record, "update");
    auto json = Json::from_cbor(bytes);
    BOOST_TEST(Json::to_cbor(json) == bytes);
    BOOST_TEST(json.size() == 11U);
    BOOST_TEST(json.at("created") == -number);
    BOOST_TEST(json.at("modified") == number);
    BOOST_TEST(json.at("version") == number);
    BOOST_TEST(json.at("schema") == 1);
    BOOST_TEST(json.at("author") == record.author);
    BOOST_TEST(json.at("fields") == record.fields);
    BOOST_TEST(json.at("files").at(0).at("removed") == true);
    json["operation"] = "update";
    BOOST_TEST(Json::to_cbor(json) == version);
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_data_loss) {
  const auto bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BOOST_CHECK_EXCEPTION(decode(ByteView(bytes).first(size)), Error, is_data_loss);
  }
}

BOOST_AUTO_TEST_CASE(changed_bytes_are_read_or_refused_and_never_crash) {
  const auto bytes = encode(sample());
  std::mt19937 random(20210305);
  for (int round = 0; round < 3000; ++round) {
    auto changed = bytes;
    changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
    try {
      decode(changed);
    } catch (const Error& error) {
      BOOST_TEST(is_data_loss(error));
    }
  }
}

BOOST_AUTO_TEST_CASE(nesting_without_end_is_refused) {
  BOOST_CHECK_EXCEPTION(decode(Bytes(1U << 20U, 0x81)), Error, is_data_loss);
}

BOOST_AUTO_TEST_CASE(index_components_order_as_their_values_do) {
  using K = schema::FieldKind;
  check_order(K::text, {nullptr, "", "A", "AB", std::string("AB\0", 3), "B", "中", "文", "文书"});
  check_order(K::integer, {nullptr, INT64_MIN, -300, -1, 0, 1, 255, 256, INT64_MAX});
  check_order(K::decimal, {nullptr, "-1000.5", "-1000.25", "-2", "-1.5", "-0.001", "0", "0.0009", "0.001", "1", "1.01",
                           "2", "10", "99.99", "100"});
  check_order(K::date, {nullptr, "1945", "1945-08", "1945-08-15", "1945-08-16", "1945-09", "2021"});
  check_order(K::boolean, {nullptr, false, true});
}

BOOST_AUTO_TEST_CASE(values_that_are_equal_have_one_component) {
  const auto same = [](schema::FieldKind kind, const Json& a, const Json& b) {
    return index_component(field_of(kind), a, 100) == index_component(field_of(kind), b, 100);
  };
  BOOST_TEST(same(schema::FieldKind::decimal, "1.50", "01.5"));
  BOOST_TEST(same(schema::FieldKind::decimal, "-0", "0.00"));
  BOOST_TEST(same(schema::FieldKind::date, "[19450815]", "1945-08-15"));
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_between_characters_and_stays_exact) {
  const auto field = field_of(schema::FieldKind::text);
  std::string long_text;
  for (int i = 0; i < 500; ++i) long_text += "档";
  const auto one = index_component(field, long_text + "一", 100), two = index_component(field, long_text + "二", 100);
  BOOST_TEST((one != two));
  BOOST_TEST(one.size() < 150U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
