// What is inside a message? Header fields, text to be read and things attached, with transfer encodings undone. GMime
// does the parsing; in which characters a text is written is decided here (charset.h). Thread-confined.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>

#include "charset.h"
#include "lantai/base/bytes.h"

namespace lantai::extract::worker {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Owned = std::unique_ptr<T, Unref>;

// Loads what GMime reads from files, among it the converters for what headers declare: before the worker locks itself
// in.
void prepare_mail();

// Bytes that are read in place; they must outlive the stream.
class MailStream {
 public:
  explicit MailStream(ByteView bytes);  // throws Fault too_large
  MailStream(const MailStream&) = delete;
  MailStream& operator=(const MailStream&) = delete;
  ~MailStream();
  GMimeStream* get() const { return stream_.get(); }

 private:
  GByteArray* array_;
  Owned<GMimeStream> stream_;
};

// The next message; nothing when there is none. The caller owns it.
Owned<GMimeMessage> next_message(GMimeParser* parser);

Bytes content_of(GMimePart* part);
Bytes written(GMimeObject* object);
// Decoded, valid UTF-8; empty where the message has none.
std::string text_of(const char* value);
std::string addresses(InternetAddressList* list);
std::string sent(GMimeMessage* message);  // RFC 3339
// With encoded words (RFC 2047) put together before they are decoded: programs that count bytes cut characters in two.
std::string subject(GMimeMessage* message, const Charsets& charsets);

}  // namespace lantai::extract::worker
