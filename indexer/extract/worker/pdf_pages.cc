#include "pdf_pages.h"

#include <PDFDoc.h>
#include <Stream.h>
#include <TextOutputDev.h>
#include <zlib.h>

#include <optional>

namespace lantai::extract::worker {
namespace {

void append(void* to, const char* text, int size) {
  static_cast<std::string*>(to)->append(text, static_cast<std::size_t>(size));
}

// Takes in the text, and notes whether anything else is drawn without drawing it.
class Reader final : public TextOutputDev {
 public:
  Reader(std::string& to, bool as_written) : TextOutputDev(append, &to, false, 0, as_written) {}
  bool anything_else() const { return anything_else_; }

  bool needNonText() override { return true; }
  void drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x, double origin_y,
                CharCode code, int bytes, const Unicode* unicode, int length) override {
    if (length == 0) anything_else_ = true;
    TextOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, bytes, unicode, length);
  }
  void stroke(GfxState* state) override {
    anything_else_ = true;
    TextOutputDev::stroke(state);
  }
  void fill(GfxState* state) override {
    anything_else_ = true;
    TextOutputDev::fill(state);
  }
  void eoFill(GfxState* state) override {
    anything_else_ = true;
    TextOutputDev::eoFill(state);
  }
  bool useTilingPatternFill() override { return true; }
  bool tilingPatternFill(GfxState*, Gfx*, Catalog*, GfxTilingPattern*, const double*, int, int, int, int, double,
                         double) override {
    return anything_else_ = true;
  }
  bool useShadedFills(int) override { return true; }
  bool functionShadedFill(GfxState*, GfxFunctionShading*) override { return anything_else_ = true; }
  bool axialShadedFill(GfxState*, GfxAxialShading*, double, double) override { return anything_else_ = true; }
  bool radialShadedFill(GfxState*, GfxRadialShading*, double, double) override { return anything_else_ = true; }
  bool gouraudTriangleShadedFill(GfxState*, GfxGouraudTriangleShading*) override { return anything_else_ = true; }
  bool patchMeshShadedFill(GfxState*, GfxPatchMeshShading*) override { return anything_else_ = true; }
  void drawImageMask(GfxState* state, Object* reference, Stream* stream, int width, int height, bool invert,
                     bool interpolate, bool within) override {
    anything_else_ = true;
    TextOutputDev::drawImageMask(state, reference, stream, width, height, invert, interpolate, within);
  }
  void drawImage(GfxState* state, Object* reference, Stream* stream, int width, int height, GfxImageColorMap* colours,
                 bool interpolate, const int* mask, bool within) override {
    anything_else_ = true;
    TextOutputDev::drawImage(state, reference, stream, width, height, colours, interpolate, mask, within);
  }
  void drawMaskedImage(GfxState*, Object*, Stream*, int, int, GfxImageColorMap*, bool, Stream*, int, int, bool,
                       bool) override {
    anything_else_ = true;
  }
  void drawSoftMaskedImage(GfxState*, Object*, Stream*, int, int, GfxImageColorMap*, bool, Stream*, int, int,
                           GfxImageColorMap*, bool) override {
    anything_else_ = true;
  }

 private:
  bool anything_else_ = false;
};

// nullopt: it is not, or it is more than `most` bytes.
std::optional<std::string> inflated(const std::vector<unsigned char>& packed, std::size_t most) {
  std::string out;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  stream.next_in = const_cast<unsigned char*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  int state = Z_OK;
  while (state == Z_OK && out.size() < most) {
    const std::size_t before = out.size();
    out.resize(std::min(most, std::max<std::size_t>(2 * before, 4 * packed.size())));
    stream.next_out = reinterpret_cast<unsigned char*>(out.data()) + before;
    stream.avail_out = static_cast<uInt>(out.size() - before);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return std::nullopt;
  return out;
}

}  // namespace

PdfPages::PdfPages(ByteView bytes)
    : document_(std::make_unique<PDFDoc>(new MemStream(reinterpret_cast<const char*>(bytes.data()), 0,
                                                       static_cast<Goffset>(bytes.size()), Object(objNull)))) {}

PdfPages::~PdfPages() = default;

// Of a simple Type 1 font poppler reads the whole file for each page, to learn the names of its characters, and unpacks
// it a byte at a time. It finds it unpacked.
void PdfPages::unpack_fonts(Page& page) {
  const Dict* resources = page.getResourceDict();
  if (resources == nullptr || document_->getXRef()->isEncrypted()) return;
  const Object fonts = resources->lookup("Font");
  for (int i = 0; fonts.isDict() && i < fonts.dictGetLength(); ++i) {
    const Object font = fonts.getDict()->getVal(i);
    if (!font.isDict() || !font.dictLookup("Subtype").isName("Type1")) continue;
    const Object descriptor = font.dictLookup("FontDescriptor");
    for (const char* key : {"FontFile", "FontFile3"}) {
      if (!descriptor.isDict()) continue;
      const Object& file = descriptor.dictLookupNF(key);
      if (file.isRef()) unpack(file.getRefNum(), file.getRefGen());
    }
  }
}

void PdfPages::unpack(int number, int generation) {
  constexpr std::size_t kMostOfOne = 8U << 20U, kMost = 32U << 20U;
  if (!looked_at_.insert({number, generation}).second || unpacked_bytes_ > kMost) return;
  XRef& objects = *document_->getXRef();
  Object file = objects.fetch(number, generation);
  if (!file.isStream()) return;
  const Dict& about = *file.streamGetDict();
  if (!about.lookup("Filter").isName("FlateDecode") || !about.lookup("DecodeParms").isNull()) return;
  auto plain = inflated(file.getStream()->getUndecodedStream()->toUnsignedChars(), kMostOfOne);
  if (!plain) return;
  Object described(about.copy(&objects));
  described.dictRemove("Filter");
  described.dictSet("Length", Object(static_cast<int>(plain->size())));
  const auto& kept = unpacked_.emplace_back(std::move(*plain));
  unpacked_bytes_ += kept.size();
  const Object unpacked(
      static_cast<Stream*>(new MemStream(kept.data(), 0, static_cast<Goffset>(kept.size()), std::move(described))));
  objects.setModifiedObject(&unpacked, {number, generation});
}

WrittenPage PdfPages::read(std::uint32_t number, bool as_written) {
  constexpr double kDotsPerInch = 72;
  WrittenPage page;
  if (Page* place = document_->getPage(static_cast<int>(number))) unpack_fonts(*place);
  Reader reader(page.text, as_written);
  document_->displayPage(&reader, static_cast<int>(number), kDotsPerInch, kDotsPerInch, 0, false, true, false);
  page.text_alone = !reader.anything_else();
  return page;
}

}  // namespace lantai::extract::worker
