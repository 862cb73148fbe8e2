#include "differences.h"

#include <map>
#include <set>

namespace lantai::records {
namespace {

Json describe(const ComponentFile& file) {
  if (file.removed) return nullptr;
  auto versions = Json::array();
  for (const auto& version : file.versions) {
    versions.push_back({{"version", version.number},
                        {"name", version.name},
                        {"size", version.size},
                        {"sha256", to_hex(version.digest)},
                        {"media_type", version.media_type}});
  }
  return {{"role", file.role}, {"versions", std::move(versions)}};
}

std::map<std::uint32_t, Json> described(const std::vector<ComponentFile>& files) {
  std::map<std::uint32_t, Json> out;
  for (const auto& file : files) out[file.number] = describe(file);
  return out;
}

Json member(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

}  // namespace

std::vector<FieldDifference> file_differences(const std::vector<ComponentFile>& before,
                                              const std::vector<ComponentFile>& after) {
  auto had = described(before);
  std::vector<FieldDifference> out;
  for (auto& [number, now] : described(after)) {
    auto& then = had[number];
    if (then != now) out.push_back({"files[" + std::to_string(number) + "]", then, now});
  }
  return out;
}

std::vector<FieldDifference> differences(const Record* before, const Record& after) {
  static const Record kNothing;
  const Record& from = before == nullptr ? kNothing : *before;
  std::set<std::string> names;
  for (const auto& [name, value] : from.fields.items()) names.insert(name);
  for (const auto& [name, value] : after.fields.items()) names.insert(name);
  std::vector<FieldDifference> out;
  for (const auto& name : names) {
    auto then = member(from.fields, name), now = member(after.fields, name);
    if (then != now) out.push_back({name, std::move(then), std::move(now)});
  }
  for (auto& difference : file_differences(from.files, after.files)) out.push_back(std::move(difference));
  return out;
}

}  // namespace lantai::records
