#include "charset.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <stdexcept>

#include "common_characters.h"

namespace lantai::extract::worker {
namespace {

// Natural logarithms of how often a character of the class appears in running text.
constexpr double kCommon = -6.3, kUsual = -9.8, kRare = -13.0, kPunctuation = -5.5, kSymbol = -12.5, kExotic = -17.0,
                 kAscii = -4.0, kControl = -14.0, kImpossible = -40.0;
// What is worse than this for each byte, on average, is not text.
constexpr double kWorstText = -9.0, kWorstWideText = -6.0;
constexpr std::size_t kSample = 64U << 10U;
constexpr std::size_t kTextPerNul = 4096;  // a stray NUL is met in logs; more of them are something else than text

bool is_han_punctuation(unsigned row, unsigned cell, bool gb) {
  if (gb) return (row == 0xA1 && cell <= 0xBF) || (row == 0xA3 && cell >= 0xA1);
  return (row == 0xA1 && cell >= 0x40 && cell <= 0x80) || (row == 0xA2 && cell >= 0xAF);
}

double ascii_score(std::uint8_t byte) {
  if (byte >= 0x20 && byte != 0x7F) return kAscii;
  return byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f' ? kAscii : kControl;
}

double score_windows1252(ByteView bytes) {
  double sum = 0;
  bool high_before = false;
  for (const auto byte : bytes) {
    if (byte < 0x80) {
      sum += ascii_score(byte);
      high_before = false;
      continue;
    }
    sum += byte >= 0xC0 ? -7.5 : (byte >= 0xA0 ? -10.0 : -12.0);
    if (high_before) sum -= 6.0;
    high_before = true;
  }
  return sum;
}

std::size_t utf8_sequence_at(ByteView bytes, std::size_t at) {
  const std::size_t length =
      bytes[at] < 0xC2 ? 0 : (bytes[at] < 0xE0 ? 2 : (bytes[at] < 0xF0 ? 3 : (bytes[at] < 0xF5 ? 4 : 0)));
  if (length == 0 || at + length > bytes.size()) return 0;
  return is_valid_utf8(as_chars(bytes.subspan(at, length))) ? length : 0;
}

// Only short text in two-byte sequences can be mistaken for it: longer sequences hardly arise by chance.
double score_utf8(ByteView bytes) {
  double sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] < 0x80) {
      sum += ascii_score(bytes[i]);
      continue;
    }
    const auto length = utf8_sequence_at(bytes, i);
    if (length == 0) sum += kImpossible;
    if (length == 2)
      sum += bytes[i] <= 0xC3 ? -7.5 : (bytes[i] == 0xD0 || bytes[i] == 0xD1 || bytes[i] == 0xCE ? -8.0 : -13.0);
    if (length > 2) sum += kPunctuation;
    if (length > 0) i += length - 1;
  }
  return sum;
}

// So many long sequences and nothing else do not arise by chance, whatever else the bytes might be.
bool is_surely_utf8(ByteView bytes) {
  constexpr std::ptrdiff_t kSure = 32;
  const auto begins_long = [](std::uint8_t byte) { return byte >= 0xE0; };
  if (std::count_if(bytes.begin(), bytes.end(), begins_long) < kSure) return false;
  for (int i = 0; i < 3 && (bytes.back() & 0xC0U) == 0x80U; ++i) bytes = bytes.first(bytes.size() - 1);
  return is_valid_utf8(as_chars(bytes.first(bytes.size() - 1)));  // the last character may be cut off
}

std::vector<bool> codes_of(iconv_t from_utf8) {
  std::vector<bool> codes(0x10000, false);
  for (std::size_t at = 0; at + 3 <= kCommonCharacters.size(); at += 3) {
    std::string one(kCommonCharacters.substr(at, 3));
    char* in = one.data();
    std::size_t in_left = one.size();
    std::array<unsigned char, 8> out{};
    char* to = reinterpret_cast<char*>(out.data());
    std::size_t out_left = out.size();
    ::iconv(from_utf8, nullptr, nullptr, nullptr, nullptr);
    if (::iconv(from_utf8, &in, &in_left, &to, &out_left) != 0 || out_left != out.size() - 2) continue;
    codes[static_cast<std::size_t>(out[0] << 8 | out[1])] = true;
  }
  return codes;
}

