#include <fmt/format.h>

#include <algorithm>

#include "extract.h"
#include "html.h"
#include "outlook_message.h"
#include "pst_file.h"
#include "timestamp.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// A subject or a folder's name is one name, whatever is in it.
std::string one_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\\'; }, '_');
  return name;
}

// Every message, contact, appointment and note of the folders, each a member under the path of its folder.
class PstReader {
 public:
  PstReader(PstFile& file, Report& report, Context& context) : file_(file), report_(report), context_(context) {}

  void read() {
    for (const auto* node = file_.top()->child; node != nullptr; node = node->next) read_node(node, "", 0);
  }

  unsigned unreadable() const { return unreadable_; }

 private:
  void read_node(const pst_desc_tree* node, const std::string& folder, unsigned depth) {
    constexpr unsigned kDeepest = 64;  // folders
    if (depth > kDeepest) return;
    const auto item = file_.item(node);
    if (item == nullptr) {
      if (node->desc != nullptr) ++unreadable_;
      return;
    }
    if (item->folder != nullptr) {
      const auto inner = folder + attached_path(one_name(text(item->file_as, *item)), ++number_, report_) + '/';
      for (const auto* below = node->child; below != nullptr; below = below->next) read_node(below, inner, depth + 1);
      return;
    }
    if (item->email == nullptr && item->contact == nullptr && item->appointment == nullptr && item->journal == nullptr)
      return;  // lists and views that the program keeps for itself
    report_.budget().spend_entry();
    read_item(*item, folder, report_, 1);
  }

  void read_item(pst_item& item, const std::string& folder, Report& parent, unsigned depth) {
    const auto message = message_of(item);
    const auto name = (message.title.empty() ? fmt::format("item-{}", ++number_) : message.title) + ".msg";
    Report member = parent.embed(folder + attached_path(one_name(name), ++number_, parent), as_bytes(name));
    member.identified("application/vnd.ms-outlook", "Outlook message", "item of Outlook folders");
    try {
      if (depth > member.budget().limits().depth) throw Fault("too_deep", "nested more deeply than allowed");
      report_message(message, member);
      unsigned number = 0;
      for (auto* attachment = item.attach; attachment != nullptr; attachment = attachment->next)
        attach(attachment, item, ++number, member, depth + 1);
    } catch (const Fault& fault) {
      member.failure(fault.code, fault.detail);
      if (fault.scope == Fault::Scope::everything) throw;
    }
    member.end_embedded(0);
  }

  void attach(pst_item_attach* attachment, const pst_item& owner, unsigned number, Report& parent, unsigned depth) {
    parent.budget().spend_entry();
    if (const auto inner = file_.attached_message(attachment)) return read_item(*inner, "", parent, depth);
    auto name = text(attachment->filename2, owner);
    if (name.empty()) name = text(attachment->filename1, owner);
    Report member = parent.embed(attached_path(name, number, parent), as_bytes(name));
    auto bytes = file_.bytes(attachment);
    if (bytes.empty()) {
      member.failure("damaged", "an attachment without bytes");
      return member.end_embedded(0);
    }
    parent.budget().spend_expanded(bytes.size());
    extract_embedded(std::move(bytes), member, context_, depth);
  }

  OutlookMessage message_of(const pst_item& item) const {
    OutlookMessage message;
    message.title = text(item.subject, item);
    std::string facts;
    if (item.email != nullptr) {
      const auto& email = *item.email;
      auto address = text(email.sender2_address, item);  // of who sent it; the other of whom it was sent for
      if (address.empty()) address = text(email.sender_address, item);
      message.from = person(text(email.outlook_sender_name, item), address);
      message.to = text(email.sentto_address, item);
      message.cc = text(email.cc_address, item);
      message.message_id = text(email.messageid, item);
      message.date = time(email.sent_date != nullptr ? email.sent_date : email.arrival_date);
    }
    if (item.contact != nullptr) {
      const auto& contact = *item.contact;
      if (message.title.empty()) message.title = text(contact.fullname, item);
      for (const auto* field : {&contact.fullname, &contact.company_name, &contact.department, &contact.job_title,
                                &contact.address1, &contact.address2, &contact.business_phone, &contact.mobile_phone,
                                &contact.home_phone, &contact.business_address, &contact.home_address})
        if (const auto said = text(*field, item); !said.empty()) facts += said + '\n';
    }
    if (item.appointment != nullptr) {
      const auto from = time(item.appointment->start), to = time(item.appointment->end);
      if (message.date.empty()) message.date = from;
      if (!from.empty() || !to.empty()) facts += from + " – " + to + '\n';
      if (const auto place = text(item.appointment->location, item); !place.empty()) facts += place + '\n';
    }
    if (message.date.empty()) message.date = time(item.create_date);
    message.body = text(item.body, item);
    if (message.body.empty() && item.email != nullptr) message.body = html_text(text(item.email->htmlbody, item));
    if (!facts.empty()) message.body = facts + '\n' + message.body;
    return message;
  }

  // Strings that are not Unicode are in the code page of whoever wrote them, which few files name.
  std::string text(const pst_string& string, const pst_item& item) const {
    if (string.str == nullptr) return {};
    if (string.is_utf8 != 0) return trim(to_valid_utf8(string.str));
    std::optional<Encoding> declared;
    if (item.body_charset.str != nullptr) declared = Charsets::by_label(item.body_charset.str);
    const auto decoded = context_.charsets.decode_declared(as_bytes(std::string_view(string.str)), declared);
    return decoded ? trim(decoded->text) : std::string();
  }

  static std::string time(const FILETIME* time) {
    if (time == nullptr) return {};
    return rfc3339(unix_time(std::uint64_t{time->dwHighDateTime} << 32U | time->dwLowDateTime));
  }

  PstFile& file_;
  Report& report_;
  Context& context_;
  unsigned number_ = 0, unreadable_ = 0;
};

}  // namespace

void read_pst(Source& source, Report& report, Context& context) {
  PstFile file(source);
  PstReader reader(file, report, context);
  reader.read();
  if (reader.unreadable() > 0)
    report.failure("damaged", fmt::format("{} items of the folders cannot be read", reader.unreadable()));
}

}  // namespace lantai::extract::worker
