#include "pdf.h"

#include <poppler-document.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "fault.h"
#include "plausible.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr double kMostPixelsOfAPage = 40'000'000;
constexpr double kPointsPerInch = 72.0;
// Characters. A page with fewer that shows anything else is taken for a scan, perhaps with a page number; one with
// little text when it shows much else.
constexpr std::size_t kLegible = 8, kLittle = 100;

std::unique_ptr<poppler::page> page_at(const poppler::document& document, std::uint32_t number) {
  if (number == 0 || number > static_cast<std::uint32_t>(std::max(document.pages(), 0)))
    damaged("there is no such page");
  std::unique_ptr<poppler::page> page(document.create_page(static_cast<int>(number - 1)));
  if (page == nullptr) damaged("page " + std::to_string(number) + " cannot be read");
  return page;
}

constexpr double kSketchDotsPerInch = 36.0;

// How a page looks, small and in shades of grey.
struct Sketch {
  int width = 0, height = 0;
  std::vector<std::uint8_t> shades;
};

// Empty when it cannot be drawn.
Sketch draw_sketch(const poppler::page& page) {
  poppler::page_renderer renderer;
  renderer.set_render_hint(poppler::page_renderer::antialiasing, true);
  renderer.set_render_hint(poppler::page_renderer::text_antialiasing, true);
  renderer.set_image_format(poppler::image::format_argb32);
  const auto image = renderer.render_page(&page, kSketchDotsPerInch, kSketchDotsPerInch);
  if (!image.is_valid()) return {};
  Sketch sketch{image.width(), image.height(), {}};
  for (int y = 0; y < sketch.height; ++y) {
    const auto* row = reinterpret_cast<const std::uint8_t*>(image.const_data()) +
                      static_cast<std::ptrdiff_t>(y) * image.bytes_per_row();
    for (const auto* pixel = row; pixel != row + 4 * static_cast<std::ptrdiff_t>(sketch.width); pixel += 4)
      sketch.shades.push_back(static_cast<std::uint8_t>((pixel[0] + pixel[1] + pixel[2]) / 3));
  }
  return sketch;
}

// Which pixels the words cover, and a little around them.
std::vector<bool> covered_by_words(const poppler::page& page, const Sketch& sketch) {
  constexpr double kScale = kSketchDotsPerInch / kPointsPerInch, kMargin = 2.0;
  const int width = sketch.width, height = sketch.height;
  std::vector<bool> covered(sketch.shades.size(), false);
  const auto limited = [](double at, int end) { return static_cast<int>(std::clamp<double>(at, 0.0, end)); };
  for (const auto& word : page.text_list()) {
    const auto box = word.bbox();
    const int left = limited(box.left() * kScale - kMargin, width),
              right = limited(box.right() * kScale + kMargin, width);
    const int bottom = limited(box.bottom() * kScale + kMargin, height);
    for (int y = limited(box.top() * kScale - kMargin, height); y < bottom; ++y)
      std::fill(covered.begin() + static_cast<std::ptrdiff_t>(y) * width + left,
                covered.begin() + static_cast<std::ptrdiff_t>(y) * width + std::max(left, right), true);
  }
  return covered;
}

// What the page shows where no word covers it: pixels of another shade than the paper's, and those much darker.
struct Beside {
  std::size_t other = 0, dark = 0;
};

Beside look_beside(const std::vector<bool>& covered, const Sketch& sketch) {
  constexpr int kSame = 3, kInk = 40;
  std::array<std::size_t, 256> shades{};
  for (std::size_t i = 0; i < covered.size(); ++i)
    if (!covered[i]) ++shades.at(sketch.shades[i]);
  const auto paper = static_cast<int>(std::max_element(shades.begin(), shades.end()) - shades.begin());
  Beside beside;
  for (int shade = 0; shade < 256; ++shade) {
    const auto pixels = shades.at(static_cast<std::size_t>(shade));
    if (std::abs(shade - paper) > kSame) beside.other += pixels;
    if (paper - shade > kInk) beside.dark += pixels;
  }
  return beside;
}

// Width and height as the page is drawn, in points.
std::pair<double, double> drawn_size(const poppler::page& page) {
  const auto size = page.page_rect();
  const double width = std::max(1.0, std::abs(size.width())), height = std::max(1.0, std::abs(size.height()));
  const auto turn = page.orientation();
  const bool sideways = turn == poppler::page::landscape || turn == poppler::page::seascape;
  return sideways ? std::pair(height, width) : std::pair(width, height);
}

// The characters of a word; both halves of a surrogate pair together.
void place_word(const poppler::text_box& word, double width, double height, PageLayout& layout) {
  const auto text = word.text();
  std::size_t index = 0;  // of the character; text counts halves
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto box = word.char_bbox(index++);
    const bool paired = (text[i] & 0xFC00U) == 0xD800U && i + 1 < text.size();
    poppler::ustring character(paired ? 2 : 1, text[i]);
    if (paired) character[1] = text[i + 1];
    const auto bytes = character.to_utf8();
    layout.characters.push_back({to_valid_utf8({bytes.data(), bytes.size()}),
                                 "",
                                 {box.left() / width, box.top() / height, box.right() / width, box.bottom() / height}});
    if (paired) ++i;
  }
}

