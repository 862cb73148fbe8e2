#include "ocr.h"

#include <leptonica/allheaders.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <array>
#include <vector>

#include "fault.h"
#include "line_places.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// One script a time: models of both scripts together mix them within a line and misread a third more characters.
constexpr std::array<const char*, 2> kScripts = {"chi_sim+eng", "chi_tra+eng"};
// Mean confidence of the characters in percent. Read with the model of their script, clean pages have 89 and more; read
// with the other one at most 87. Below this the page is read with both and the better reading is kept.
constexpr double kSureScript = 88.0;
// Of a whole line, in percent; below it is mostly noise of pictures. Words are not judged one by one: a reader misses a
// dropped word more than a wrong one, and models give single Han characters at the end of a line low marks.
constexpr float kMinConfidence = 35.0F;
// The models read lines of 18 to 36 pixels best; at 50 pixels they misread every tenth character.
constexpr int kLowestLine = 16, kHighestLine = 36;
constexpr double kGoodLine = 26.0;
constexpr double kSureOfBlock = 70.0;

// Adds the characters of the word at which the iterator stands, with a blank before them when others were before.
void add_word(const tesseract::ResultIterator& at, std::vector<LineCharacter>& line,
              std::vector<PlacedCharacter>& placed) {
  if (!placed.empty()) placed.back().after = " ";
  tesseract::ResultIterator symbols(at);
  bool last = false;
  do {
    last = symbols.IsAtFinalElement(tesseract::RIL_WORD, tesseract::RIL_SYMBOL);
    const std::unique_ptr<char[]> text(symbols.GetUTF8Text(tesseract::RIL_SYMBOL));
    int left = 0, top = 0, right = 0, bottom = 0;
    if (text == nullptr || !symbols.BoundingBox(tesseract::RIL_SYMBOL, &left, &top, &right, &bottom)) continue;
    const float confidence = symbols.Confidence(tesseract::RIL_SYMBOL);
    line.push_back({text.get(), (left + right) / 2.0});
    placed.push_back({text.get(), "", {}, static_cast<std::uint32_t>(std::clamp(confidence, 0.0F, 100.0F))});
  } while (!last && symbols.Next(tesseract::RIL_SYMBOL));
}

// The height in pixels of the middle one of the lines; 0 when there are none.
int line_height(tesseract::TessBaseAPI& api) {
  Boxa* boxes = api.GetComponentImages(tesseract::RIL_TEXTLINE, true, nullptr, nullptr);
  std::vector<int> heights;
  for (l_int32 i = 0; i < boxaGetCount(boxes); ++i) {
    l_int32 height = 0;
    if (boxaGetBoxGeometry(boxes, i, nullptr, nullptr, nullptr, &height) == 0) heights.push_back(height);
  }
  boxaDestroy(&boxes);
  if (heights.empty()) return 0;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

}  // namespace

struct OcrEngine::Reading {
  std::string text;
  PageLayout layout;
  double confidence_sum = 0;
  double characters_read = 0;  // bytes of them
  double confidence() const { return characters_read == 0 ? 0 : confidence_sum / characters_read; }

  // Adds the words of one line, a space between them, if the line is legible.
  void read_line(tesseract::ResultIterator& words, const Image& image) {
    std::string line;
    std::vector<LineCharacter> characters;
    std::vector<PlacedCharacter> placed;
    PixelBox box;
    words.BoundingBox(tesseract::RIL_TEXTLINE, &box.left, &box.top, &box.right, &box.bottom);
    const bool legible = words.Confidence(tesseract::RIL_TEXTLINE) >= kMinConfidence;
    do {
      const std::unique_ptr<char[]> word(words.GetUTF8Text(tesseract::RIL_WORD));
      if (word == nullptr) continue;
      const auto bytes = static_cast<double>(std::char_traits<char>::length(word.get()));
      confidence_sum += static_cast<double>(words.Confidence(tesseract::RIL_WORD)) * bytes;
      characters_read += bytes;
      if (!legible) continue;
      if (!line.empty()) line += ' ';
      line += word.get();
      add_word(words, characters, placed);
    } while (!words.IsAtFinalElement(tesseract::RIL_TEXTLINE, tesseract::RIL_WORD) && words.Next(tesseract::RIL_WORD));
    if (line.empty() || placed.empty()) return;
    text += line + '\n';
    placed.back().after = "\n";
    const double width = image.width(), height = image.height();
    const auto places = place_in_line(image, box, characters);
    for (std::size_t i = 0; i < placed.size(); ++i) {
      const auto& [left, top, right, bottom] = places[i];
      placed[i].box = {left / width, top / height, right / width, bottom / height};
      layout.characters.push_back(std::move(placed[i]));
    }
  }
};

