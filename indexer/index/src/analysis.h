// Which terms and which text does a document give? Thread-confined: one Analyser a thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lantai/index/document.h"
#include "lantai/index/terms.h"
#include "lantai/text/segmentation.h"

namespace lantai::index {

struct TermCount {
  std::string term;
  std::uint32_t wdf = 0;
};

struct AnalysedDocument {
  std::vector<TermCount> terms;  // each once, in no order
  std::string streams;           // encoded text (text_log.h)
  std::uint32_t length = 0;
};

class Analyser {
 public:
  AnalysedDocument analyse(const Document& document);

 private:
  struct Stream;
  // Counts packed (field, character, character) keys without making a string for each occurrence.
  class GramCounts {
   public:
    void add(std::uint64_t key, std::uint32_t weight);
    template <typename F>
    void drain(F&& visit);

   private:
    void grow();
    struct Slot {
      std::uint64_t key = 0;
      std::uint32_t count = 0;
    };
    std::vector<Slot> slots_ = std::vector<Slot>(1024);
    std::vector<std::uint32_t> used_;
  };

  void add_fields(const Document& document);
  void add_files(const Document& document);
  void add_stream(const Stream& stream);
  void add_grams(std::u32string_view folded, std::uint32_t weight, unsigned field);
  void add_words(std::u32string_view folded, std::uint32_t weight);
  void add_exact(const std::string& term);
  unsigned field_number(const std::string& name);
  std::vector<TermCount> take_terms();

  text::Segmenter segmenter_;
  GramCounts grams_;
  std::unordered_map<std::string, std::uint32_t> words_;  // longer ones, exact values, codes
  std::vector<std::string> field_names_;                  // of the document under way
  std::vector<text::Word> word_buffer_;
  std::string streams_;
  std::uint32_t length_ = 0;
};

}  // namespace lantai::index
