#include "record_codec.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cbor_map.h"
#include "lantai/base/error.h"

namespace lantai::records {
namespace {

constexpr std::uint64_t kFormat = 1;
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

// CBOR with the shortest heads (RFC 8949, 3 and 4.2.1), as the library writes it: names in byte order.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}
  void map(std::size_t members) { head(5, members); }
  void member(std::string_view name, std::string_view value) {
    text(name);
    text(value);
  }
  void member(std::string_view name, const std::string& value) { member(name, std::string_view(value)); }
  void member(std::string_view name, std::uint64_t value) {
    text(name);
    head(0, value);
  }
  void member(std::string_view name, Timestamp value) {
    text(name);
    const bool below = value.micros < 0;
    head(below ? 1 : 0, static_cast<std::uint64_t>(below ? -1 - value.micros : value.micros));
  }
  void member(std::string_view name, bool value) {
    text(name);
    head(7, value ? 21 : 20);
  }
  void member(std::string_view name, const Json& value) {
    text(name);
    Json::to_cbor(value, out_);
  }

 private:
  void head(unsigned major, std::uint64_t number) {
    const unsigned length = number < 24 ? 0 : number <= 0xFF ? 1 : number <= 0xFFFF ? 2 : number <= 0xFFFFFFFF ? 4 : 8;
    const unsigned low = length == 0   ? static_cast<unsigned>(number)
                         : length == 1 ? 24
                         : length == 2 ? 25
                         : length == 4 ? 26
                                       : 27;
    out_.push_back(static_cast<std::uint8_t>(major << 5U | low));
    for (unsigned byte = length; byte-- > 0;) out_.push_back(static_cast<std::uint8_t>(number >> (8 * byte)));
  }
  void text(std::string_view text) {
    head(3, text.size());
    out_.insert(out_.end(), text.begin(), text.end());
  }
  Bytes& out_;
};

constexpr std::size_t kMembers = 11;

void write_before_operation(const Record& record, Writer& out) {
  auto files = Json::array();
  for (const auto& file : record.files) files.push_back(to_json(file));
  out.member("author", record.author);
  out.member("created", record.created);
  out.member("deleted", record.deleted);
  out.member("fields", record.fields);
  out.member("files", files);
  out.member("format", kFormat);
  out.member("id", record.id);
  out.member("modified", record.modified);
}

void write_after_operation(const Record& record, Writer& out) {
  out.member("schema", std::uint64_t{record.schema_version});
  out.member("type", record.type);
  out.member("version", record.version);
}

[[noreturn]] void damaged(std::string_view member) {
  throw Error(ErrorCode::data_loss, "a stored record has no usable `" + std::string(member) + "`");
}

// Members of one map, each checked to be what it should be.
class Members {
 public:
  explicit Members(const Json& object) : object_(&object) {
    if (!object_->is_object()) damaged("map");
  }
  explicit Members(const CborMembers& members) : members_(&members) {}
  const Json& at(std::string_view member) const {
    const Json* found = object_ != nullptr ? in_object(member) : in_members(member);
    if (found == nullptr) damaged(member);
    return *found;
  }
  std::string text(std::string_view member) const {
    const auto& value = at(member);
    if (!value.is_string()) damaged(member);
    return value.get<std::string>();
  }
  template <typename T>
  T unsigned_number(std::string_view member) const {
    const auto& value = at(member);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<T>::max()) damaged(member);
    return value.get<T>();
  }
  Timestamp time(std::string_view member) const {
    const auto& value = at(member);
    if (!value.is_number_integer()) damaged(member);
    return {value.get<std::int64_t>()};
  }
  bool flag(std::string_view member) const {
    const auto& value = at(member);
    if (!value.is_boolean()) damaged(member);
    return value.get<bool>();
  }
  Bytes bytes(std::string_view member) const {
    const auto& value = at(member);
    if (!value.is_binary()) damaged(member);
    return static_cast<const Bytes&>(value.get_binary());
  }
  const Json& array(std::string_view member) const {
    const auto& value = at(member);
    if (!value.is_array()) damaged(member);
    return value;
  }

 private:
  const Json* in_object(std::string_view member) const {
    const auto found = object_->find(member);
    return found == object_->end() ? nullptr : &*found;
  }
  const Json* in_members(std::string_view member) const {
    const auto found =
        std::find_if(members_->begin(), members_->end(), [&](const auto& one) { return one.first == member; });
    return found == members_->end() ? nullptr : &found->second;
  }
  const Json* object_ = nullptr;
  const CborMembers* members_ = nullptr;  // instead
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

// Takes the fields out of them.
Record record_of(CborMembers&& members) {
  const Members in(members);
  if (in.unsigned_number<std::uint64_t>("format") != kFormat) damaged("format");
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
  for (const auto& file : in.array("files")) record.files.push_back(component_file(file));
  const auto fields =
      std::find_if(members.begin(), members.end(), [](const auto& one) { return one.first == "fields"; });
  record.fields = std::move(fields->second);
  return record;
}

}  // namespace

Bytes encode(const Record& record) { return encode(record, {}).record; }

Record decode(ByteView bytes) { return record_of(read_cbor_map(bytes, "record")); }

EncodedRecord encode(const Record& record, std::string_view operation) {
  EncodedRecord out;
  Writer head(out.record);
  head.map(kMembers);
  write_before_operation(record, head);
  const std::size_t before = out.record.size();
  write_after_operation(record, head);
  // The version has one member more: the rest is the same, and takes time.
  out.version.reserve(out.record.size() + operation.size() + 16);
  Writer(out.version).map(kMembers + 1);
  out.version.insert(out.version.end(), out.record.begin() + 1,
                     out.record.begin() + static_cast<std::ptrdiff_t>(before));
  Writer(out.version).member("operation", operation);
  out.version.insert(out.version.end(), out.record.begin() + static_cast<std::ptrdiff_t>(before), out.record.end());
  return out;
}

StoredVersion decode_version(ByteView bytes) {
  auto members = read_cbor_map(bytes, "version");
  auto operation = Members(members).text("operation");
  return {record_of(std::move(members)), std::move(operation)};
}

}  // namespace lantai::records
