// Declarations are closed: whatever is wrong is an error with file and line.
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "support/places.h"

using namespace lantai;
using namespace lantai::schema;

namespace {

const char* const kVocabularies = "vocabulary: role\nlabel: [a, b, c]\nterms:\n  staff: {label: [a, b, c]}\n";

std::string fault(const std::string& name, const std::string& text) {
  try {
    Schema::parse({{"vocabularies/role.yaml", kVocabularies}, {name, text}});
  } catch (const Error& e) {
    BOOST_CHECK(e.code() == ErrorCode::invalid_argument);
    return e.message();
  }
  return "accepted";
}

std::string type_fault(const std::string& rest) {
  return fault(
      "types/t.yaml",
      "type: t\nlabel: [a, b, c]\nplural: [a, b, c]\ntitle_field: name\nfields:\n  name: {label: [名, 名, name]}\n" +
          rest);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loader)

BOOST_AUTO_TEST_CASE(a_role_of_ones_own_is_added_to_what_a_type_allows_and_nothing_is_taken_away) {
  TemporaryDirectory extra;
  extra.write("vocabularies/role.yaml",
              "extends: role\nterms:\n  librarian: {label: [图书管理员, 圖書館員, Librarian]}\n");
  extra.write("types/item.yaml", "extends: item\npermissions: {read: [librarian]}\n");
  const auto schema = Schema::load({lantai::test::shipped_declarations(), extra.path()});
  const auto shipped_item = shipped()->type("item").permissions;
  const auto item = schema->type("item").permissions;
  auto wanted = shipped_item.read;
  wanted.push_back("librarian");
  BOOST_TEST(item.read == wanted, boost::test_tools::per_element());
  BOOST_TEST(item.create == shipped_item.create, boost::test_tools::per_element());

  const auto refused = [&](const std::string& text) {
    extra.write("types/item.yaml", text);
    try {
      Schema::load({lantai::test::shipped_declarations(), extra.path()});
    } catch (const Error& e) {
      return std::string(e.message());
    }
    return std::string("accepted");
  };
  BOOST_TEST(refused("extends: item\npermissions: {read: [archivist]}\n").find("may read already") !=
             std::string::npos);
  BOOST_TEST(refused("extends: item\npermissions: {read: [emperor]}\n").find("no role `emperor`") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_type_in_another_directory_is_added_without_touching_the_first) {
  TemporaryDirectory extra;
  extra.write("types/key.yaml", R"(type: key
label: [钥匙, 鑰匙, Key]
plural: [钥匙, 鑰匙, Keys]
title_field: name
fields:
  name: {label: [名称, 名稱, Name], required: true, unique: true, max: 40}
  department: {label: [部门, 部門, Department], kind: link, target: department, indexed: true}
  state: {label: [状态, 狀態, State], kind: term, vocabulary: key_state, default: kept}
permissions: {read: [staff], create: [archivist]}
)");
  extra.write("vocabularies/key_state.yaml", R"(vocabulary: key_state
label: [钥匙状态, 鑰匙狀態, State of a key]
terms:
  kept: {label: [在库, 在庫, Kept]}
  lent: {label: [借出, 借出, Lent]}
)");
  const auto schema = Schema::load({lantai::test::shipped_declarations(), extra.path()});
  Json fields{{"name", "档案室"}, {"state", "借出"}};
  BOOST_TEST(validate(*schema, schema->type("key"), fields).empty());
  BOOST_TEST(fields["state"] == "lent");
  BOOST_TEST((schema->find_type("item") != nullptr));
  BOOST_TEST(schema->hash() != shipped()->hash());
  BOOST_TEST(schema->structure_hash() != shipped()->structure_hash());
}

BOOST_AUTO_TEST_CASE(a_later_directory_adds_fields_and_terms_to_what_is_there) {
  TemporaryDirectory extra;
  extra.write("types/item.yaml", "extends: item\nfields:\n  award: {label: [奖项, 獎項, Award], max: 100}\n");
  extra.write("vocabularies/source.yaml", "extends: source\nterms:\n  gift: {label: [捐赠, 捐贈, Gift]}\n");
  const auto schema = Schema::load({lantai::test::shipped_declarations(), extra.path()});
  Json fields{{"title", "奖状"}, {"award", "一等奖"}, {"source", "捐赠"}};
  BOOST_TEST(validate(*schema, schema->type("item"), fields).empty());
  BOOST_TEST(fields["source"] == "gift");
}

BOOST_AUTO_TEST_CASE(what_is_declared_cannot_be_overridden) {
  const auto refused = [](const std::string& name, const std::string& text) {
    TemporaryDirectory extra;
    extra.write(name, text);
    try {
      Schema::load({lantai::test::shipped_declarations(), extra.path()});
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  BOOST_TEST(refused("types/item.yaml", "extends: item\ntitle_field: notes\n"));
  BOOST_TEST(refused("types/item.yaml", "extends: item\npermissions: {read: [reader]}\n"));
  BOOST_TEST(refused("types/item.yaml", "extends: item\nfields: {title: {label: [a, b, c]}}\n"));
  BOOST_TEST(refused("types/item.yaml", "extends: item\nfields: {titel: {label: [标题, b, c]}}\n"));
  BOOST_TEST(refused("vocabularies/r.yaml", "extends: retention\nterms: {Y: {label: [a, b, c]}}\n"));
  BOOST_TEST(refused("messages/m.yaml", "field.required: [a, b, c]\n"));
  BOOST_TEST(refused("types/other.yaml", "extends: no_such_type\n"));
}

BOOST_AUTO_TEST_CASE(messages_do_not_change_what_stored_data_depend_on) {
  TemporaryDirectory extra;
  extra.write("messages/more.yaml", "extra.message: [甲, 甲, A]\n");
  const auto schema = Schema::load({lantai::test::shipped_declarations(), extra.path()});
  BOOST_TEST(schema->message("extra.message", Language::en) == "A");
  BOOST_TEST(schema->structure_hash() == shipped()->structure_hash());
  BOOST_TEST(schema->hash() != shipped()->hash());
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_an_error_with_file_and_line) {
  BOOST_TEST(type_fault("colour: red\n") == "types/t.yaml:7: unknown key `colour`");
  BOOST_TEST(type_fault("  other:\n    label: [a1, b1, c1]\n    colour: red\n") ==
             "types/t.yaml:9: unknown key `colour`");
}

BOOST_AUTO_TEST_CASE(dangling_names_are_errors_where_they_stand) {
  BOOST_TEST(type_fault("  x: {label: [x, x, x], kind: term, vocabulary: none}\n") ==
             "types/t.yaml:7: field `x`: no vocabulary `none`");
  BOOST_TEST(type_fault("  x: {label: [x, x, x], kind: link, target: none}\n") ==
             "types/t.yaml:7: field `x`: no type `none`");
  BOOST_TEST(type_fault("code_field: none\n") == "types/t.yaml:1: type `t`: `code_field` names no field: `none`");
  BOOST_TEST(type_fault("list_columns: [none]\n") == "types/t.yaml:1: type `t`: `list_columns` names no field: `none`");
  BOOST_TEST(type_fault("permissions: {read: [king]}\n") == "types/t.yaml:1: no role `king`");
  BOOST_TEST(type_fault("numbering: none\n") == "types/t.yaml:1: no numbering `none`");
}

BOOST_AUTO_TEST_CASE(contradictory_fields_are_errors) {
  for (const auto* field :
       {"{label: [x, x, x], kind: term}", "{label: [x, x, x], vocabulary: role}", "{label: [x, x, x], min: 5, max: 2}",
        "{label: [x, x, x], kind: table}", "{label: [x, x, x], kind: whatever}",
        "{label: [x, x, x], pattern: '[', max: 10}", "{label: [x, x, x], pattern: a}",
        "{label: [x, x, x], unique: true, many: true}", "{label: [x, x]}", "{label: [x, x, '']}",
        "{label: [x, x, x], required: yes}", "{label: [名, x, x]}", "{label: [x, x, x], kind: integer, default: a}",
        "{label: [x, x, x], kind: term, vocabulary: role, default: king}", "{}", "[]"}) {
    const auto message = type_fault(std::string("  x: ") + field + "\n");
    BOOST_TEST(message.rfind("types/t.yaml:7: ", 0) == 0U, field << " gives " << message);
  }
}

BOOST_AUTO_TEST_CASE(conditions_are_typed_against_the_fields_beside_them) {
  BOOST_TEST(type_fault("  x:\n    label: [x, x, x]\n    required_if: nam = null\n") ==
             "types/t.yaml:8: field `x`: condition, offset 0: there is no `nam`");
  BOOST_TEST(type_fault("  x:\n    label: [x, x, x]\n    visible_if: name = 1\n") ==
             "types/t.yaml:8: field `x`: condition, offset 5: a text and a number never meet");
  BOOST_TEST(type_fault("  x: {label: [x, x, x], visible_if: name + \"a\"}\n") ==
             "types/t.yaml:7: field `x`: a condition is true or false");
  BOOST_TEST(type_fault("  x:\n    label: [x, x, x]\n    visible_if: name =\n") ==
             "types/t.yaml:9: condition, offset 6: a value is expected");
  BOOST_TEST(type_fault("  x: {label: [x, x, x], visible_if: name = \"a\"}\n") == "accepted");
  const auto term_fault = [](const std::string& condition) {
    return type_fault(
        "  y: {label: [y, y, y], kind: term, vocabulary: role}\n  x:\n    label: [x, x, x]\n    visible_if: " +
        condition + "\n");
  };
  BOOST_TEST(term_fault("y = \"职员\"") ==
             "types/t.yaml:9: field `x`: condition, offset 4: `职员` is none of the codes");
  BOOST_TEST(term_fault("y in (\"staff\", \"king\")") ==
             "types/t.yaml:9: field `x`: condition, offset 15: `king` is none of the codes");
  BOOST_TEST(term_fault("not(\"king\" != y)").find("none of the codes") != std::string::npos);
  BOOST_TEST(term_fault("y in (\"staff\") or y = null") == "accepted");
}

BOOST_AUTO_TEST_CASE(a_condition_decides_when_a_field_is_required) {
  TemporaryDirectory extra;
  extra.write("types/loan.yaml", R"(type: loan
label: [借阅, 借閱, Loan]
plural: [借阅, 借閱, Loans]
title_field: name
fields:
  name: {label: [名称, 名稱, Name]}
  lent: {label: [借出日期, 借出日期, Lent on], kind: date}
  reason: {label: [事由, 事由, Reason], required_if: lent >= date("2021-01-01") and not(internal)}
  internal: {label: [内部, 內部, Internal], kind: boolean, default: false}
)");
  const auto schema = Schema::load({lantai::test::shipped_declarations(), extra.path()});
  const auto problems = [&](Json fields) { return validate(*schema, schema->type("loan"), fields).size(); };
  BOOST_TEST(problems({{"lent", "2021年3月5日"}}) == 1U);
  BOOST_TEST(problems({{"lent", "2021年3月5日"}, {"reason", "查阅"}}) == 0U);
  BOOST_TEST(problems({{"lent", "2021-03-05"}, {"internal", true}}) == 0U);
  BOOST_TEST(problems({{"lent", "2020-03-05"}}) == 0U);
  BOOST_TEST(problems(Json::object()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_name_declared_twice_is_an_error) {
  BOOST_TEST(type_fault("  name: {label: [y, y, y]}\n") == "types/t.yaml:7: `name` stands twice");
  BOOST_TEST(fault("vocabularies/b.yaml", kVocabularies) ==
             "vocabularies/b.yaml:1: vocabulary `role` is already declared");
}

BOOST_AUTO_TEST_CASE(malformed_yaml_is_an_error_with_file_and_line) {
  for (const auto* text :
       {"type: [", "a: b: c", "\t- x", "type: t\n  label: {", "'", "%", "---\na: 1\n---\nb: 2", "", "a: 1\n}\nb: 2",
        "- 1\n- 2", "? [a]\n: b", "&a [*a]", "type: !!binary x", "\xff\xfe", "{a: 1, a: 2}", "*x"}) {
    const auto message = fault("types/t.yaml", text);
    BOOST_TEST(message.rfind("types/t.yaml:", 0) == 0U, text << " gives " << message);
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_or_damaged_declaration_never_does_worse_than_an_error) {
  std::ifstream in(lantai::test::shipped_declarations() / "types/fonds.yaml", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  for (std::size_t cut = 0; cut < whole.size(); cut += 37) {
    fault("types/t.yaml", whole.substr(0, cut));
    auto damaged = whole;
    damaged[cut] = static_cast<char>("[]{}:&*!|>'\"%@`\n"[cut % 16]);
    fault("types/t.yaml", damaged);
  }
  BOOST_TEST(fault("types/t.yaml", std::string(100'000, '[')).rfind("types/t.yaml:", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_named) {
  BOOST_CHECK_EXCEPTION(Schema::load({"/nonexistent/declarations"}), Error, [](const Error& e) {
    return e.message().find("/nonexistent/declarations") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
