// Every element of DA/T 46-2009 is a field, something that every record or file has, or left out for a stated reason.
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "fixture.h"

using namespace lantai;
using namespace lantai::schema;

namespace {

constexpr int kElements = 88;

const std::map<int, const char*> kContainers{{2, "来源: M3 to M6"},        {8, "档号: M9 to M20, and the code itself"},
                                             {21, "内容描述: M22 to M39"}, {40, "形式特征: M41 to M45"},
                                             {46, "电子属性: M47 to M51"}, {52, "数字化属性: M53 to M56"},
                                             {65, "存储位置: M66 to M69"}, {70, "权限管理: M71 to M74"}};

const std::map<int, const char*> kOfFilesAndRecords{{48, "计算机文件名: name and raw_name of a file version"},
                                                    {49, "计算机文件大小: size of a file version"},
                                                    {76, "机构人员类型: the record type, department or person"},
                                                    {81, "业务行为: operation of a version"},
                                                    {82, "行为时间: time of a version"},
                                                    {84, "行为描述: differences of a version"},
                                                    {85, "实体标识符: id of the record"},
                                                    {87, "关系: a link field"}};

const std::map<int, const char*> kLeftOut{
    {57, "电子签名: a signature stands in the signed file or package and is read from there, never typed"},
    {58, "签名规则: as M57"},
    {59, "签名时间: as M57"},
    {60, "签名人: as M57"},
    {61, "签名结果: as M57"},
    {62, "证书: as M57"},
    {63, "证书引证: as M57"},
    {64, "签名算法标识: as M57"},
    {72, "授权对象: decided by roles and clearance for every record alike"},
    {73, "授权行为: as M72"},
    {80, "业务状态: versions are of what was done, so that it is always 已完成"},
    {83, "行为依据: nothing here is done by a mandate that could be named"},
    {86, "关系类型: which link field it is says it"},
    {88, "关系描述: as M86"}};

// `DA/T 46 M22` → 22.
std::set<int> declared() {
  std::set<int> found;
  const std::string prefix = "DA/T 46 M";
  for (const auto& type : shipped()->types())
    for (const auto& field : type.fields)
      if (field.standard.starts_with(prefix)) found.insert(std::stoi(field.standard.substr(prefix.size())));
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(standards)

BOOST_AUTO_TEST_CASE(every_element_of_da_t_46_has_its_place) {
  const auto fields = declared();
  for (int element = 1; element <= kElements; ++element) {
    const auto places = fields.count(element) + kOfFilesAndRecords.count(element) + kLeftOut.count(element) +
                        (fields.count(element) == 0 ? kContainers.count(element) : 0);
    BOOST_TEST(places == 1U, "M" << element);
  }
}

BOOST_AUTO_TEST_CASE(an_item_has_what_da_t_18_wants_of_every_entry) {
  const auto& item = shipped()->type("item");
  for (const auto* name : {"著录层级", "档号", "题名", "日期", "责任者", "保管期限", "开放标识"}) {
    const auto* field = item.match_field(name);
    BOOST_TEST_REQUIRE((field != nullptr), name);
    BOOST_TEST((field->required || field->expected), name);
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_the_office_and_that_of_the_archive_are_two_columns) {
  const auto& item = shipped()->type("item");
  BOOST_TEST(item.match_field("室编件号")->name == "item_number");
  BOOST_TEST(item.match_field("馆编件号")->name == "archive_item_number");
}

BOOST_AUTO_TEST_CASE(every_field_is_called_something_in_three_languages_and_stands_in_the_form) {
  for (const auto& type : shipped()->types()) {
    std::set<std::string> shown;
    for (const auto& group : type.form) shown.insert(group.fields.begin(), group.fields.end());
    for (const auto& field : type.fields) {
      BOOST_TEST(!(field.label.zh_hans.empty() || field.label.zh_hant.empty() || field.label.en.empty()), field.name);
      BOOST_TEST((field.system || shown.contains(field.name)), type.name << " " << field.name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
