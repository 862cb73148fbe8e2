#include "lantai/records/audited.h"

#include <utility>

namespace lantai::records {

storage::AuditDraft audited(const Principal& by, std::string action, std::string subject, std::string outcome,
                            schema::Json detail) {
  if (!by.post.empty()) detail["post"] = by.post;
  if (!by.behalf.empty()) detail["on_behalf_of"] = by.behalf;
  if (!by.purpose.empty()) detail["purpose"] = by.purpose;
  return {by.id,
          std::move(action),
          std::move(subject),
          std::move(outcome),
          by.address,
          detail.is_null() ? std::string() : detail.dump()};
}

}  // namespace lantai::records
