#include "ofd_numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace lantai::extract::worker {

std::vector<double> numbers(std::string_view text, std::size_t most) {
  std::vector<double> out;
  const std::string copy(text);
  const char* at = copy.c_str();
  while (out.size() < most) {
    char* end = nullptr;
    const double value = std::strtod(at, &end);
    if (end == at) break;
    out.push_back(std::isfinite(value) ? value : 0.0);
    at = end;
  }
  return out;
}

std::vector<double> distances(std::string_view text, std::size_t most) {
  std::vector<double> out;
  std::size_t at = 0;
  const auto word = [&] {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    const auto end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    std::string found(text.substr(at, end - at));
    at = end;
    return found;
  };
  while (out.size() < most) {
    auto item = word();
    if (item.empty()) break;
    std::size_t times = 1;
    if (item == "g") {
      times = std::strtoul(word().c_str(), nullptr, 10);
      item = word();
    }
    const double value = std::strtod(item.c_str(), nullptr);
    for (std::size_t i = 0; i < times && out.size() < most; ++i) out.push_back(std::isfinite(value) ? value : 0.0);
  }
  return out;
}

std::vector<double> box_of(std::string_view text) {
  auto box = numbers(text, 4);
  box.resize(4);
  return box;
}

std::vector<double> matrix_of(std::string_view text) {
  auto matrix = numbers(text, 6);
  return matrix.size() < 6 ? std::vector<double>{1, 0, 0, 1, 0, 0} : matrix;
}

}  // namespace lantai::extract::worker
