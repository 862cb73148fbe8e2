// On whose behalf? Every call into the record engine names a Principal; there is no way around it. Background work acts
// as a named service principal and shows up as such in the audit log. Values, made by server/identity.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace lantai::records {

struct Principal {
  std::string id;               // account id, or `service:indexer`
  std::string name;             // for people
  std::set<std::string> roles;  // terms of the vocabulary role
  int clearance = 0;            // rank in the vocabulary access_level: 0 公开, 1 内部, 2 受限
  std::vector<std::string> departments;
  std::string address;  // where the request came from, for the audit log
  bool service = false;
  // Which departments' records, unless they are open to all: every department's, or those of `scope` (ids).
  bool all_departments = true;
  std::set<std::string> scope{};
  std::set<std::string> lent{};  // seen for a time whatever their level, with what lies in them: `item/…`, `volume/…`
  // How they act, for the audit log.
  std::string post{};     // id of the appointment; empty: none
  std::string behalf{};   // account id of the person stood in for; empty: nobody
  std::string purpose{};  // what they look for records for, when they were asked
};

}  // namespace lantai::records
