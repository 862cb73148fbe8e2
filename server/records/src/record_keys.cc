#include "record_keys.h"

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::records {

using storage::KeyReader;
using storage::KeyWriter;

Bytes record_key(std::string_view type, std::string_view id) { return KeyWriter().text(type).raw(as_bytes(id)).take(); }

Bytes record_prefix(std::string_view type) { return KeyWriter().text(type).take(); }

Bytes version_key(std::string_view type, std::string_view id, std::uint64_t version) {
  return KeyWriter().text(type).text(id).number(version).take();
}

Bytes version_prefix(std::string_view type, std::string_view id) { return KeyWriter().text(type).text(id).take(); }

Bytes index_prefix(std::string_view type, std::string_view index, ByteView components) {
  return KeyWriter().text(type).text(index).raw(components).take();
}

Bytes index_key(std::string_view type, std::string_view index, ByteView components, std::string_view id) {
  return KeyWriter().text(type).text(index).raw(components).raw(as_bytes(id)).take();
}

Bytes built_indexes_key(std::string_view type) { return KeyWriter().text("").text(type).take(); }

std::string_view id_at_end(ByteView key) {
  if (key.size() < kIdBytes) throw Error(ErrorCode::data_loss, "a record key is too short to hold an id");
  return as_chars(key.last(kIdBytes));
}

Bytes unique_key(std::string_view type, std::string_view index, ByteView components) {
  return KeyWriter().text(type).text(index).raw(components).take();
}

Bytes idempotency_key(std::string_view principal, std::string_view key) {
  return KeyWriter().text("").text(principal).text(key).take();
}

Bytes counter_key(std::string_view type, std::string_view scope, std::uint64_t number) {
  return KeyWriter().text(type).text(scope).number(number).take();
}

Bytes counter_prefix(std::string_view type) { return KeyWriter().text(type).take(); }

Bytes counter_prefix(std::string_view type, std::string_view scope) {
  return KeyWriter().text(type).text(scope).take();
}

CounterKey parse_counter_key(ByteView key) {
  KeyReader reader(key);
  reader.text();
  CounterKey out;
  out.scope = reader.text();
  out.number = reader.number();
  return out;
}

Bytes link_key(const LinkKey& link) {
  return KeyWriter()
      .text(link.target_type)
      .text(link.target_id)
      .text(link.source_type)
      .text(link.source_id)
      .text(link.field)
      .take();
}

Bytes links_from_prefix(std::string_view target_type, std::string_view target_id, std::string_view source_type) {
  return KeyWriter().text(target_type).text(target_id).text(source_type).take();
}

LinkKey parse_link_key(ByteView key) {
  KeyReader reader(key);
  LinkKey link;
  link.target_type = reader.text();
  link.target_id = reader.text();
  link.source_type = reader.text();
  link.source_id = reader.text();
  link.field = reader.text();
  return link;
}

Bytes link_touch_key(std::string_view target_type, std::string_view target_id) {
  return KeyWriter().text(target_type).text(target_id).take();
}

}  // namespace lantai::records
