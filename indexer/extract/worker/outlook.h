// What does an Outlook message ([MS-OXMSG]) say of itself? Properties of one message, which may lie inside another.
// Thread-confined; the Compound must outlive it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "charset.h"
#include "compound.h"

namespace lantai::extract::worker {

class OutlookItem {
 public:
  // `path`: of its storage, empty for the message itself; ends without `/`.
  OutlookItem(const Compound& file, std::string path, const Charsets& charsets)
      : file_(file), path_(std::move(path)), charsets_(charsets) {}

  // Properties by their numbers ([MS-OXPROPS]), empty if absent.
  std::string text(const char* property) const;  // a string of either kind, or bytes that are one
  std::optional<Bytes> bytes(const char* property) const;
  std::string time(const char* property) const;  // RFC 3339
  // Storages of what is attached, and of the message that an attachment may be.
  std::vector<std::string> attachments() const;
  std::optional<std::string> attached_message() const;

 private:
  std::string inside(const std::string& name) const { return path_.empty() ? name : path_ + "/" + name; }

  const Compound& file_;
  const std::string path_;
  const Charsets& charsets_;
};

}  // namespace lantai::extract::worker
