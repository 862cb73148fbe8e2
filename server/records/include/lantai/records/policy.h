// May this principal do that? One function for every door (docs/adr/0061). Roles come from the type's permissions.
// Which records of it somebody sees, whatever their role, depends on what the record asks (its standing) and what they
// bring: clearance, the departments in their scope, and what was lent to them. A service principal passes every role
// check (its name is in the audit log) and none of clearance. The index uses the same answer, compiled to terms. Pure;
// thread-safe. Used in tests/records/policy_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lantai/base/time.h"
#include "lantai/records/principal.h"
#include "lantai/records/record.h"
#include "lantai/schema/schema.h"

namespace lantai::records {

// add_file: whoever made a record completes it with files, without the right to update, until somebody else changes it.
enum class Action { read, create, update, remove, export_records, add_file };

// What a record asks of whoever wants to see it, by itself or by what it lies in (`inherits` of its type).
struct Standing {
  std::string level;                 // the term that holds; empty: the type knows no levels
  int rank = 0;                      // clearance asked for
  bool open = false;                 // of the lowest level there is: whatever the department
  std::string department;            // id; empty: none
  bool closed = false;               // its day has not come: for those who keep records of the type
  std::optional<std::string> owner;  // the only one who sees it
  std::vector<std::string> within;   // itself and what it lies in, nearest first: `item/…`, `volume/…`
};

// The record with that type and id, as it is now; null: there is none.
using Containers = std::function<std::shared_ptr<const Record>(const std::string& type, const std::string& id)>;

// The level: its own, else that of the nearest container that has one, else the declared default, else, as for an
// unknown one, the highest there is. Closing date and department likewise. Cost: one call for each container.
Standing standing_of(const schema::Schema& schema, const schema::TypeDecl& type, const Record& record,
                     const Containers& containers, Date today);
// Types that others inherit from.
std::set<std::string> container_types(const schema::Schema& schema);
// The day on which closing dates are compared.
Date office_day(Timestamp now);

// To any record of the type at all?
bool allowed(const schema::Schema& schema, const Principal& principal, Action action, const schema::TypeDecl& type);
// To this one?
bool allowed(const schema::Schema& schema, const Principal& principal, Action action, const schema::TypeDecl& type,
             const Record& record, const Standing& standing);
// Every record of the type there is or may be: no standing needs to be known.
bool sees_all(const schema::Schema& schema, const Principal& principal, const schema::TypeDecl& type);

// Why may somebody see a record, or not? For those who answer such questions.
enum class Ground { role, clearance, department, closed, owner, lent, all };
struct Verdict {
  bool visible = false;
  Ground ground = Ground::all;  // of a refusal the first, of a permission what decided it
};
Verdict verdict(const schema::Schema& schema, const Principal& principal, const schema::TypeDecl& type,
                const Standing& standing);

// Fields of sensitivity personal: seen by those who may update records of the type, left out for everybody else.
bool may_see_personal(const Principal& principal, const schema::TypeDecl& type);

// Terms a record carries in the index, and terms a principal may see: a record is visible to a principal exactly when
// they share one, or it or what it lies in was lent to them and it is of a type they may read. A term of the principal
// that ends in `@` stands for that term with each of `departments` behind it. `everything`: no filter needed.
std::vector<std::string> access_terms(const schema::TypeDecl& type, const Standing& standing);
// Does everybody who sees the one by its standing see the other, too?
bool shows_no_more(const Standing& shown, const Standing& by);
struct AccessGrant {
  bool everything = false;  // of the types that search finds
  std::vector<std::string> any_of;
  std::set<std::string> departments;
  std::vector<std::string> lent;  // `item/…`, `volume/…`
  std::vector<std::string> lent_types;
};
AccessGrant access_grant(const schema::Schema& schema, const Principal& principal);

}  // namespace lantai::records