// Poppler's own order takes a table column by column.
bool by_office_program(const poppler::document& document) {
  const auto said = document.info_key("Producer").to_utf8(), more = document.info_key("Creator").to_utf8();
  const std::string names = std::string(said.data(), said.size()) + '\n' + std::string(more.data(), more.size());
  for (const auto* name : {"LibreOffice", "OpenOffice", "Microsoft", "WPS", "Kingsoft"})
    if (names.find(name) != std::string::npos) return true;
  return false;
}

// Vertical lines come as a character a line.
std::string with_vertical_lines_joined(const std::string& text) {
  constexpr std::size_t kFew = 3;
  std::string joined;
  std::vector<std::string_view> column;
  const auto end_column = [&] {
    const bool vertical = column.size() > kFew;
    for (const auto character : column) joined.append(character) += vertical ? "" : "\n";
    if (vertical) joined += '\n';
    column.clear();
  };
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = std::string_view(text).substr(begin, end - begin);
    std::size_t at = 0;
    if (!line.empty() && joins_without_space(next_code_point(line, at)) && at == line.size()) {
      column.push_back(line);
    } else {
      end_column();
      joined.append(line) += '\n';
    }
    begin = end + 1;
  }
  end_column();
  return joined;
}

}  // namespace

void keep_poppler_ready() {
  constexpr std::string_view kSmallest =
      "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
      "trailer<</Root 1 0 R>>\n%%EOF\n";
  static const Pdf kept(as_bytes(kSmallest));
}

Pdf::Pdf(ByteView bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Fault("too_large", "a PDF of 2 GB or more");
  document_.reset(poppler::document::load_from_raw_data(reinterpret_cast<const char*>(bytes.data()),
                                                        static_cast<int>(bytes.size())));
  if (document_ == nullptr) damaged("not readable as a PDF");
  if (document_->is_locked()) throw Fault("encrypted", "protected by a password");
  pages_ = std::make_unique<PdfPages>(bytes);
  written_in_order_ = by_office_program(*document_);
}

Pdf::~Pdf() = default;

std::uint32_t Pdf::page_count() const { return static_cast<std::uint32_t>(std::max(document_->pages(), 0)); }

WrittenPage Pdf::text(std::uint32_t number) const {
  page_at(*document_, number);
  WrittenPage page = pages_->read(number, written_in_order_);
  std::string text = to_valid_utf8(page.text);
  std::replace(text.begin(), text.end(), '\f', '\n');
  page.text = tidy(written_in_order_ ? with_vertical_lines_joined(text) : text);
  return page;
}

PageLayout Pdf::layout(std::uint32_t number) const {
  const auto page = page_at(*document_, number);
  const auto [width, height] = drawn_size(*page);
  PageLayout layout;
  bool spaced = false;
  double middle = 0;
  for (const auto& word : page->text_list()) {
    const auto box = word.bbox();
    if (!layout.characters.empty()) {
      const bool same_line = middle > box.top() && middle < box.bottom();
      layout.characters.back().after = !same_line ? "\n" : spaced ? " " : "";
    }
    place_word(word, width, height, layout);
    spaced = word.has_space_after();
    middle = (box.top() + box.bottom()) / 2;
  }
  return layout;
}

bool Pdf::is_scan(std::uint32_t number, const WrittenPage& read) const {
  constexpr double kMuch = 0.002;  // of the page: a line of text
  if (looks_garbled(read.text)) return true;
  const auto legible = count_legible(read.text);
  if (legible >= kLittle || read.text_alone) return false;
  const auto page = page_at(*document_, number);
  const auto size = page->page_rect();
  if (std::abs(size.width() * size.height()) > kMostPixelsOfAPage) return true;
  const Sketch sketch = draw_sketch(*page);
  if (sketch.shades.empty()) return legible < kLegible;
  const auto beside = look_beside(covered_by_words(*page, sketch), sketch);
  if (legible < kLegible) return beside.other > 0;
  return static_cast<double>(beside.dark) > kMuch * static_cast<double>(sketch.shades.size());
}

Image Pdf::render(std::uint32_t number, double dots_per_inch) const {
  const auto page = page_at(*document_, number);
  const auto size = page->page_rect(poppler::media_box);
  const double inches = std::abs(size.width() * size.height()) / kPointsPerInch / kPointsPerInch;
  if (inches * dots_per_inch * dots_per_inch > kMostPixelsOfAPage)
    dots_per_inch = std::sqrt(kMostPixelsOfAPage / std::max(inches, 1e-6));
  poppler::page_renderer renderer;
  renderer.set_render_hint(poppler::page_renderer::antialiasing, true);
  renderer.set_render_hint(poppler::page_renderer::text_antialiasing, true);
  renderer.set_image_format(poppler::image::format_argb32);
  const auto image = renderer.render_page(page.get(), dots_per_inch, dots_per_inch);
  if (!image.is_valid()) damaged("page " + std::to_string(number) + " cannot be drawn");
  return Image::from_bgra(reinterpret_cast<const std::uint8_t*>(image.const_data()), image.width(), image.height(),
                          static_cast<std::size_t>(image.bytes_per_row()));
}

Image Pdf::render_to_width(std::uint32_t number, std::uint32_t width) const {
  const auto page = page_at(*document_, number);
  return render(number, width * kPointsPerInch / drawn_size(*page).first)
      .scaled_to_width(width);  // off by a pixel at most
}

}  // namespace lantai::extract::worker
