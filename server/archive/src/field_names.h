// Which field does a column mean? People write labels in any of the three languages, other names (文号, 标题) or the
// field's own name; width, case, spaces and a mark of duty (`*`, `（必填）`) do not matter. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "lantai/schema/schema.h"

namespace lantai::archive {

// nullptr: no such field.
const schema::FieldDecl* find_field_called(const schema::TypeDecl& type, std::string_view heading);

// 文件, 文件名, 路径 …: names files beside the table.
bool names_files(std::string_view heading);
// 序号, No.: counts the rows and says nothing about them.
bool names_row_number(std::string_view heading);
// `key`, `id`, 标识: the row's own stable key.
bool names_key(std::string_view heading);

}  // namespace lantai::archive
