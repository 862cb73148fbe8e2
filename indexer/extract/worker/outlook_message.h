// How is a message of Outlook reported, whichever file it lies in? Its header fields, its body, the names of what is
// attached. Thread-confined.
#pragma once

#include <ctime>
#include <string>

#include "report.h"

namespace lantai::extract::worker {

struct OutlookMessage {
  std::string title, from, to, cc, date, message_id;
  std::string body;  // text, or what its HTML shows
};

void report_message(const OutlookMessage& message, Report& report);

// `Name <address>`, as far as there is either.
std::string person(const std::string& name, const std::string& address);

// A path to show it under; warns when the name leads elsewhere. `number` stands for a name that is missing.
std::string attached_path(const std::string& name, unsigned number, Report& report);

// 100 nanoseconds since 1601 ([MS-DTYP] 2.3.3); 0 before 1970.
std::time_t unix_time(std::uint64_t file_time);

}  // namespace lantai::extract::worker
