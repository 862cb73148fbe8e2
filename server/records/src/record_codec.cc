#include "record_codec.h"

#include <limits>
#include <utility>

#include "bounded_cbor.h"
#include "lantai/base/error.h"

namespace lantai::records {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kDigestBytes = 32;

Json binary(const Bytes& bytes) { return Json::binary(bytes); }

Json to_json(const FileVersion& version) {
  return {{"number", version.number},
          {"digest", binary(version.digest)},
          {"size", version.size},
          {"name", version.name},
          {"raw_name", binary(version.raw_name)},
          {"media_type", version.media_type},
          {"added", version.added.micros},
          {"author", version.author}};
}

Json to_json(const ComponentFile& file) {
  auto versions = Json::array();
  for (const auto& version : file.versions) versions.push_back(to_json(version));
  return {{"number", file.number}, {"role", file.role}, {"removed", file.removed}, {"versions", std::move(versions)}};
}

Json to_json(const Record& record) {
  auto files = Json::array();
  for (const auto& file : record.files) files.push_back(to_json(file));
  return {{"format", kFormat},
          {"type", record.type},
          {"id", record.id},
          {"version", record.version},
          {"schema", record.schema_version},
          {"created", record.created.micros},
          {"modified", record.modified.micros},
          {"author", record.author},
          {"deleted", record.deleted},
          {"fields", record.fields},
          {"files", std::move(files)}};
}

[[noreturn]] void damaged(std::string_view member) {
  throw Error(ErrorCode::data_loss, "a stored record has no usable `" + std::string(member) + "`");
}

// Members of one map, each checked to be what it should be.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {
    if (!object_.is_object()) damaged("map");
  }
  const Json& at(const char* member) const {
    const auto found = object_.find(member);
    if (found == object_.end()) damaged(member);
    return *found;
  }
  std::string text(const char* member) const {
    const auto& value = at(member);
    if (!value.is_string()) damaged(member);
    return value.get<std::string>();
  }
  template <typename T>
  T unsigned_number(const char* member) const {
    const auto& value = at(member);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<T>::max()) damaged(member);
    return value.get<T>();
  }
  Timestamp time(const char* member) const {
    const auto& value = at(member);
    if (!value.is_number_integer()) damaged(member);
    return {value.get<std::int64_t>()};
  }
  bool flag(const char* member) const {
    const auto& value = at(member);
    if (!value.is_boolean()) damaged(member);
    return value.get<bool>();
  }
  Bytes bytes(const char* member) const {
    const auto& value = at(member);
    if (!value.is_binary()) damaged(member);
    return static_cast<const Bytes&>(value.get_binary());
  }
  const Json& array(const char* member) const {
    const auto& value = at(member);
    if (!value.is_array()) damaged(member);
    return value;
  }

 private:
  const Json& object_;
};

FileVersion file_version(const Json& json) {
  const Members in(json);
  FileVersion version;
  version.number = in.unsigned_number<std::uint32_t>("number");
  version.digest = in.bytes("digest");
  if (version.digest.size() != kDigestBytes) damaged("digest");
  version.size = in.unsigned_number<std::uint64_t>("size");
  version.name = in.text("name");
  version.raw_name = in.bytes("raw_name");
  version.media_type = in.text("media_type");
  version.added = in.time("added");
  version.author = in.text("author");
  return version;
}

ComponentFile component_file(const Json& json) {
  const Members in(json);
  ComponentFile file;
  file.number = in.unsigned_number<std::uint32_t>("number");
  file.role = in.text("role");
  file.removed = in.flag("removed");
  for (const auto& version : in.array("versions")) file.versions.push_back(file_version(version));
  if (file.versions.empty()) damaged("versions");
  return file;
}

// Takes the fields out of it.
Record record_of(Json& json) {
  const Members in(json);
  if (in.unsigned_number<std::uint32_t>("format") != kFormat) damaged("format");
  Record record;
  record.type = in.text("type");
  record.id = in.text("id");
  record.version = in.unsigned_number<std::uint64_t>("version");
  record.schema_version = in.unsigned_number<std::uint32_t>("schema");
  record.created = in.time("created");
  record.modified = in.time("modified");
  record.author = in.text("author");
  record.deleted = in.flag("deleted");
  if (!in.at("fields").is_object()) damaged("fields");
  record.fields = std::move(json["fields"]);
  for (const auto& file : in.array("files")) record.files.push_back(component_file(file));
  return record;
}

}  // namespace

Bytes encode(const Record& record) { return Json::to_cbor(to_json(record)); }

Record decode(ByteView bytes) {
  auto json = read_cbor(bytes, "record");
  return record_of(json);
}

Bytes encode_version(const Record& record, std::string_view operation) {
  auto json = to_json(record);
  json["operation"] = operation;
  return Json::to_cbor(json);
}

StoredVersion decode_version(ByteView bytes) {
  auto json = read_cbor(bytes, "version");
  return {record_of(json), Members(json).text("operation")};
}

}  // namespace lantai::records
