#include "audit_export.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "lantai/base/error.h"

namespace lantai::cli {

storage::AuditHead read_audit_head(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw Error(ErrorCode::not_found, "cannot read " + file.string());
  try {
    const auto line = nlohmann::json::parse(in);
    storage::AuditHead head{line.at("sequence").get<std::uint64_t>(), from_hex(line.at("hash").get<std::string>())};
    if (head.hash.size() == 32) return head;
  } catch (const std::exception& error) {
    throw Error(ErrorCode::invalid_argument, file.string() + " holds no head of an audit log: " + error.what());
  }
  throw Error(ErrorCode::invalid_argument, file.string() + " holds no head of an audit log");
}

void write_audit_head(const storage::AuditHead& head, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::trunc);
  out << nlohmann::ordered_json{{"sequence", head.sequence}, {"hash", to_hex(head.hash)}}.dump() << "\n";
  out.close();
  if (!out) throw Error(ErrorCode::unavailable, "cannot write " + file.string());
}

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
