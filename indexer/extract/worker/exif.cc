#include "exif.h"

#include <libexif/exif-data.h>

#include <array>
#include <limits>
#include <memory>

namespace lantai::extract::worker {
namespace {

struct Unref {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

// `2019:05:01 08:30:00` → RFC 3339 without a zone; empty unless it has that shape.
std::string date_of(const ExifEntry* entry) {
  constexpr std::string_view kShape = "0000:00:00 00:00:00";
  if (entry == nullptr || entry->data == nullptr || entry->size < kShape.size()) return {};
  std::string date(reinterpret_cast<const char*>(entry->data), kShape.size());
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = date[i] >= '0' && date[i] <= '9';
    if (kShape[i] == '0' ? !digit : date[i] != kShape[i]) return {};
  }
  if (date.substr(0, 4) == "0000") return {};
  date[4] = date[7] = '-';
  date[10] = 'T';
  return date;
}

}  // namespace

Exif read_exif(ByteView jpeg) {
  Exif exif;
  if (jpeg.size() > std::numeric_limits<unsigned>::max()) return exif;
  const std::unique_ptr<ExifData, Unref> data(exif_data_new_from_data(jpeg.data(), static_cast<unsigned>(jpeg.size())));
  if (data == nullptr) return exif;
  const ExifEntry* turned = exif_data_get_entry(data.get(), EXIF_TAG_ORIENTATION);
  if (turned != nullptr && turned->format == EXIF_FORMAT_SHORT && turned->size >= 2) {
    const int value = exif_get_short(turned->data, exif_data_get_byte_order(data.get()));
    if (value >= 1 && value <= 8) exif.orientation = value;
  }
  for (const auto tag : {EXIF_TAG_DATE_TIME_ORIGINAL, EXIF_TAG_DATE_TIME_DIGITIZED, EXIF_TAG_DATE_TIME})
    if (exif.taken.empty()) exif.taken = date_of(exif_data_get_entry(data.get(), tag));
  return exif;
}

}  // namespace lantai::extract::worker
