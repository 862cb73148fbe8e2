#include <fmt/format.h>

#include "archive_reader.h"
#include "extract.h"
#include "html.h"
#include "mail_parts.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr unsigned kMaxLevels = 64;  // of parts within parts

// Reads one message into a report: what a person would read is its page, everything else is attached.
class MailReader {
 public:
  MailReader(Report& report, Context& context, unsigned depth) : report_(report), context_(context), depth_(depth) {}

  void read(GMimeMessage* message) {
    read_headers(message);
    if (auto* root = g_mime_message_get_mime_part(message); root != nullptr) walk(root, 0, true);
    const auto page = tidy(text_);
    if (!page.empty()) report_.page(1, page);
    if (encrypted_) throw Fault("encrypted", "the message is encrypted");
  }

 private:
  void read_headers(GMimeMessage* message) {
    const auto title = subject(message, context_.charsets);
    const auto from = addresses(g_mime_message_get_from(message)), to = addresses(g_mime_message_get_to(message)),
               cc = addresses(g_mime_message_get_cc(message)), date = sent(message);
    report_.title(title);
    report_.metadata("author", from);
    report_.metadata("to", to);
    report_.metadata("cc", cc);
    report_.metadata("created", date);
    report_.metadata("message_id", text_of(g_mime_message_get_message_id(message)));
    const std::pair<const char*, const std::string&> shown[] = {
        {"From", from}, {"To", to}, {"Cc", cc}, {"Date", date}, {"Subject", title}};
    for (const auto& [field, value] : shown)
      if (!value.empty()) text_ += fmt::format("{}: {}\n", field, value);
    text_ += '\n';
  }

  // `reading`: texts of this part belong to the page; otherwise only what is attached counts.
  void walk(GMimeObject* object, unsigned level, bool reading) {
    if (level > kMaxLevels) throw Fault("too_deep", "parts nested more deeply than allowed");
    report_.budget().spend_entry();
    if (GMIME_IS_MULTIPART_ENCRYPTED(object)) {
      encrypted_ = true;
    } else if (GMIME_IS_MULTIPART_SIGNED(object)) {
      report_.metadata("signed", text_of(g_mime_object_get_content_type_parameter(object, "protocol")));
      if (auto* signed_part = g_mime_multipart_get_part(GMIME_MULTIPART(object), 0); signed_part != nullptr)
        walk(signed_part, level + 1, reading);
    } else if (GMIME_IS_MULTIPART(object)) {
      walk_parts(GMIME_MULTIPART(object), level, reading);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
      if (auto* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)); message != nullptr)
        attach(subject(message, context_.charsets) + ".eml", written(GMIME_OBJECT(message)));
    } else if (GMIME_IS_PART(object)) {
      read_part(GMIME_PART(object), reading);
    }
  }

  void walk_parts(GMimeMultipart* parts, unsigned level, bool reading) {
    const int count = g_mime_multipart_get_count(parts);
    const bool alternative = is(GMIME_OBJECT(parts), "multipart", "alternative");
    const int chosen = alternative ? best(parts, count) : -1;
    for (int i = 0; i < count; ++i)
      walk(g_mime_multipart_get_part(parts, i), level + 1, reading && (!alternative || i == chosen));
  }

  // Of several forms of one text the plain one, if it says anything; else the last, which is the richest (RFC
  // 2046, 5.1.4).
  static int best(GMimeMultipart* parts, int count) {
    for (int i = 0; i < count; ++i) {
      auto* part = g_mime_multipart_get_part(parts, i);
      if (!GMIME_IS_PART(part) || !is(part, "text", "plain")) continue;
      const auto bytes = content_of(GMIME_PART(part));
      if (as_chars(bytes).find_first_not_of(" \t\r\n") != std::string_view::npos) return i;
    }
    return count - 1;
  }

  static bool is(GMimeObject* object, const char* type, const char* subtype) {
    return g_mime_content_type_is_type(g_mime_object_get_content_type(object), type, subtype) != FALSE;
  }

  void read_part(GMimePart* part, bool reading) {
    auto* object = GMIME_OBJECT(part);
    if (is(object, "application", "pkcs7-mime") &&
        text_of(g_mime_object_get_content_type_parameter(object, "smime-type")) != "signed-data") {
      encrypted_ = true;
      return;
    }
    const auto name = text_of(g_mime_part_get_filename(part));
    const auto* disposition =
        g_mime_object_get_content_disposition(object) != nullptr ? g_mime_object_get_disposition(object) : nullptr;
    const bool attached = !name.empty() || (disposition != nullptr && text_of(disposition) == "attachment");
    if (!is(object, "text", "*") || attached) return attach(name, content_of(part));
    if (reading) read_text(part);
  }

  void read_text(GMimePart* part) {
    const auto bytes = content_of(part);
    report_.budget().spend_expanded(bytes.size());
    const auto declared = text_of(g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset"));
    const auto decoded = context_.charsets.decode_declared(bytes, Charsets::by_label(declared));
    if (!decoded) return report_.warning("part_unreadable", "a text in an unknown encoding");
    text_ += is(GMIME_OBJECT(part), "text", "html") ? html_text(decoded->text) : decoded->text;
    text_ += '\n';
  }

  void attach(const std::string& name, Bytes bytes) {
    ++attached_;
    bool unsafe = false;
    auto path = safe_member_path(name, unsafe);
    if (path.empty() || path == ".eml") path = fmt::format("attachment-{}{}", attached_, path);
    if (unsafe) report_.warning("unsafe_name", "misleading or leading outside its folder, shown as " + path);
    report_.budget().spend_expanded(bytes.size());
    Report member = report_.embed(path, as_bytes(name));
    extract_embedded(std::move(bytes), member, context_, depth_ + 1);
  }

  Report& report_;
  Context& context_;
  const unsigned depth_;
  std::string text_;
  unsigned attached_ = 0;
  bool encrypted_ = false;
};

}  // namespace

void read_mail(Source& source, Report& report, Context& context, unsigned depth) {
  const MailStream stream(source.all());
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const auto message = next_message(parser.get());
  if (message == nullptr) return read_text(source, {Kind::text, "text/plain", {}, false}, report, context);
  MailReader(report, context, depth).read(message.get());
}

void read_mailbox(Source& source, Report& report, Context& context, unsigned depth) {
  const MailStream stream(source.all());
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MBOX);
  unsigned number = 0;
  while (g_mime_parser_eos(parser.get()) == FALSE) {
    const auto begin = g_mime_parser_tell(parser.get());
    const auto message = next_message(parser.get());
    if (message == nullptr) break;
    const auto name = fmt::format("{:05}.eml", ++number);
    Report member = report.embed(name, as_bytes(name));
    member.identified("message/rfc822", "Internet message");
    try {
      MailReader(member, context, depth + 1).read(message.get());
    } catch (const Fault& fault) {
      member.failure(fault.code, fault.detail);
      if (fault.scope == Fault::Scope::everything) throw;
    }
    member.end_embedded(static_cast<std::uint64_t>(std::max<gint64>(g_mime_parser_tell(parser.get()) - begin, 0)));
  }
  if (number == 0) damaged("no message can be found");
}

}  // namespace lantai::extract::worker
