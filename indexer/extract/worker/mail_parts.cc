#include "mail_parts.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "fault.h"
#include "timestamp.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// What mail declares in headers and names of attachments. A converter that was never opened cannot be opened behind the
// sandbox, since it is a file.
constexpr std::array kCharsets = {"GB18030",    "GBK",       "GB2312",      "BIG5",         "BIG5-HKSCS",
                                  "EUC-JP",     "SHIFT_JIS", "ISO-2022-JP", "EUC-KR",       "ISO-8859-1",
                                  "ISO-8859-2", "KOI8-R",    "ISO-8859-15", "WINDOWS-1251", "WINDOWS-1252"};

struct OwnText {
  void operator()(char* text) const { g_free(text); }
};

GMimeParserOptions* parser_options() {
  static GMimeParserOptions* const kOptions = [] {
    // Headers with bare bytes, which old programs send, are read as the first of these that fits.
    static std::array<const char*, 4> fallback = {"utf-8", "gb18030", "big5", nullptr};
    auto* options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, fallback.data());
    return options;
  }();
  return kOptions;
}

// One `=?charset?B?text?=`, and what follows it.
struct Word {
  std::string charset;
  Bytes bytes;
  std::string_view rest;
};

std::optional<Word> encoded_word(std::string_view text) {
  if (text.substr(0, 2) != "=?") return std::nullopt;
  const auto charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 3 > text.size() || text[charset_end + 2] != '?')
    return std::nullopt;
  const bool base64 = text[charset_end + 1] == 'B' || text[charset_end + 1] == 'b';
  if (!base64 && text[charset_end + 1] != 'Q' && text[charset_end + 1] != 'q') return std::nullopt;
  const auto begin = charset_end + 3, end = text.find("?=", begin);
  if (end == std::string_view::npos) return std::nullopt;
  const auto charset = text.substr(2, charset_end - 2);
  Word word{std::string(charset.substr(0, charset.find('*'))), {}, text.substr(end + 2)};
  std::string coded(text.substr(begin, end - begin));
  if (base64) {
    gsize size = 0;
    auto* bytes = g_base64_decode_inplace(coded.data(), &size);  // in place for words longer than one character
    if (coded.size() > 1) word.bytes.assign(bytes, bytes + size);
    return word;
  }
  guint32 saved = 0;
  int state = 0;
  word.bytes.resize(coded.size());
  std::replace(coded.begin(), coded.end(), '_', ' ');
  word.bytes.resize(g_mime_encoding_quoted_decode_step(reinterpret_cast<const unsigned char*>(coded.data()),
                                                       coded.size(), word.bytes.data(), &state, &saved));
  return word;
}

std::string decoded(const Word& word, const Charsets& charsets) {
  if (const auto encoding = Charsets::by_label(word.charset)) return charsets.decode_as(word.bytes, *encoding).text;
  const std::unique_ptr<char, OwnText> text(g_convert(reinterpret_cast<const char*>(word.bytes.data()),
                                                      static_cast<gssize>(word.bytes.size()), "UTF-8",
                                                      word.charset.c_str(), nullptr, nullptr, nullptr));
  return to_valid_utf8(text != nullptr ? std::string_view(text.get()) : as_chars(word.bytes));
}

// White space between two words is none (RFC 2047, 6.2).
std::string decoded_words(std::string_view raw, const Charsets& charsets) {
  std::string out;
  std::optional<Word> open;
  while (!raw.empty()) {
    const auto first = std::min(raw.find_first_not_of(" \t\r\n"), raw.size());
    auto word = encoded_word(raw.substr(first));
    if (word && open && open->charset == word->charset) {
      open->bytes.insert(open->bytes.end(), word->bytes.begin(), word->bytes.end());
      open->rest = word->rest;
    } else {
      if (open) out += decoded(*open, charsets);
      if (!word || !open) out += raw.substr(0, word ? first : first + 1);
      open = std::move(word);
    }
    raw = open ? open->rest : raw.substr(std::min(first + 1, raw.size()));
  }
  if (open) out += decoded(*open, charsets);
  return out;
}

Bytes taken(GMimeStream* stream) {
  const auto* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
  return {array->data, array->data + array->len};
}

}  // namespace

void prepare_mail() {
  g_mime_init();
  parser_options();
  static std::vector<iconv_t> loaded;  // as long as the process lives
  for (const auto* charset : kCharsets) loaded.push_back(::iconv_open("UTF-8", charset));
}

MailStream::MailStream(ByteView bytes) : array_(nullptr) {
  if (bytes.size() > std::numeric_limits<guint>::max() / 2) throw Fault("too_large", "mail of 2 GB or more");
  array_ = g_byte_array_new_take(const_cast<guint8*>(bytes.data()), bytes.size());  // only read
  stream_.reset(g_mime_stream_mem_new_with_byte_array(array_));
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream_.get()), FALSE);
}

MailStream::~MailStream() {
  stream_.reset();
  g_byte_array_free(array_, FALSE);
}

Owned<GMimeMessage> next_message(GMimeParser* parser) {
  return Owned<GMimeMessage>(g_mime_parser_construct_message(parser, parser_options()));
}

Bytes content_of(GMimePart* part) {
  auto* content = g_mime_part_get_content(part);
  if (content == nullptr) return {};
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  return taken(stream.get());
}

Bytes written(GMimeObject* object) {
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(object, nullptr, stream.get());
  return taken(stream.get());
}

std::string text_of(const char* value) { return value != nullptr ? trim(to_valid_utf8(value)) : std::string(); }

std::string addresses(InternetAddressList* list) {
  if (list == nullptr) return {};
  const std::unique_ptr<char, OwnText> text(internet_address_list_to_string(list, nullptr, FALSE));
  return text_of(text.get());
}

std::string sent(GMimeMessage* message) {
  auto* date = g_mime_message_get_date(message);
  return date != nullptr ? rfc3339(g_date_time_to_unix(date)) : std::string();
}

std::string subject(GMimeMessage* message, const Charsets& charsets) {
  auto* header = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(message)), "Subject");
  const auto* raw = header != nullptr ? g_mime_header_get_raw_value(header) : nullptr;
  if (raw == nullptr || std::string_view(raw).find("=?") == std::string_view::npos)
    return text_of(g_mime_message_get_subject(message));
  return trim(to_valid_utf8(decoded_words(raw, charsets)));
}

}  // namespace lantai::extract::worker
