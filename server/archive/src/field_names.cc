#include "field_names.h"

#include <algorithm>
#include <array>

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

template <std::size_t N>
bool is_one_of(std::string_view heading, const std::array<std::string_view, N>& names) {
  const std::u32string folded = fold_heading(heading);
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return fold_heading(name) == folded; });
}

bool is_called(const schema::FieldDecl& field, const std::u32string& heading) {
  const auto is = [&](const std::string& name) { return !name.empty() && fold_heading(name) == heading; };
  return is(field.name) || is(field.label.zh_hans) || is(field.label.zh_hant) || is(field.label.en) ||
         std::any_of(field.aliases.begin(), field.aliases.end(), is);
}

}  // namespace

const schema::FieldDecl* find_field_called(const schema::TypeDecl& type, std::string_view heading) {
  const std::u32string folded = fold_heading(heading);
  if (folded.empty()) return nullptr;
  if (const auto* field = type.find_field(heading)) return field;
  const auto found =
      std::find_if(type.fields.begin(), type.fields.end(), [&](const auto& field) { return is_called(field, folded); });
  return found == type.fields.end() ? nullptr : &*found;
}

bool names_files(std::string_view heading) {
  constexpr std::array<std::string_view, 11> kNames = {"文件",      "文件名",     "路径",     "文件路径",
                                                       "电子文件",  "电子文件名", "档案文件", "file",
                                                       "file name", "file path",  "path"};
  constexpr std::array<std::string_view, 3> kMore = {"files", "filename", "附件文件"};
  return is_one_of(heading, kNames) || is_one_of(heading, kMore);
}

bool names_row_number(std::string_view heading) {
  constexpr std::array<std::string_view, 5> kNames = {"序号", "行号", "顺序号", "no.", "no"};
  return is_one_of(heading, kNames);
}

bool names_key(std::string_view heading) {
  constexpr std::array<std::string_view, 4> kNames = {"key", "id", "标识", "唯一标识"};
  return is_one_of(heading, kNames);
}

}  // namespace lantai::archive