iconv_t open_converter(const char* to, const char* from) {
  const iconv_t converter = ::iconv_open(to, from);
  if (converter == reinterpret_cast<iconv_t>(-1)) throw std::runtime_error(std::string("no converter for ") + from);
  return converter;
}

std::vector<bool> common_codes(const char* charset) {
  const iconv_t converter = open_converter(charset, "UTF-8");
  auto codes = codes_of(converter);
  ::iconv_close(converter);
  return codes;
}

DecodedText convert(iconv_t converter, ByteView bytes, Encoding encoding) {
  DecodedText out;
  out.encoding = encoding;
  out.text.reserve(bytes.size() * 3 / 2 + 16);
  ::iconv(converter, nullptr, nullptr, nullptr, nullptr);
  char* in = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  std::size_t in_left = bytes.size();
  std::array<char, 8192> buffer;
  while (in_left > 0) {
    char* to = buffer.data();
    std::size_t out_left = buffer.size();
    const auto result = ::iconv(converter, &in, &in_left, &to, &out_left);
    out.text.append(buffer.data(), buffer.size() - out_left);
    if (result != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
    out.ill_formed = true;
    out.text += "\xEF\xBF\xBD";
    const std::size_t skip =
        std::min<std::size_t>(in_left, encoding == Encoding::utf16le || encoding == Encoding::utf16be ? 2 : 1);
    in += skip;
    in_left -= skip;
  }
  return out;
}

bool starts_with(ByteView bytes, std::initializer_list<int> mark) {
  if (bytes.size() < mark.size()) return false;
  return std::equal(mark.begin(), mark.end(), bytes.begin(), [](int a, std::uint8_t b) { return a == b; });
}

}  // namespace

std::string_view name(Encoding encoding) {
  constexpr std::array<std::string_view, kEncodings> kNames = {"UTF-8",   "UTF-16LE", "UTF-16BE",
                                                               "GB18030", "Big5",     "Windows-1252"};
  return kNames[static_cast<std::size_t>(encoding)];
}

Charsets::Charsets()
    : gb18030_(open_converter("UTF-8", "GB18030")),
      big5_(open_converter("UTF-8", "BIG5-HKSCS")),
      windows1252_(open_converter("UTF-8", "WINDOWS-1252")),
      utf16le_(open_converter("UTF-8", "UTF-16LE")),
      utf16be_(open_converter("UTF-8", "UTF-16BE")),
      common_unicode_(common_codes("UTF-16BE")),
      common_gb_(common_codes("GB18030")),
      common_big5_(common_codes("BIG5-HKSCS")) {}

Charsets::~Charsets() {
  for (const auto converter : {gb18030_, big5_, windows1252_, utf16le_, utf16be_}) ::iconv_close(converter);
}

double Charsets::score_gb18030(ByteView bytes) const {
  double sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned row = bytes[i];
    if (row < 0x80) {
      sum += ascii_score(bytes[i]);
      continue;
    }
    if (i + 1 == bytes.size() || row == 0x80 || row == 0xFF) {
      sum += kImpossible;
      continue;
    }
    const unsigned cell = bytes[i + 1];
    if (cell >= 0x30 && cell <= 0x39) {
      const bool whole = i + 3 < bytes.size() && bytes[i + 2] >= 0x81 && bytes[i + 3] >= 0x30 && bytes[i + 3] <= 0x39;
      sum += whole ? kExotic : kImpossible;
      i += 3;
      continue;
    }
    if (cell < 0x40 || cell == 0x7F || cell == 0xFF) {
      sum += kImpossible;
      continue;
    }
    ++i;
    if (cell < 0xA1 || row < 0xA1)
      sum += common_gb_[row << 8 | cell] ? kRare + 1 : kExotic;
    else if (common_gb_[row << 8 | cell])
      sum += kCommon;
    else if (row >= 0xB0 && row <= 0xD7)
      sum += kUsual;
    else if (row >= 0xD8 && row <= 0xF7)
      sum += kRare;
    else
      sum += is_han_punctuation(row, cell, true) ? kPunctuation : (row < 0xAA ? kSymbol : kExotic);
  }
  return sum;
}

