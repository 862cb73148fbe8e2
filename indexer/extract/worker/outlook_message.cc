#include "outlook_message.h"

#include <fmt/format.h>

#include "archive_reader.h"
#include "utf8.h"

namespace lantai::extract::worker {

void report_message(const OutlookMessage& message, Report& report) {
  report.title(message.title);
  report.metadata("author", message.from);
  report.metadata("to", message.to);
  report.metadata("cc", message.cc);
  report.metadata("created", message.date);
  report.metadata("message_id", message.message_id);
  std::string text;
  const std::pair<const char*, const std::string&> shown[] = {{"From", message.from},
                                                              {"To", message.to},
                                                              {"Cc", message.cc},
                                                              {"Date", message.date},
                                                              {"Subject", message.title}};
  for (const auto& [field, value] : shown)
    if (!value.empty()) text += fmt::format("{}: {}\n", field, value);
  const auto page = tidy(text + '\n' + message.body);
  if (!page.empty()) report.page(1, page);
}

std::string person(const std::string& name, const std::string& address) {
  if (address.find('@') == std::string::npos || address == name) return name.empty() ? address : name;
  return name.empty() ? address : name + " <" + address + ">";
}

std::string attached_path(const std::string& name, unsigned number, Report& report) {
  bool unsafe = false;
  auto path = safe_member_path(name, unsafe);
  if (path.empty() || path == ".msg") path = fmt::format("attachment-{}{}", number, path);
  if (unsafe) report.warning("unsafe_name", "misleading or leading outside its folder, shown as " + path);
  return path;
}

std::time_t unix_time(std::uint64_t file_time) {
  constexpr std::uint64_t kSecond = 10'000'000, kEpoch = 11'644'473'600;
  const auto seconds = file_time / kSecond;
  return seconds <= kEpoch ? 0 : static_cast<std::time_t>(seconds - kEpoch);
}

}  // namespace lantai::extract::worker
