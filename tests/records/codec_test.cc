#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>

#include "cbor_map.h"
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

// Any value that the library writes comes back as the library reads it; of damage that both take they say the same.
BOOST_AUTO_TEST_CASE(what_the_library_writes_is_read_as_the_library_reads_it) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  const std::function<Json(int)> any = [&](int depth) -> Json {
    const auto small = random() % 40;
    switch (random() % (depth > 4 ? 8 : 10)) {
      case 0:
        return nullptr;
      case 1:
        return random() % 2 == 0;
      case 2:
        return random() >> (random() % 64);
      case 3:
        return -static_cast<std::int64_t>(random() >> (1 + random() % 63));
      case 4:
        return static_cast<double>(static_cast<std::int64_t>(random())) / 1000;
      case 5:
        return 0.5 * static_cast<double>(small);
      case 6:
        return Json::binary(Bytes(small * small, static_cast<std::uint8_t>(small)));
      case 7: {
        std::string text;
        for (std::size_t i = 0; i < small * (small % 7); ++i) text += i % 3 == 0 ? "档" : "x";
        return text;
      }
      case 8: {
        Json array = Json::array();
        for (std::size_t i = 0; i < small % 6; ++i) array.push_back(any(depth + 1));
        return array;
      }
      default: {
        Json object = Json::object();
        for (std::size_t i = 0; i < small % 6; ++i) object["n" + std::to_string(random() % 100)] = any(depth + 1);
        return object;
      }
    }
  };
  const auto as_object = [](CborMembers members) {
    Json object = Json::object();
    for (auto& [name, value] : members) object[name] = std::move(value);
    return object;
  };
  int read_damaged = 0;
  for (int round = 0; round < 2000; ++round) {
    Json map = Json::object();
    for (std::size_t i = 0; i < random() % 8; ++i) map["m" + std::to_string(i)] = any(0);
    auto bytes = Json::to_cbor(map);
    BOOST_TEST_REQUIRE((as_object(read_cbor_map(bytes, "value")) == Json::from_cbor(bytes)));
    bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    try {
      const auto ours = as_object(read_cbor_map(bytes, "value"));
      const auto library = Json::from_cbor(bytes);
      BOOST_TEST_REQUIRE((ours.dump(-1, ' ', false, Json::error_handler_t::replace) ==
                          library.dump(-1, ' ', false, Json::error_handler_t::replace)));
      ++read_damaged;
    } catch (const Error& error) {
      BOOST_TEST(is_data_loss(error));
    }
  }
  BOOST_TEST(read_damaged > 100);
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