double Charsets::score_big5(ByteView bytes) const {
  double sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned row = bytes[i];
    if (row < 0x80) {
      sum += ascii_score(bytes[i]);
      continue;
    }
    const unsigned cell = i + 1 < bytes.size() ? bytes[i + 1] : 0;
    if (row < 0x87 || row == 0xFF || cell < 0x40 || (cell > 0x7E && cell < 0xA1) || cell == 0xFF) {
      sum += kImpossible;
      continue;
    }
    ++i;
    if (common_big5_[row << 8 | cell])
      sum += kCommon;
    else if (row >= 0xA4 && row <= 0xC6)
      sum += row == 0xC6 && cell > 0x7E ? kExotic : kUsual;
    else if (row >= 0xC9 && row <= 0xF9)
      sum += kRare;
    else
      sum += is_han_punctuation(row, cell, false) ? kPunctuation : (row >= 0xA1 && row <= 0xA3 ? kSymbol : kExotic);
  }
  return sum;
}

double Charsets::score_utf16(ByteView bytes, bool big_endian) const {
  double sum = -10.0;  // without its mark it is rare
  if (bytes.size() % 2 != 0) sum += kImpossible;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const unsigned unit = big_endian ? bytes[i] << 8 | bytes[i + 1] : bytes[i + 1] << 8 | bytes[i];
    if (unit < 0x80)
      sum += ascii_score(static_cast<std::uint8_t>(unit));
    else if (common_unicode_[unit])
      sum += kCommon;
    else if (unit >= 0x4E00 && unit <= 0x9FFF)
      sum += kUsual - 1;
    else if ((unit >= 0x3000 && unit <= 0x303F) || (unit >= 0xFF00 && unit <= 0xFF5E))
      sum += kPunctuation;
    else
      sum += unit < 0x250 || (unit >= 0x2010 && unit <= 0x2030) ? kUsual : kExotic - 4;
  }
  return sum;
}

double Charsets::score(ByteView bytes, Encoding encoding) const {
  switch (encoding) {
    case Encoding::utf8:
      return score_utf8(bytes);
    case Encoding::utf16le:
      return score_utf16(bytes, false);
    case Encoding::utf16be:
      return score_utf16(bytes, true);
    case Encoding::gb18030:
      return score_gb18030(bytes);
    case Encoding::big5:
      return score_big5(bytes);
    case Encoding::windows1252:
      return score_windows1252(bytes);
  }
  return kImpossible;
}

Encoding Charsets::likeliest(ByteView bytes) const {
  if (is_surely_utf8(bytes)) return Encoding::utf8;
  Encoding best = Encoding::utf8;
  double best_score = score(bytes, best);
  for (const auto encoding :
       {Encoding::gb18030, Encoding::big5, Encoding::windows1252, Encoding::utf16le, Encoding::utf16be}) {
    const double candidate = score(bytes, encoding);
    if (candidate > best_score) {
      best = encoding;
      best_score = candidate;
    }
  }
  return best;
}

std::optional<DecodedText> Charsets::decode_declared(ByteView bytes, std::optional<Encoding> declared) const {
  // Windows-1252 is what programs declare that were never told otherwise.
  const bool marked =
      starts_with(bytes, {0xEF, 0xBB, 0xBF}) || starts_with(bytes, {0xFF, 0xFE}) || starts_with(bytes, {0xFE, 0xFF});
  if (declared && !marked && *declared != Encoding::windows1252) {
    const ByteView sample = bytes.first(std::min(bytes.size(), kSample));
    auto decoded = decode_as(bytes, *declared);
    if (!decoded.ill_formed && score(sample, *declared) >= score_utf8(sample)) return decoded;
  }
  return decode(bytes);
}

