// Which field does a column mean? People write labels in any of the three languages, other names (文号, 标题) or the
// field's own name; width, case, spaces and a mark of duty (`*`, `（必填）`) do not matter. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lantai/schema/schema.h"

namespace lantai::archive {

// What the fields of a type, which must stay, are called. Costs a folding of every name once.
class FieldNames {
 public:
  explicit FieldNames(const schema::TypeDecl& type);
  const schema::TypeDecl& type() const { return type_; }
  // nullptr: no such field. The first field has a name that several have.
  const schema::FieldDecl* find(std::string_view heading) const;

 private:
  const schema::TypeDecl& type_;
  std::map<std::u32string, const schema::FieldDecl*> fields_;
};

// 文件, 文件名, 路径 …: names files beside the table.
bool names_files(std::string_view heading);
// 序号, No.: counts the rows and says nothing about them.
bool names_row_number(std::string_view heading);
// `key`, `id`, 标识: the row's own stable key.
bool names_key(std::string_view heading);

}  // namespace lantai::archive
