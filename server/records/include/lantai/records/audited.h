// Who did it, as the audit log is told: also as which post and on behalf of whom, where somebody acts so. Pure.
#pragma once

#include <string>

#include "lantai/records/principal.h"
#include "lantai/schema/value.h"
#include "lantai/storage/transaction.h"

namespace lantai::records {

// `detail`: an object, or null for none; `post`, `on_behalf_of` and `purpose` are added to it as far as `by` has them.
storage::AuditDraft audited(const Principal& by, std::string action, std::string subject, std::string outcome,
                            schema::Json detail = nullptr);

}  // namespace lantai::records
