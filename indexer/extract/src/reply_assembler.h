// What do a worker's frames add up to? Holds the worker to the limits and to the order of the protocol, whatever it
// says. Thread-compatible. accept() throws data_loss for frames that make no sense and resource_exhausted at a limit;
// what was accepted before stays good.
#pragma once

#include <cstdint>
#include <vector>

#include "lantai/extract/protocol.h"
#include "office_conversion.h"

namespace lantai::extract {

class ReplyAssembler {
 public:
  explicit ReplyAssembler(const Limits& limits) : limits_(limits) {}

  void accept(const Frame& frame);
  const std::vector<std::uint32_t>& ocr_wanted() const { return ocr_wanted_; }
  std::vector<WantedConversion>& conversions_wanted() { return conversions_wanted_; }
  bool read_wanted() const { return read_wanted_; }
  Extraction& result() { return result_; }
  PageLayout& layout() { return layout_; }

 private:
  void begin_page(const Frame& frame);
  void add_text(const Frame& frame);
  void begin_embedded(const Frame& frame);
  void end_embedded(const Frame& frame);
  void want_conversion(const Frame& frame);
  void place(const Frame& frame);
  void charge(std::size_t bytes);

  Limits limits_;
  Extraction result_;
  PageLayout layout_;
  std::vector<std::uint32_t> ocr_wanted_;
  std::vector<WantedConversion> conversions_wanted_;
  bool read_wanted_ = false;
  PageText* open_page_ = nullptr;  // into result_; until the next frame that is not text
  std::uint64_t charged_ = 0;
  std::uint64_t pages_ = 0;
};

}  // namespace lantai::extract
