#include "import_ledger.h"

#include <nlohmann/json.hpp>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::archive {
namespace {

using nlohmann::json;

// Paths may be longer than a key may be.
Bytes source_key(std::string_view key) {
  return storage::KeyWriter().text("source").raw(storage::sha256(as_bytes(key))).take();
}

}  // namespace

std::optional<LedgerEntry> ImportLedger::find(std::string_view key) const {
  const auto value = store_.read_view()->get(storage::KeySpace::imports, source_key(key));
  if (!value) return std::nullopt;
  try {
    const json j = json::from_cbor(*value);
    LedgerEntry entry;
    entry.type = j.at("type");
    entry.id = j.at("id");
    entry.content = j.value("content", "");
    entry.generation = j.value("generation", 0U);
    for (const auto& file : j.at("files")) {
      entry.files.push_back({file.at("number"), file.at("name"), from_hex(file.at("digest").get<std::string>())});
    }
    return entry;
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("import entry is not readable: ") + error.what());
  }
}

void ImportLedger::put(storage::Transaction& transaction, std::string_view key, const LedgerEntry& entry) {
  json files = json::array();
  for (const auto& file : entry.files) {
    files.push_back({{"number", file.number}, {"name", file.name}, {"digest", to_hex(file.digest)}});
  }
  json j = {{"type", entry.type}, {"id", entry.id}, {"files", std::move(files)}};
  if (!entry.content.empty()) j["content"] = entry.content;
  if (entry.generation != 0) j["generation"] = entry.generation;
  transaction.put(storage::KeySpace::imports, source_key(key), json::to_cbor(j));
}

}  // namespace lantai::archive