std::optional<DecodedText> Charsets::decode(ByteView bytes) const {
  if (starts_with(bytes, {0xEF, 0xBB, 0xBF})) return decode_as(bytes.subspan(3), Encoding::utf8);
  if (starts_with(bytes, {0xFF, 0xFE})) return decode_as(bytes.subspan(2), Encoding::utf16le);
  if (starts_with(bytes, {0xFE, 0xFF})) return decode_as(bytes.subspan(2), Encoding::utf16be);
  if (starts_with(bytes, {0x84, 0x31, 0x95, 0x33})) return decode_as(bytes.subspan(4), Encoding::gb18030);
  const ByteView sample = bytes.first(std::min(bytes.size(), kSample));  // a cut character costs little
  const auto encoding = likeliest(sample);
  const bool wide = encoding == Encoding::utf16le || encoding == Encoding::utf16be;
  const double average = score(sample, encoding) / static_cast<double>(std::max<std::size_t>(sample.size(), 1));
  if (average < (wide ? kWorstWideText : kWorstText)) return std::nullopt;
  const auto nuls = static_cast<std::size_t>(std::count(sample.begin(), sample.end(), 0));
  if (!wide && nuls > 1 + sample.size() / kTextPerNul) return std::nullopt;
  return decode_as(bytes, encoding);
}

DecodedText Charsets::decode_as(ByteView bytes, Encoding encoding) const {
  switch (encoding) {
    case Encoding::gb18030:
      return convert(gb18030_, bytes, encoding);
    case Encoding::big5:
      return convert(big5_, bytes, encoding);
    case Encoding::windows1252:
      return convert(windows1252_, bytes, encoding);
    case Encoding::utf16le:
      return convert(utf16le_, bytes, encoding);
    case Encoding::utf16be:
      return convert(utf16be_, bytes, encoding);
    case Encoding::utf8:
      break;
  }
  const bool valid = is_valid_utf8(as_chars(bytes));
  return {valid ? std::string(as_chars(bytes)) : to_valid_utf8(as_chars(bytes)), encoding, !valid};
}

std::optional<Encoding> Charsets::by_label(std::string_view label) {
  std::string plain;
  for (const char c : label)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (plain == "utf8") return Encoding::utf8;
  if (plain == "gbk" || plain == "gb2312" || plain == "gb18030" || plain == "xgbk" || plain == "cp936")
    return Encoding::gb18030;
  if (plain == "big5" || plain == "big5hkscs" || plain == "cp950") return Encoding::big5;
  if (plain == "utf16" || plain == "utf16le") return Encoding::utf16le;
  if (plain == "utf16be") return Encoding::utf16be;
  if (plain == "iso88591" || plain == "windows1252" || plain == "ascii" || plain == "usascii")
    return Encoding::windows1252;
  return std::nullopt;
}

Encoding Charsets::detect_names(const std::vector<Bytes>& names) const {
  double gb = 0, big5 = 0;
  for (const auto& raw : names) {
    const double as_gb = score_gb18030(raw), as_big5 = score_big5(raw);
    if (score_utf8(raw) >= std::max(as_gb, as_big5)) continue;
    gb += as_gb;
    big5 += as_big5;
  }
  return big5 > gb ? Encoding::big5 : Encoding::gb18030;
}

DecodedText Charsets::decode_name(ByteView raw, Encoding legacy) const {
  const bool utf8 = is_valid_utf8(as_chars(raw)) && score_utf8(raw) >= score(raw, legacy);
  return utf8 ? decode_as(raw, Encoding::utf8) : decode_as(raw, legacy);
}

}  // namespace lantai::extract::worker
