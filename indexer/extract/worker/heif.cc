#include "heif.h"

#include <libheif/heif.h>

#include "fault.h"

// libheif has libde265 start a thread of its own and cannot be told not to; where none may be started, decoding would
// wait for it for ever. This takes the place of libde265's function: without threads it decodes in the calling one.
extern "C" int de265_start_worker_threads(void* /*decoder*/, int /*threads*/) { return 0; }

namespace lantai::extract::worker {
namespace {

struct Release {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};

void require_read(const heif_error& error) {
  if (error.code == heif_error_Memory_allocation_error) throw std::bad_alloc();
  if (error.code != heif_error_Ok) damaged("the picture cannot be decoded");
}

}  // namespace

// The brands of the box `ftyp`: a major one, its version, then those it is compatible with.
std::string_view heif_brand(ByteView bytes) {
  const auto head = as_chars(bytes.first(std::min<std::size_t>(bytes.size(), 64)));
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") return {};
  for (const std::string_view brand : {"avif", "heic", "heix", "heim", "heis"})
    if (head.find(brand, 8) != std::string_view::npos) return brand;
  return {};
}

Image decode_heif(ByteView bytes, std::int64_t max_pixels) {
  const std::unique_ptr<heif_context, Release> context(heif_context_alloc());
  if (context == nullptr) throw std::bad_alloc();
  heif_context_set_max_decoding_threads(context.get(), 0);  // none may be started here
  require_read(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr));
  heif_image_handle* raw_handle = nullptr;
  require_read(heif_context_get_primary_image_handle(context.get(), &raw_handle));
  const std::unique_ptr<heif_image_handle, Release> handle(raw_handle);
  const std::int64_t width = heif_image_handle_get_width(raw_handle), height = heif_image_handle_get_height(raw_handle);
  if (width <= 0 || height <= 0) damaged("the picture has no size");
  if (width * height > max_pixels) throw Fault("too_large", "the picture has too many pixels");
  const std::unique_ptr<heif_decoding_options, Release> options(heif_decoding_options_alloc());
  if (heif_brand(bytes) == "avif") options->decoder_id = "aom";  // dav1d starts threads
  heif_image* raw_image = nullptr;
  require_read(
      heif_decode_image(raw_handle, &raw_image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, options.get()));
  const std::unique_ptr<heif_image, Release> image(raw_image);
  int row_bytes = 0;
  const std::uint8_t* pixels = heif_image_get_plane_readonly(raw_image, heif_channel_interleaved, &row_bytes);
  if (pixels == nullptr || row_bytes <= 0) damaged("the picture cannot be decoded");
  return Image::from_rgba(pixels, heif_image_get_width(raw_image, heif_channel_interleaved),
                          heif_image_get_height(raw_image, heif_channel_interleaved),
                          static_cast<std::size_t>(row_bytes));
}

}  // namespace lantai::extract::worker
