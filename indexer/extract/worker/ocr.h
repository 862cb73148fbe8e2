// Which words does this picture show? Tesseract with simplified and traditional Chinese and English; loaded when first
// needed, since that takes about a second. Thread-confined.
#pragma once

#include <memory>
#include <string>

#include "image.h"

namespace lantai::extract::worker {

class OcrEngine {
 public:
  OcrEngine();
  OcrEngine(const OcrEngine&) = delete;
  OcrEngine& operator=(const OcrEngine&) = delete;
  ~OcrEngine();

  // Lines of text without what was hardly legible. Throws Fault unsupported_format if the models are not installed.
  std::string read(const Image& image);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace lantai::extract::worker
