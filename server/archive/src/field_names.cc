#include "field_names.h"

#include <algorithm>
#include <initializer_list>
#include <set>

#include "lantai/text/folding.h"

namespace lantai::archive {
namespace {

std::u32string fold_heading(std::string_view heading) {
  std::u32string folded = text::fold_only(heading);
  for (const char32_t* mark : {U"(必填)", U"(选填)", U"(required)", U"*", U":"}) {
    for (auto at = folded.find(mark); at != std::u32string::npos; at = folded.find(mark)) {
      folded.erase(at, std::u32string_view(mark).size());
    }
  }
  const auto blank = [](char32_t c) { return c == U' ' || c == U'\t' || c == U'\n' || c == U'\r' || c == 0x3000; };
  folded.erase(std::remove_if(folded.begin(), folded.end(), blank), folded.end());
  return folded;
}

using FoldedNames = std::set<std::u32string>;

FoldedNames fold_all(std::initializer_list<std::string_view> names) {
  FoldedNames folded;
  for (const auto name : names) folded.insert(fold_heading(name));
  return folded;
}

}  // namespace

FieldNames::FieldNames(const schema::TypeDecl& type) : type_(type) {
  for (const auto& field : type.fields) {
    const auto add = [&](const std::string& name) {
      fields_.emplace(fold_heading(name), &field);
    };  // "" is never asked
    for (const auto* name : {&field.name, &field.label.zh_hans, &field.label.zh_hant, &field.label.en}) add(*name);
    std::for_each(field.aliases.begin(), field.aliases.end(), add);
  }
}

const schema::FieldDecl* FieldNames::find(std::string_view heading) const {
  const std::u32string folded = fold_heading(heading);
  if (folded.empty()) return nullptr;
  if (const auto* field = type_.find_field(heading)) return field;
  const auto found = fields_.find(folded);
  return found == fields_.end() ? nullptr : found->second;
}

bool names_files(std::string_view heading) {
  static const FoldedNames kNames =
      fold_all({"文件", "文件名", "路径", "文件路径", "电子文件", "电子文件名", "档案文件", "附件文件", "file", "files",
                "file name", "filename", "file path", "path"});
  return kNames.count(fold_heading(heading)) != 0;
}

bool names_row_number(std::string_view heading) {
  static const FoldedNames kNames = fold_all({"序号", "行号", "顺序号", "no.", "no"});
  return kNames.count(fold_heading(heading)) != 0;
}

bool names_key(std::string_view heading) {
  static const FoldedNames kNames = fold_all({"key", "id", "标识", "唯一标识"});
  return kNames.count(fold_heading(heading)) != 0;
}

}  // namespace lantai::archive
