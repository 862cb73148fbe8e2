// Which words does this picture show? Tesseract, a page in one Chinese script with English: simplified first,
// traditional when that reads badly, and the reading with more confidence wins. Models are loaded when first needed,
// since that takes a quarter of a second each. Thread-confined.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "image.h"
#include "lantai/extract/page_layout.h"

namespace lantai::extract::worker {

class OcrEngine {
 public:
  OcrEngine();
  OcrEngine(const OcrEngine&) = delete;
  OcrEngine& operator=(const OcrEngine&) = delete;
  ~OcrEngine();

  struct Page {
    std::string text;   // lines, without what was hardly legible
    PageLayout layout;  // the characters of those lines and where they stand
  };
  // Throws Fault unsupported_format if the models are not installed.
  Page read(const Image& image);

 private:
  struct Model;
  Model& model(std::size_t script);
  struct Reading;
  Reading best_reading(const Image& image);

  std::array<std::unique_ptr<Model>, 2> models_;
};

}  // namespace lantai::extract::worker
