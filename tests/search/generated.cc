#include "generated.h"

#include <map>

#include "lantai/text/folding.h"

namespace lantai::search::testing {
namespace {

const std::vector<std::u32string>& vocabulary() {
  static const std::vector<std::u32string> words = {
      U"学校",   U"会议", U"纪要", U"通知",   U"关于", U"档案",   U"管理",   U"办法", U"安全", U"检查", U"工作",
      U"报告",   U"学生", U"教师", U"招生",   U"计划", U"实验室", U"图书馆", U"的",   U"和",   U"与",   U"在",
      U"第",     U"年",   U"月",   U"日",     U"号",   U"PDF",    U"2021",   U"2022", U"3",    U"A4",   U"OFD",
      U"王小明", U"李四", U"𠮷野", U"，",     U"。",   U"、",     U"《",     U"》",   U"（",   U"）",   U"经费",
      U"预算",   U"党委", U"校长", U"办公室", U"规定", U"试行",   U"e-mail", U"Wi-Fi"};
  return words;
}

const std::map<char32_t, char32_t>& traditional() {
  static const std::map<char32_t, char32_t> map = {
      {U'学', U'學'}, {U'会', U'會'}, {U'议', U'議'}, {U'纪', U'紀'}, {U'关', U'關'}, {U'于', U'於'}, {U'档', U'檔'},
      {U'检', U'檢'}, {U'报', U'報'}, {U'师', U'師'}, {U'计', U'計'}, {U'划', U'劃'}, {U'实', U'實'}, {U'验', U'驗'},
      {U'图', U'圖'}, {U'书', U'書'}, {U'馆', U'館'}, {U'与', U'與'}, {U'号', U'號'}, {U'经', U'經'}, {U'费', U'費'},
      {U'预', U'預'}, {U'党', U'黨'}, {U'长', U'長'}, {U'办', U'辦'}, {U'规', U'規'}, {U'试', U'試'}};
  return map;
}

char32_t restyled(char32_t c, bool old_script, bool wide) {
  if (old_script) {
    const auto found = traditional().find(c);
    if (found != traditional().end()) return found->second;
  }
  return wide && c > 0x20 && c < 0x7F ? c + 0xFEE0 : c;
}

index::FieldValue field(const std::string& name, const std::string& value, bool text, bool facet) {
  index::FieldValue out;
  out.name = name;
  out.values = {value};
  out.text = text;
  out.facet = facet;
  out.sortable = facet;
  return out;
}

}  // namespace

std::u32string passage(Random& random, std::size_t characters) {
  std::u32string out;
  const bool old_script = random() % 4 == 0;
  const bool wide = random() % 4 == 0;
  while (out.size() < characters) {
    for (const char32_t c : vocabulary()[random() % vocabulary().size()]) {
      out.push_back(restyled(c, old_script, wide));
      switch (random() % 40) {
        case 0:
          out += U' ';
          break;
        case 1:
          out += U"\n";
          break;
        case 2:
          out += U"\u3000";
          break;
        default:
          break;
      }
    }
  }
  return out;
}

std::vector<index::Document> holdings(Random& random, std::size_t count) {
  static const std::vector<std::string> departments = {"教务处", "党委办公室", "图书馆", "财务处"};
  static const std::vector<std::string> retentions = {"Y", "D30", "D10"};
  std::vector<index::Document> documents;
  for (std::size_t i = 0; i < count; ++i) {
    index::Document document;
    document.type = i % 7 == 0 ? "volume" : "item";
    document.id = "r" + std::to_string(i);
    document.version = 1;
    document.title = text::to_utf8(passage(random, 4 + random() % 12));
    const unsigned year = 2010 + random() % 13;
    document.date =
        std::to_string(year) + "-0" + std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 10);
    document.department = departments[random() % departments.size()];
    document.reference_code = "Z109-WS·" + std::to_string(year) + "-" + retentions[i % 3] + "-" + std::to_string(i);
    auto title = field("title", document.title, true, false);
    title.weight = 5;
    document.fields.push_back(title);
    document.fields.push_back(field("fiscal_year", std::to_string(year), false, true));
    document.fields.push_back(field("department", document.department, false, true));
    document.fields.push_back(field("retention", retentions[random() % retentions.size()], false, true));
    document.fields.push_back(field("date", document.date, false, true));
    document.fields.push_back(field("page_count", std::to_string(random() % 300), false, true));
    for (std::uint32_t file = 1; file <= random() % 3; ++file) {
      document.files.push_back({file, "file" + std::to_string(file) + ".pdf"});
      for (std::uint32_t page = 1; page <= 1 + random() % 3; ++page) {
        document.pages.push_back({file, page, text::to_utf8(passage(random, 20 + random() % 120))});
      }
    }
    document.access = {random() % 3 == 0 ? "restricted" : "public"};
    if (random() % 5 == 0) document.access.push_back("staff");
    documents.push_back(std::move(document));
  }
  return documents;
}

std::string typed_otherwise(Random& random, std::u32string_view text) {
  const bool old_script = random() % 2 == 0;
  const bool wide = random() % 2 == 0;
  std::u32string out;
  for (char32_t c : text) {
    if (c >= U'a' && c <= U'z' && random() % 2 == 0) c -= 32;
    out.push_back(c == U'"' ? c : restyled(c, old_script, wide));
    if (text::is_han(c) && random() % 8 == 0) out.push_back(U' ');
  }
  return text::to_utf8(out);
}

std::vector<Scanned> scan(const std::vector<index::Document>& documents) {
  std::vector<Scanned> out;
  for (const auto& document : documents) {
    Scanned scanned;
    scanned.id = document.id;
    scanned.title = text::fold_only(document.title);
    scanned.texts = {scanned.title, text::fold_only(document.reference_code)};
    std::map<std::uint32_t, std::string> bodies;
    for (const auto& page : document.pages) bodies[page.file] += page.text + "\n";
    for (const auto& [file, body] : bodies) scanned.texts.push_back(text::fold_only(body));
    for (const auto& file : document.files) scanned.texts.push_back(text::fold_only(file.name));
    out.push_back(std::move(scanned));
  }
  return out;
}

Ids containing(const std::vector<Scanned>& scanned, std::u32string_view folded, bool title_only) {
  Ids ids;
  for (const auto& document : scanned) {
    if (title_only) {
      if (document.title.find(folded) != std::u32string::npos) ids.insert(document.id);
      continue;
    }
    for (const auto& text : document.texts) {
      if (text.find(folded) == std::u32string::npos) continue;
      ids.insert(document.id);
      break;
    }
  }
  return ids;
}

}  // namespace lantai::search::testing