// The model of one script.
struct OcrEngine::Model {
  tesseract::TessBaseAPI api;

  explicit Model(const char* languages) {
    if (api.Init(nullptr, languages, tesseract::OEM_LSTM_ONLY) != 0)
      throw Fault("unsupported_format", "the OCR models are not installed");
    api.SetPageSegMode(tesseract::PSM_AUTO);
  }

  void show(const Image& image) {
    api.SetImage(image.get());
    api.SetSourceResolution(200);
  }

  // Letters on boxes that one threshold for the whole page makes as dark as the letters.
  Reading read_on_shaded_ground(const Image& image) {
    api.SetVariable("thresholding_method", "2");  // Sauvola's
    show(image);
    auto reading = read(image);
    api.Clear();
    api.SetVariable("thresholding_method", "0");
    return reading;
  }

  // A line or two alone on a page are easily taken for a drawing. A drawing taken for text is not sure of itself.
  Reading read_as_one_block(const Image& image) {
    api.SetPageSegMode(tesseract::PSM_SINGLE_BLOCK);
    show(image);
    auto reading = read(image);
    api.Clear();
    api.SetPageSegMode(tesseract::PSM_AUTO);
    return reading.confidence() < kSureOfBlock ? Reading() : std::move(reading);
  }

  Reading read(const Image& image) {
    Reading reading;
    if (api.Recognize(nullptr) != 0) return reading;
    const std::unique_ptr<tesseract::ResultIterator> words(api.GetIterator());
    if (words == nullptr || words->Empty(tesseract::RIL_WORD)) return reading;
    do reading.read_line(*words, image);
    while (words->Next(tesseract::RIL_WORD));
    return reading;
  }
};

OcrEngine::OcrEngine() = default;
OcrEngine::~OcrEngine() = default;

OcrEngine::Model& OcrEngine::model(std::size_t script) {
  auto& model = models_.at(script);
  if (!model) model = std::make_unique<Model>(kScripts.at(script));
  return *model;
}

OcrEngine::Reading OcrEngine::best_reading(const Image& image) {
  Image ready = image.for_ocr();
  auto& simplified = model(0);
  simplified.show(ready);
  if (const int height = line_height(simplified.api); height > 0 && (height < kLowestLine || height > kHighestLine)) {
    ready = ready.scaled_to_width(
        static_cast<std::uint32_t>(std::max(1.0, ready.width() * std::min(3.0, kGoodLine / height))));
    simplified.show(ready);
  }
  auto best = simplified.read(ready);
  simplified.api.Clear();
  if (best.text.empty()) best = simplified.read_on_shaded_ground(ready);
  if (best.text.empty()) best = simplified.read_as_one_block(ready);
  if (best.characters_read > 0 && best.confidence() < kSureScript) {
    auto& traditional = model(1);
    traditional.show(ready);
    auto other = traditional.read(ready);
    traditional.api.Clear();
    if (other.confidence() > best.confidence()) best = std::move(other);
  }
  return best;
}

OcrEngine::Page OcrEngine::read(const Image& image) {
  auto reading = best_reading(image);
  Page page{tidy(without_han_spaces(reading.text)), std::move(reading.layout)};
  auto& characters = page.layout.characters;
  for (std::size_t i = 0; i + 1 < characters.size(); ++i) {
    auto& [text, after, box, confidence] = characters[i];
    if (after == " " && without_han_spaces(text + after + characters[i + 1].text).find(' ') == std::string::npos)
      after.clear();
  }
  page.layout.from_ocr = true;
  return page;
}

}  // namespace lantai::extract::worker
