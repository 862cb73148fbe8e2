#include "pst_file.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "fault.h"

namespace {

using lantai::extract::worker::Source;

// What libpst opens next, and how far it has read.
struct Reader {
  const Source* source;
  std::uint64_t at = 0;
};

const Source* opening = nullptr;

ssize_t read_source(void* cookie, char* out, std::size_t count) {
  auto& reader = *static_cast<Reader*>(cookie);
  const auto got = reader.source->read_at(reader.at, reinterpret_cast<std::uint8_t*>(out), count);
  reader.at += got;
  return static_cast<ssize_t>(got);
}

int seek_source(void* cookie, off64_t* offset, int whence) {
  auto& reader = *static_cast<Reader*>(cookie);
  const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? reader.at : reader.source->size();
  const auto to = static_cast<off64_t>(base) + *offset;
  if (to < 0) return -1;
  reader.at = static_cast<std::uint64_t>(to);
  *offset = to;
  return 0;
}

int close_source(void* cookie) {
  delete static_cast<Reader*>(cookie);
  return 0;
}

}  // namespace

// The linker leads the fopen of libpst, and of nothing else, to here (CMakeLists.txt).
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): what the linker calls it
extern "C" std::FILE* __wrap_fopen(const char* /*name*/, const char* /*mode*/) {
  if (opening == nullptr) return nullptr;
  return fopencookie(new Reader{opening}, "rb", {read_source, nullptr, seek_source, close_source});
}

namespace lantai::extract::worker {

PstFile::PstFile(Source& source) {
  opening = &source;
  const bool open = pst_open(&file_, "", "UTF-8") == 0;
  opening = nullptr;
  if (!open) damaged("the folders of Outlook cannot be opened");
  pst_load_index(&file_);
  pst_load_extended_attributes(&file_);
  const auto root = item(file_.d_head);
  if (root != nullptr && root->message_store != nullptr) top_ = pst_getTopOfFolders(&file_, root.get());
  if (top_ == nullptr) {
    pst_close(&file_);
    damaged("the list of folders cannot be read");
  }
}

PstFile::~PstFile() { pst_close(&file_); }

PstFile::Item PstFile::item(const pst_desc_tree* node, pst_id2_tree* within) {
  if (node == nullptr || node->desc == nullptr) return nullptr;
  return Item(pst_parse_item(&file_, const_cast<pst_desc_tree*>(node), within));
}

Bytes PstFile::bytes(pst_item_attach* attachment) {
  const auto got = pst_attach_to_mem(&file_, attachment);
  const std::unique_ptr<char, decltype(&std::free)> owner(got.data, std::free);
  const auto* begin = reinterpret_cast<const std::uint8_t*>(got.data);
  return got.data == nullptr ? Bytes() : Bytes(begin, begin + got.size);
}

PstFile::Item PstFile::attached_message(const pst_item_attach* attachment) {
  constexpr std::int32_t kEmbedded = 5;  // PidTagAttachMethod: a message
  if (attachment->method != kEmbedded) return nullptr;
  pst_index_ll* const place = pst_getID(&file_, attachment->i_id);
  if (place == nullptr) return nullptr;
  pst_desc_tree node{};
  node.desc = place;
  return Item(pst_parse_item(&file_, &node, attachment->id2_head));
}

}  // namespace lantai::extract::worker
