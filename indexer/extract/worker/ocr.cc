#include "ocr.h"

#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include "fault.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr const char* kLanguages = "chi_sim+chi_tra+eng";
// Of a whole line, in percent; below it is mostly noise of pictures. Words are not judged one by one: a reader misses a
// dropped word more than a wrong one, and models give single Han characters at the end of a line low marks.
constexpr float kMinConfidence = 35.0F;

// The words of one line, a space between them; empty when the line is not legible.
std::string line_text(tesseract::ResultIterator& words) {
  std::string line;
  const bool legible = words.Confidence(tesseract::RIL_TEXTLINE) >= kMinConfidence;
  do {
    const std::unique_ptr<char[]> word(words.GetUTF8Text(tesseract::RIL_WORD));
    if (word == nullptr || !legible) continue;
    if (!line.empty()) line += ' ';
    line += word.get();
  } while (!words.IsAtFinalElement(tesseract::RIL_TEXTLINE, tesseract::RIL_WORD) && words.Next(tesseract::RIL_WORD));
  return line;
}

}  // namespace

struct OcrEngine::Engine {
  tesseract::TessBaseAPI api;
};

OcrEngine::OcrEngine() = default;
OcrEngine::~OcrEngine() = default;

std::string OcrEngine::read(const Image& image) {
  if (!engine_) {
    auto engine = std::make_unique<Engine>();
    if (engine->api.Init(nullptr, kLanguages, tesseract::OEM_LSTM_ONLY) != 0)
      throw Fault("unsupported_format", "the OCR models are not installed");
    engine->api.SetPageSegMode(tesseract::PSM_AUTO);
    engine_ = std::move(engine);
  }
  const Image ready = image.for_ocr();
  auto& api = engine_->api;
  api.SetImage(ready.get());
  api.SetSourceResolution(300);
  std::string text;
  if (api.Recognize(nullptr) == 0) {
    const std::unique_ptr<tesseract::ResultIterator> words(api.GetIterator());
    if (words != nullptr && !words->Empty(tesseract::RIL_WORD)) {
      do {
        const auto line = line_text(*words);
        if (!line.empty()) text += line + '\n';
      } while (words->Next(tesseract::RIL_WORD));
    }
  }
  api.Clear();
  return tidy(without_han_spaces(text));
}

}  // namespace lantai::extract::worker
