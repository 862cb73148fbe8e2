// The audit log and its head, outside the store (docs/formats/audit.md).
#pragma once

#include <filesystem>
#include <ostream>

#include "lantai/storage/store.h"

namespace lantai::cli {

// Throws not_found when there is no such file, invalid_argument when it holds no head.
storage::AuditHead read_audit_head(const std::filesystem::path& file);
// Throws unavailable when it cannot be written.
void write_audit_head(const storage::AuditHead& head, const std::filesystem::path& file);
// Returns the number of entries.
std::uint64_t export_audit(storage::Store& store, std::ostream& out);

}  // namespace lantai::cli
