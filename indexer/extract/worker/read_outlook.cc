#include "compound.h"
#include "extract.h"
#include "html.h"
#include "outlook.h"
#include "outlook_message.h"

namespace lantai::extract::worker {
namespace {

// Numbers of [MS-OXPROPS].
constexpr auto kSubject = "0037", kSender = "0C1A", kSenderAddress = "5D01", kSenderAddressOld = "0C1F", kTo = "0E04",
               kCc = "0E03", kBody = "1000", kHtml = "1013", kMessageId = "1035", kSent = "0039", kReceived = "0E06",
               kLongName = "3707", kShortName = "3704", kData = "3701";

std::string sender(const OutlookItem& message) {
  const auto name = message.text(kSender);
  auto address = message.text(kSenderAddress);
  if (address.empty()) address = message.text(kSenderAddressOld);
  return person(name, address);
}

std::string body(const OutlookItem& message) {
  auto text = message.text(kBody);
  return text.empty() ? html_text(message.text(kHtml)) : text;
}

class OutlookReader {
 public:
  OutlookReader(const Compound& file, Context& context) : file_(file), context_(context) {}

  void read(const std::string& path, Report& report, unsigned depth) {
    if (depth > report.budget().limits().depth) throw Fault("too_deep", "nested more deeply than allowed");
    const OutlookItem message(file_, path, context_.charsets);
    read_text(message, report);
    unsigned number = 0;
    for (const auto& attachment : message.attachments()) {
      report.budget().spend_entry();
      attach(OutlookItem(file_, attachment, context_.charsets), ++number, report, depth + 1);
    }
  }

 private:
  static void read_text(const OutlookItem& message, Report& report) {
    auto date = message.time(kSent);
    if (date.empty()) date = message.time(kReceived);
    report_message({message.text(kSubject), sender(message), message.text(kTo), message.text(kCc), date,
                    message.text(kMessageId), body(message)},
                   report);
  }

  void attach(const OutlookItem& attachment, unsigned number, Report& report, unsigned depth) {
    const auto inner = attachment.attached_message();
    auto name = attachment.text(kLongName);
    if (name.empty()) name = attachment.text(kShortName);
    if (name.empty() && inner) name = OutlookItem(file_, *inner, context_.charsets).text(kSubject) + ".msg";
    Report member = report.embed(attached_path(name, number, report), as_bytes(name));
    if (inner) return read_attached(*inner, member, depth);
    auto bytes = attachment.bytes(kData);
    if (!bytes) {
      member.failure("damaged", "an attachment without bytes");
      return member.end_embedded(0);
    }
    report.budget().spend_expanded(bytes->size());
    extract_embedded(std::move(*bytes), member, context_, depth);
  }

  void read_attached(const std::string& path, Report& member, unsigned depth) {
    member.identified("application/vnd.ms-outlook", "Outlook message");
    try {
      read(path, member, depth);
    } catch (const Fault& fault) {
      member.failure(fault.code, fault.detail);
      if (fault.scope == Fault::Scope::everything) throw;
    }
    member.end_embedded(0);
  }

  const Compound& file_;
  Context& context_;
};

}  // namespace

void read_outlook(Source& source, Report& report, Context& context, unsigned depth) {
  const Compound file(source.all());
  OutlookReader(file, context).read({}, report, depth);
}

}  // namespace lantai::extract::worker
