#include "audit_export.h"

namespace lantai::cli {

std::uint64_t export_audit(storage::Store& store, std::ostream& out) {
  const auto& log = store.audit();
  out << storage::audit_export_header(store.identity()) << "\n";
  std::uint64_t after = 0, count = 0;
  for (auto entries = log.read(after, 1000); !entries.empty(); entries = log.read(after, 1000)) {
    for (const auto& entry : entries) {
      out << storage::to_json_line(entry) << "\n";
      after = entry.sequence;
      ++count;
    }
  }
  return count;
}

}  // namespace lantai::cli
