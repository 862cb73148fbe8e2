#include "package.h"

#include <algorithm>
#include <utility>

#include "archive_reader.h"
#include "zip_directory.h"

namespace lantai::extract::worker {

Package::Package(Source& source, Report& report, const Charsets& charsets) : charsets_(charsets) {
  try {
    read(source, report);
    if (!read_zip_directory(source, 1).whole) damaged("the directory at the end of the package is missing");
  } catch (const Fault& fault) {
    if (fault.scope == Fault::Scope::everything) throw;
    damage_ = Failure{fault.code, fault.detail};
  }
}

void Package::read(Source& source, Report& report) {
  ArchiveReader archive(source, report.budget(), ArchiveReader::Contents::package);
  ArchiveReader::Entry entry;
  const std::uint64_t limit = report.budget().limits().memory_bytes / 4;
  std::uint64_t total = 0;
  while (archive.next(entry)) {
    report.budget().spend_entry();
    if (!entry.regular) continue;
    if (entry.encrypted) throw Fault("encrypted", "protected by a password");
    if (total + entry.size > limit) throw Fault("too_large", "does not fit into the memory allowed");
    auto name = charsets_.decode_name(entry.raw_name, Encoding::gb18030).text;
    std::replace(name.begin(), name.end(), '\\', '/');  // as some programs write it
    bool unsafe = false;
    const auto path = safe_member_path(name, unsafe);
    if (unsafe) report.warning("unsafe_name", path);
    auto bytes = archive.read_all(limit - total);
    total += bytes.size();
    if (defines_entities(bytes)) report.warning("entities_not_expanded", path);
    parts_.emplace(path, std::move(bytes));
  }
}

const Bytes* Package::find(const std::string& path) const {
  const auto found = parts_.find(!path.empty() && path.front() == '/' ? path.substr(1) : path);
  return found == parts_.end() ? nullptr : &found->second;
}

pugi::xml_document Package::xml(const std::string& path) const {
  const auto* bytes = find(path);
  if (bytes == nullptr) {
    check_whole();
    damaged("the part " + path + " is missing");
  }
  return parse_xml(*bytes, charsets_);
}

pugi::xml_document Package::optional_xml(const std::string& path, Report& report) const {
  const auto* bytes = find(path);
  if (bytes == nullptr) return {};
  try {
    return parse_xml(*bytes, charsets_);
  } catch (const Fault& fault) {
    report.warning("part_unreadable", path + ": " + fault.detail);
    return {};
  }
}

void Package::check_whole() const {
  if (damage_) throw Fault(damage_->code, damage_->detail);
}

void report_signatures(const Package& package, Report& report) {
  for (const std::string_view begin : {"_xmlsignatures/sig", "META-INF/documentsignatures.xml"}) {
    const auto found = package.parts().lower_bound(std::string(begin));
    if (found != package.parts().end() && found->first.starts_with(begin)) report.metadata("signed", "XMLDSIG");
  }
}

std::string resolve_path(std::string_view from_part, std::string_view target) {
  std::string path;
  if (target.empty()) return path;
  if (target.front() != '/') path = std::string(from_part.substr(0, from_part.rfind('/') + 1));
  if (from_part.find('/') == std::string_view::npos && target.front() != '/') path.clear();
  std::size_t at = 0;
  while (at <= target.size()) {
    const auto end = std::min(target.find('/', at), target.size());
    const auto part = target.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!path.empty()) path.pop_back();
      path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
      continue;
    }
    path += std::string(part) + '/';
  }
  if (!path.empty()) path.pop_back();
  return path;
}

void read_package_members(const Package& package, std::initializer_list<std::string_view> folders, bool has_text,
                          Report& report, Context& context, unsigned depth) {
  constexpr int kPageSide = 600;  // pixels; a page scanned at 72 dpi
  const int smallest = std::exchange(context.smallest_picture, has_text ? kPageSide : 0);
  for (const auto& [path, bytes] : package.parts()) {
    for (const auto folder : folders) {
      if (path.substr(0, folder.size()) != folder) continue;
      Report member = report.embed(path, as_bytes(path));
      extract_embedded(bytes, member, context, depth + 1);
      break;
    }
  }
  context.smallest_picture = smallest;
}

}  // namespace lantai::extract::worker
