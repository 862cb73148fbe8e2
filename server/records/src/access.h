// What becomes of a call that the caller may not make, and of a record of which the caller may see only part?
#pragma once

#include <map>
#include <string>

#include "lantai/base/error.h"
#include "lantai/records/policy.h"
#include "stored_records.h"
#include "type_plan.h"

namespace lantai::records {

// Thrown where access is denied, so that the engine can audit it. To callers it is an Error like any other: permission
// denied, or not found when they may not even know of the record.
class Denied : public Error {
 public:
  using Error::Error;
};

// A caller before one state of the store. Thread-confined; what it is made of outlives it. What records lie in is read
// once and remembered, so that a page of a list costs no more than its few containers.
class Access {
 public:
  // `reader`: a view, or the transaction of a write.
  template <typename Reader>
  Access(const Catalogue& catalogue, const Principal& principal, Reader& reader, Timestamp now)
      : catalogue_(catalogue), principal_(principal), today_(office_day(now)) {
    load_ = [&reader](const std::string& type, const std::string& id) {
      auto found = load(reader, type, id);
      return found ? std::make_shared<const Record>(*std::move(found)) : nullptr;
    };
  }

  Standing standing(const TypePlan& plan, const Record& record);
  bool visible(const TypePlan& plan, const Record& record);
  bool may(Action action, const TypePlan& plan, const Record& record);
  // The right to do this to any record of the type at all.
  void require(Action action, const TypePlan& plan) const;
  // The right to see this record: throws Denied as not_found.
  void require_visible(const TypePlan& plan, const Record& record);
  // … and to do this to it, too.
  void require(Action action, const TypePlan& plan, const Record& record);

 private:
  std::shared_ptr<const Record> container(const std::string& type, const std::string& id);
  bool sees_all_of(const schema::TypeDecl& type);

  const Catalogue& catalogue_;
  const Principal& principal_;
  const Date today_;
  Containers load_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Record>> containers_;
  std::map<std::string, bool> sees_all_;  // by type
};

Record masked(const Principal& principal, const schema::TypeDecl& type, Record record);
// Conditions on what one may not see would tell it.
void require_condition_on(const Principal& principal, const schema::TypeDecl& type, std::string_view field);

[[noreturn]] void throw_not_found(std::string_view type, std::string_view id);

}  // namespace lantai::records
