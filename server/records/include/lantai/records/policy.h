// May this principal do that? One function for every door. Roles come from the type's permissions; a record with a
// level is seen only by those whose clearance reaches it, whatever their role. A service principal passes every role
// check (its name is in the audit log) and none of clearance. The index uses the same answer, compiled to terms. Pure;
// thread-safe. Used in tests/records/policy_test.cc.
#pragma once

#include <string>
#include <vector>

#include "lantai/records/principal.h"
#include "lantai/records/record.h"
#include "lantai/schema/schema.h"

namespace lantai::records {

// add_file: whoever made a record completes it with files, without the right to update, until somebody else changes it.
enum class Action { read, create, update, remove, export_records, add_file };

// `record` may be null: may the principal do this to any record of the type at all?
bool allowed(const schema::Schema& schema, const Principal& principal, Action action, const schema::TypeDecl& type,
             const Record* record);

// The clearance a record asks for: the rank of its level; of a missing level the declared default's, otherwise, as of
// an unknown one, the highest there is.
int required_clearance(const schema::Schema& schema, const schema::TypeDecl& type, const Record& record);
// Fields of sensitivity personal: seen by those who may update records of the type, left out for everybody else.
bool may_see_personal(const Principal& principal, const schema::TypeDecl& type);

// Terms a record carries in the index, and terms a principal may see: a record is visible to a principal exactly when
// they share one. `everything`: no filter needed.
std::vector<std::string> access_terms(const schema::Schema& schema, const schema::TypeDecl& type, const Record& record);
struct AccessGrant {
  bool everything = false;  // of the types that search finds
  std::vector<std::string> any_of;
};
AccessGrant access_grant(const schema::Schema& schema, const Principal& principal);

}  // namespace lantai::records
