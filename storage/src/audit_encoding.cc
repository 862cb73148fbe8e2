// The canonical encoding, the hash chain over it, and the export line. docs/formats/audit.md is the contract; the
// independent verifier tools/audit_verify is written from that page alone.
#include <fmt/format.h>

#include "lantai/storage/audit_log.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

// RFC 8259: quotation mark, backslash and control characters are escaped, everything else stays UTF-8.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : to_valid_utf8(text)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

Bytes canonical_encoding(const AuditEntry& entry) {
  return ValueWriter()
      .raw(as_bytes("lantai-audit-1\n"))
      .u64(entry.sequence)
      .u64(static_cast<std::uint64_t>(entry.time.micros))
      .raw(entry.previous_hash)
      .text(entry.actor)
      .text(entry.action)
      .text(entry.subject)
      .text(entry.outcome)
      .text(entry.address)
      .text(entry.detail)
      .take();
}

std::string to_json_line(const AuditEntry& entry) {
  return fmt::format(
      R"({{"sequence":{},"time":{},"actor":{},"action":{},"subject":{},"outcome":{},"address":{},"detail":{},)"
      R"("previous_hash":"{}","hash":"{}"}})",
      entry.sequence, json_text(format_rfc3339(entry.time)), json_text(entry.actor), json_text(entry.action),
      json_text(entry.subject), json_text(entry.outcome), json_text(entry.address), json_text(entry.detail),
      to_hex(entry.previous_hash), to_hex(entry.hash));
}

std::string audit_export_header(const StoreIdentity& store) {
  return fmt::format(R"({{"format":"lantai-audit-1","store":{},"epoch":{}}})", json_text(store.uuid), store.epoch);
}

}  // namespace lantai::storage
