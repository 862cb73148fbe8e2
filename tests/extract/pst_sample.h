// A small file of Outlook folders, ANSI or Unicode, written after [MS-PST].
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lantai::extract::test {

struct PstAttachment {
  std::string name, content;
};

struct PstMessage {
  std::string subject, body, sender, sender_address, to;
  std::uint64_t sent = 0;  // 100 nanoseconds since 1601
  std::vector<PstAttachment> attachments = {};
};

struct PstFolder {
  std::string name;
  std::vector<PstMessage> messages = {};
};

// Strings are stored as Unicode, or, in an ANSI file, as they are given (already encoded).
std::string pst(const std::vector<PstFolder>& folders, bool unicode);

}  // namespace lantai::extract::test
