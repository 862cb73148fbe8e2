#include "unpack.h"

#include <array>

#include "archive_reader.h"
#include "member_names.h"

namespace lantai::extract::worker {
namespace {

void send_member(ArchiveReader& archive, const ArchiveReader::Entry& entry, const std::string& path, Report& report) {
  auto& channel = report.channel();
  channel.send(FrameKind::member, {entry.size}, {path, as_chars(entry.raw_name)});
  try {
    if (entry.encrypted) throw Fault("encrypted", "protected by a password");
    std::array<std::uint8_t, 64 * 1024> piece;
    while (const auto count = archive.read(piece.data(), piece.size()))
      channel.send(FrameKind::data, {}, {as_chars(ByteView(piece).first(count))});
    channel.send(FrameKind::member_end, {}, {""});
  } catch (const Fault& fault) {
    channel.send(FrameKind::member_end, {}, {fault.code});
    if (fault.scope == Fault::Scope::everything) throw;
  }
}

bool holds_tar(Source& source, const Budget& budget) {
  constexpr std::size_t kMagic = 257;
  Budget small(budget.limits());
  ArchiveReader compressed(source, small, ArchiveReader::Contents::compressed_file);
  ArchiveReader::Entry entry;
  if (!compressed.next(entry)) return false;
  std::array<std::uint8_t, 512> block{};
  std::size_t filled = 0;
  while (filled < block.size()) {
    const auto count = compressed.read(block.data() + filled, block.size() - filled);
    if (count == 0) return false;
    filled += count;
  }
  return as_chars(ByteView(block).subspan(kMagic, 5)) == "ustar";
}

}  // namespace

void unpack(Source& source, Report& report, Context& context) {
  const auto identity = identify(source, context.charsets, context.magic);
  if (identity.kind != Kind::archive) throw Fault("unsupported_format", "not an archive");
  // libarchive would look through the compression of a .tar.gz by itself, but not find anything else in a .gz.
  const bool one_file = holds_one_file(identity) && !holds_tar(source, report.budget());
  ArchiveReader archive(source, report.budget(),
                        one_file ? ArchiveReader::Contents::compressed_file : ArchiveReader::Contents::archive);
  MemberNames names(source, identity, context, report.budget().limits());
  ArchiveReader::Entry entry;
  while (archive.next(entry)) {
    report.budget().spend_entry();
    if (!entry.regular) continue;
    const auto name = names.decode(entry.raw_name);
    send_member(archive, entry, one_file ? name_inside(context.name) : name.path, report);
  }
  if (!names.whole()) damaged("the directory at the end of the archive is missing");
}

}  // namespace lantai::extract::worker
