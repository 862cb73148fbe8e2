// Numbers as OFD writes them in attributes (GB/T 33190-2016, 7.3). What is no finite number counts as 0. Thread-safe.
#pragma once

#include <string_view>
#include <vector>

namespace lantai::extract::worker {

// Numbers between blanks; never more than `most`.
std::vector<double> numbers(std::string_view text, std::size_t most);
// Four, or zeros: left, top, width, height.
std::vector<double> box_of(std::string_view text);
// A CTM; the one that changes nothing if there is none.
std::vector<double> matrix_of(std::string_view text);
// Distances between characters: `4.2 g 3 2.1` means 4.2 and three times 2.1.
std::vector<double> distances(std::string_view text, std::size_t most);

}  // namespace lantai::extract::worker
