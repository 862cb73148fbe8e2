#include "picture_metadata.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <exiv2/exiv2.hpp>
#include <initializer_list>
#include <optional>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

std::unique_ptr<Exiv2::Image> open(ByteView picture) {
  static const bool silent = [] {
    Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    Exiv2::enableBMFF();
    return Exiv2::XmpParser::initialize();
  }();
  static_cast<void>(silent);
  std::unique_ptr<Exiv2::Image> image(
      Exiv2::ImageFactory::open(picture.data(), static_cast<long>(picture.size())).release());
  image->readMetadata();
  return image;
}

// `2019:05:01 08:30:00` or what XMP says in ISO 8601 → RFC 3339 without a zone; empty unless it has that shape.
std::string date_of(std::string text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < kShape.size()) return {};
  text.resize(kShape.size());
  if (text[4] == ':' && text[7] == ':' && text[10] == ' ') {
    text[4] = text[7] = '-';
    text[10] = 'T';
  }
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return {};
  }
  return text.substr(0, 4) == "0000" ? std::string() : text;
}

class Metadata {
 public:
  Metadata(Exiv2::Image& image, const Charsets& charsets) : image_(image), charsets_(charsets) {}

  // EXIF says ASCII and cameras write what their makers like; IPTC says nothing unless asked.
  std::string exif(const char* key) const {
    const auto& data = image_.exifData();
    const auto found = data.findKey(Exiv2::ExifKey(key));
    return found == data.end() ? std::string() : decoded(found->toString());
  }
  std::string xmp(const char* key) const {
    const auto& data = image_.xmpData();
    const auto found = data.findKey(Exiv2::XmpKey(key));
    if (found == data.end() || found->count() == 0) return {};
    std::string all;
    for (long i = 0; i < found->count(); ++i) {
      auto one = found->toString(i);
      // A text in several languages: lang="x-default" …
      if (one.substr(0, 5) == "lang=") one = one.substr(std::min(one.find(' '), one.size()));
      all += (all.empty() ? "" : "; ") + trim(one);
    }
    return to_valid_utf8(all);
  }
  std::string iptc(const char* key) const {
    std::string all;
    const Exiv2::IptcKey wanted(key);
    for (const auto& one : image_.iptcData()) {
      if (one.key() == wanted.key()) all += (all.empty() ? "" : "; ") + one.toString();
    }
    return decoded(all);
  }
  // Degrees, minutes and seconds, and in which direction (4.6.6).
  std::optional<double> degrees(const char* value_key, const char* reference_key, char negative) const {
    const auto& data = image_.exifData();
    const auto value = data.findKey(Exiv2::ExifKey(value_key));
    if (value == data.end() || value->count() < 3) return std::nullopt;
    double sum = 0, part = 1;
    for (long i = 0; i < 3; ++i, part *= 60) {
      const auto [up, down] = value->toRational(i);
      if (down == 0) return std::nullopt;
      sum += static_cast<double>(up) / down / part;
    }
    const auto reference = exif(reference_key);
    return !reference.empty() && reference.front() == negative ? -sum : sum;
  }

 private:
  std::string decoded(const std::string& bytes) const {
    const auto text = charsets_.decode(as_bytes(bytes));
    return trim(text ? text->text : to_valid_utf8(bytes));
  }

  Exiv2::Image& image_;
  const Charsets& charsets_;
};

std::string first_of(std::initializer_list<std::string> values) {
  for (const auto& value : values)
    if (!value.empty()) return value;
  return {};
}

std::string location_of(const Metadata& metadata) {
  const auto latitude = metadata.degrees("Exif.GPSInfo.GPSLatitude", "Exif.GPSInfo.GPSLatitudeRef", 'S');
  const auto longitude = metadata.degrees("Exif.GPSInfo.GPSLongitude", "Exif.GPSInfo.GPSLongitudeRef", 'W');
  if (!latitude || !longitude || std::abs(*latitude) > 90 || std::abs(*longitude) > 180) return {};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.6f, %.6f", *latitude, *longitude);
  return text.data();
}

int orientation_of(Exiv2::Image& image) {
  const auto& data = image.exifData();
  const auto found = data.findKey(Exiv2::ExifKey("Exif.Image.Orientation"));
  if (found == data.end() || found->count() == 0) return 1;
  const long value = found->toLong();
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

PictureMetadata read(Exiv2::Image& image, const Charsets& charsets) {
  const Metadata metadata(image, charsets);
  PictureMetadata read;
  read.orientation = orientation_of(image);
  read.title = first_of({metadata.xmp("Xmp.dc.title"), metadata.iptc("Iptc.Application2.ObjectName"),
                         metadata.iptc("Iptc.Application2.Headline")});
  std::string iptc_date = metadata.iptc("Iptc.Application2.DateCreated");
  read.fields["created"] = first_of(
      {date_of(metadata.exif("Exif.Photo.DateTimeOriginal")), date_of(metadata.exif("Exif.Photo.DateTimeDigitized")),
       date_of(metadata.exif("Exif.Image.DateTime")), date_of(metadata.xmp("Xmp.photoshop.DateCreated")),
       date_of(metadata.xmp("Xmp.xmp.CreateDate")), std::move(iptc_date)});
  const std::string make = metadata.exif("Exif.Image.Make"), model = metadata.exif("Exif.Image.Model");
  read.fields["camera"] = model.substr(0, make.size()) == make ? model : trim(make + " " + model);
  read.fields["author"] = first_of(
      {metadata.xmp("Xmp.dc.creator"), metadata.iptc("Iptc.Application2.Byline"), metadata.exif("Exif.Image.Artist")});
  read.fields["description"] = first_of({metadata.xmp("Xmp.dc.description"), metadata.iptc("Iptc.Application2.Caption"),
                                         metadata.exif("Exif.Image.ImageDescription")});
  read.fields["keywords"] = first_of({metadata.xmp("Xmp.dc.subject"), metadata.iptc("Iptc.Application2.Keywords")});
  read.fields["copyright"] = first_of({metadata.xmp("Xmp.dc.rights"), metadata.iptc("Iptc.Application2.Copyright"),
                                       metadata.exif("Exif.Image.Copyright")});
  read.fields["location"] = location_of(metadata);
  for (auto at = read.fields.begin(); at != read.fields.end();)
    at = at->second.empty() ? read.fields.erase(at) : std::next(at);
  return read;
}

}  // namespace

PictureMetadata read_picture_metadata(ByteView picture, const Charsets& charsets) {
  try {
    return read(*open(picture), charsets);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return {};
  }
}

int read_orientation(ByteView picture) {
  try {
    return orientation_of(*open(picture));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return 1;
  }
}

}  // namespace lantai::extract::worker
