// Elements are read from any text, and stand within it.
#include "lantai/papers/official_document.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto half = text.substr(0, size / 2), rest = text.substr(size / 2);
  for (const auto& one : lantai::papers::read_official_document({{1, half}, {2, rest}})) {
    const auto page = one.page == 1 ? half : rest;
    if (one.page < 1 || one.page > 2 || one.begin > one.end || one.end > page.size() || one.value.empty()) std::abort();
  }
  return 0;
}
