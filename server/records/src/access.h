// What becomes of a call that the caller may not make, and of a record of which the caller may see only part? Pure;
// thread-safe.
#pragma once

#include <string>

#include "lantai/base/error.h"
#include "lantai/records/policy.h"
#include "type_plan.h"

namespace lantai::records {

// Thrown where access is denied, so that the engine can audit it. To callers it is an Error like any other: permission
// denied, or not found when they may not even know of the record.
class Denied : public Error {
 public:
  using Error::Error;
};

// The right to do this to any record of the type at all.
void require(const Catalogue& catalogue, const Principal& principal, Action action, const TypePlan& plan);
// The right to see this record: throws Denied as not_found.
void require_visible(const Catalogue& catalogue, const Principal& principal, const TypePlan& plan,
                     const Record& record);
// … and to do this to it, too.
void require(const Catalogue& catalogue, const Principal& principal, Action action, const TypePlan& plan,
             const Record& record);
bool visible(const Catalogue& catalogue, const Principal& principal, const TypePlan& plan, const Record& record);

Record masked(const Principal& principal, const schema::TypeDecl& type, Record record);
// Conditions on what one may not see would tell it.
void require_condition_on(const Principal& principal, const schema::TypeDecl& type, std::string_view field);

[[noreturn]] void throw_not_found(std::string_view type, std::string_view id);

}  // namespace lantai::records
