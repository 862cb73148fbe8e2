#include "member_names.h"

#include "archive_reader.h"
#include "zip_directory.h"

namespace lantai::extract::worker {

MemberNames::MemberNames(Source& source, const Identity& identity, const Context& context, const Limits& limits)
    : charsets_(context.charsets) {
  if (identity.media_type != "application/zip") return;
  const auto directory = read_zip_directory(source, limits.entries);
  whole_ = directory.whole;
  for (const auto& member : directory.members) {
    if (member.utf8)
      said_utf8_.insert(member.name);
    else
      names_.push_back(member.name);
  }
  legacy_ = charsets_.detect_names(names_);
}

MemberName MemberNames::decode(ByteView raw) {
  const Bytes owned(raw.begin(), raw.end());
  if (names_.empty()) legacy_ = charsets_.detect_names({owned});
  const auto decoded =
      said_utf8_.contains(owned) ? charsets_.decode_as(raw, Encoding::utf8) : charsets_.decode_name(raw, legacy_);
  MemberName name;
  name.path = safe_member_path(decoded.text, name.unsafe);
  name.encoding = decoded.encoding;
  if (name.path.empty()) name.path = "unnamed";
  return name;
}

void warn_about(const MemberName& name, Report& report) {
  if (name.encoding == Encoding::gb18030) report.warning("name_decoded_as_gbk", name.path);
  if (name.encoding == Encoding::big5) report.warning("name_decoded_as_big5", name.path);
  if (name.unsafe) report.warning("unsafe_name", "misleading or leading outside its folder, shown as " + name.path);
}

bool holds_one_file(const Identity& identity) {
  return identity.media_type == "application/gzip" || identity.media_type == "application/x-bzip2" ||
         identity.media_type == "application/x-xz" || identity.media_type == "application/zstd";
}

std::string name_inside(const std::string& archive_name) {
  const auto base = archive_name.substr(archive_name.rfind('/') + 1);
  const auto dot = base.rfind('.');
  return dot == std::string::npos || dot == 0 ? "content" : base.substr(0, dot);
}

}  // namespace lantai::extract::worker
