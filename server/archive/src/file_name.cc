#include "file_name.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <optional>

#include "lantai/base/bytes.h"

namespace lantai::archive {
namespace {

class Converter {
 public:
  Converter() : handle_(iconv_open("UTF-8", "GB18030")) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (usable()) iconv_close(handle_);
  }
  bool usable() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  std::optional<std::string> convert(std::string_view bytes) {
    std::string in(bytes), out(bytes.size() * 3 + 4, '\0');
    char* from = in.data();
    char* to = out.data();
    std::size_t from_left = in.size(), to_left = out.size();
    if (iconv(handle_, &from, &from_left, &to, &to_left) == static_cast<std::size_t>(-1)) return std::nullopt;
    out.resize(out.size() - to_left);
    return out;
  }

 private:
  iconv_t handle_;
};

// Two bytes of GBK may also be one character of UTF-8: 通知 is then a combining mark and a letter of another script.
// Nobody writes such names; Latin, Greek, Cyrillic and Arabic ones are taken as they are.
bool is_unlikely_utf8(std::string_view name) {
  bool strange = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto lead = static_cast<unsigned char>(name[i]);
    if (lead < 0x80) continue;
    if (lead >= 0xE0) return false;  // longer sequences hardly arise by chance
    const auto trail = static_cast<unsigned char>(name[++i]);
    const bool greek = lead == 0xCE || (lead == 0xCF && trail < 0x90);
    const bool cyrillic = lead == 0xD0 || (lead == 0xD1 && trail < 0xA0) || lead == 0xD2 || lead == 0xD3;
    // An accent of its own behind its letter, as some systems write names.
    const bool accent = (lead == 0xCC || lead == 0xCD) && i > 1 && static_cast<unsigned char>(name[i - 2]) < 0x80;
    strange = strange || !(accent || lead <= 0xC8 || greek || cyrillic || (lead >= 0xD8 && lead <= 0xDB));
  }
  return strange;
}

bool is_extension(std::string_view text) {
  const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 8 && std::all_of(text.begin(), text.end(), plain) &&
         std::any_of(text.begin(), text.end(), letter);
}

std::size_t dot_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return name.size();
  return is_extension(name.substr(dot + 1)) ? dot : name.size();
}

}  // namespace

std::string decode_name(std::string_view bytes) {
  if (is_valid_utf8(bytes) && !is_unlikely_utf8(bytes)) return std::string(bytes);
  Converter converter;
  if (converter.usable()) {
    const auto text = converter.convert(bytes);
    if (text && is_valid_utf8(*text)) return *text;
  }
  return to_valid_utf8(bytes);
}

std::string_view last_part(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string title_of(std::string_view name) {
  name = last_part(name);
  return std::string(name.substr(0, dot_of(name)));
}

std::string extension_of(std::string_view name) {
  name = last_part(name);
  const auto dot = dot_of(name);
  if (dot == name.size()) return {};
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

bool is_hidden(std::string_view name) {
  constexpr std::array<std::string_view, 4> kKnown = {"Thumbs.db", "ehthumbs.db", "desktop.ini", "__MACOSX"};
  if (name.empty() || name.front() == '.') return true;
  if (name.substr(0, 2) == "~$") return true;
  return std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
}

}  // namespace lantai::archive
