// What does a file's name say? Names arrive as bytes; people read text. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace lantai::archive {

// UTF-8 as it is; otherwise read as GB18030, which is how names come from Chinese machines; what is not that either
// has U+FFFD where it cannot be read.
std::string decode_name(std::string_view bytes);

// The last part of a path with `/` or `\`.
std::string_view last_part(std::string_view path);

// `关于…的通知.docx` → `关于…的通知`. What follows the last dot is an extension only when it looks like one.
std::string title_of(std::string_view name);
std::string extension_of(std::string_view name);  // lower case, without the dot

// Files that systems and programs leave beside what people made: `.DS_Store`, `Thumbs.db`, `~$报告.docx`, `__MACOSX`.
bool is_hidden(std::string_view name);

}  // namespace lantai::archive
