#include "archive_reader.h"
#include "member_names.h"

namespace lantai::extract::worker {
namespace {

std::uint64_t member_limit(const Budget& budget) { return budget.limits().memory_bytes / 4; }

void read_member(ArchiveReader& archive, const ArchiveReader::Entry& entry, const std::string& path, Report& report,
                 Context& context, unsigned depth) {
  Report member = report.embed(path, entry.raw_name);
  try {
    if (entry.encrypted) throw Fault("encrypted", "protected by a password");
    if (entry.size > report.budget().expanded_left())
      throw Fault("too_large", "unpacks to more than allowed", Fault::Scope::everything);
    if (entry.size > member_limit(report.budget())) throw Fault("too_large", "does not fit into the memory allowed");
    Bytes bytes = archive.read_all(member_limit(report.budget()));
    extract_embedded(std::move(bytes), member, context, depth + 1);
  } catch (const Fault& fault) {
    if (!member.failed()) {
      member.failure(fault.code, fault.detail);
      member.end_embedded(entry.size);
    }
    if (fault.scope == Fault::Scope::everything) throw;
  }
  if (member.failed() && member.error() == "too_deep") report.failure("too_deep", "nested more deeply than allowed");
}

void read_members(Source& source, const Identity& identity, Report& report, Context& context, unsigned depth) {
  ArchiveReader archive(source, report.budget());
  MemberNames names(source, identity, context, report.budget().limits());
  ArchiveReader::Entry entry;
  std::size_t files = 0, locked = 0;
  while (archive.next(entry)) {
    if (!entry.regular) {
      report.budget().spend_entry();
      continue;
    }
    const auto name = names.decode(entry.raw_name);
    warn_about(name, report);
    ++files;
    if (entry.encrypted) ++locked;
    read_member(archive, entry, name.path, report, context, depth);
  }
  if (files > 0 && locked == files) throw Fault("encrypted", "every member is protected by a password");
  if (files == 0 && archive.password_protected()) throw Fault("encrypted", "protected by a password");
  if (!names.whole()) damaged("the directory at the end of the archive is missing");
}

}  // namespace

void read_archive(Source& source, const Identity& identity, Report& report, Context& context, unsigned depth) {
  if (!holds_one_file(identity)) return read_members(source, identity, report, context, depth);
  ArchiveReader compressed(source, report.budget(), ArchiveReader::Contents::compressed_file);
  ArchiveReader::Entry entry;
  if (!compressed.next(entry)) return;
  const std::string name = report.top() ? name_inside(context.name) : "content";
  entry.raw_name = to_bytes(name);
  entry.size = 0;
  bool unsafe = false;
  read_member(compressed, entry, safe_member_path(name, unsafe), report, context, depth);
}

}  // namespace lantai::extract::worker
