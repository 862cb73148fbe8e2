// What becomes of somebody's work when they leave (交接)? Their posts end, those chosen go on with a successor;
// headships and records of their own pass on; what was lent or delegated ends; their account is shut. A record of type
// handover says what there was and where it went.
//
// Thread-safe. Every step is a commit of its own and is not done twice: a hand-over that was cut short is given again
// and goes on with what is left, which a second record lists. Used in tests/organisation/hand_over_test.cc.
#pragma once

#include <string>
#include <vector>

#include "lantai/identity/accounts.h"
#include "lantai/organisation/organisation.h"

namespace lantai::organisation {

// Terms of the vocabulary handover_kind.
struct Held {
  std::string kind;
  std::string what;    // for people
  std::string record;  // `appointment/…`, `department/…`, `account/…`; of a delegation its id
};

struct HandOverRequest {
  std::string person;                // who leaves
  std::string successor;             // who takes over; empty: nobody yet
  std::vector<std::string> pass_on;  // appointments that go on with the successor from the next day
  std::string date;                  // their last day: today or before
  std::string reason;
};

class HandOver {
 public:
  // All outlive it.
  HandOver(storage::Store& store, records::RecordEngine& engine, identity::Accounts& accounts,
           Organisation& organisation)
      : store_(store), engine_(engine), accounts_(accounts), organisation_(organisation) {}

  // By whoever may update people. Throws not_found.
  std::vector<Held> held(const records::Principal& by, const std::string& person) const;
  // By whoever may also update appointments: an administrator. Gives the record of it. Throws with field problems of
  // `successor`, `pass_on`, `date`, `reason`, before anything is changed; permission_denied;
  // failed_precondition when the account is the last officer's or the caller's own.
  records::Record run(const records::Principal& by, const HandOverRequest& request);

 private:
  struct Leaving;
  Leaving leaving(const records::Principal& by, const std::string& person) const;
  void check(const records::Principal& by, const Leaving& leaving, const HandOverRequest& request) const;
  void shut(const records::Principal& by, const Leaving& leaving);
  records::Record write_down(const Leaving& leaving, const HandOverRequest& request, bool taken);

  storage::Store& store_;
  records::RecordEngine& engine_;
  identity::Accounts& accounts_;
  Organisation& organisation_;
};

}  // namespace lantai::organisation
