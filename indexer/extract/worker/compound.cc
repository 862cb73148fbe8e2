#include "compound.h"

#include <gsf/gsf-doc-meta-data.h>
#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-infile.h>
#include <gsf/gsf-input-memory.h>
#include <gsf/gsf-input.h>
#include <gsf/gsf-meta-names.h>
#include <gsf/gsf-msole-utils.h>

#include <algorithm>
#include <string_view>

#include "fault.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr int kMaxNames = 100'000;

struct Unreference {
  void operator()(void* object) const { g_object_unref(object); }
};
using Input = std::unique_ptr<GsfInput, Unreference>;

Input child(GsfInfile* folder, const std::string& name) {
  return Input(gsf_infile_child_by_name(folder, name.c_str()));
}

Input find(GsfInfile* root, std::string_view path) {
  Input at(GSF_INPUT(g_object_ref(root)));
  while (at && !path.empty()) {
    const auto slash = path.find('/');
    if (!GSF_IS_INFILE(at.get())) return nullptr;
    at = child(GSF_INFILE(at.get()), std::string(path.substr(0, slash)));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

}  // namespace

void Compound::Release::operator()(void* object) const { g_object_unref(object); }

Compound::Compound(ByteView bytes) {
  const Input memory(gsf_input_memory_new(bytes.data(), static_cast<gsf_off_t>(bytes.size()), FALSE));
  root_.reset(gsf_infile_msole_new(memory.get(), nullptr));
  if (!root_) damaged("not readable as a compound file");
}

bool Compound::holds(const std::string& path) const { return find(root_.get(), path) != nullptr; }

std::optional<Bytes> Compound::stream(const std::string& path, std::size_t most) const {
  const Input found = find(root_.get(), path);
  if (!found) return std::nullopt;
  const auto size =
      static_cast<std::size_t>(std::clamp<gsf_off_t>(gsf_input_size(found.get()), 0, static_cast<gsf_off_t>(most)));
  Bytes bytes(size);
  if (size > 0 && gsf_input_read(found.get(), size, bytes.data()) == nullptr) return std::nullopt;
  return bytes;
}

std::vector<std::string> Compound::names(const std::string& path) const {
  std::vector<std::string> found;
  const Input folder = find(root_.get(), path);
  if (!folder || !GSF_IS_INFILE(folder.get())) return found;
  const int count = std::min(gsf_infile_num_children(GSF_INFILE(folder.get())), kMaxNames);
  for (int i = 0; i < count; ++i) {
    const char* child_name = gsf_infile_name_by_index(GSF_INFILE(folder.get()), i);
    if (child_name != nullptr) found.emplace_back(child_name);
  }
  return found;
}

std::string Compound::application() const {
  const Input summary = find(root_.get(), "\05SummaryInformation");
  if (!summary) return {};
  const std::unique_ptr<GsfDocMetaData, Unreference> metadata(gsf_doc_meta_data_new());
  GError* problem = gsf_doc_meta_data_read_from_msole(metadata.get(), summary.get());
  if (problem != nullptr) g_error_free(problem);
  const GsfDocProp* property = gsf_doc_meta_data_lookup(metadata.get(), GSF_META_NAME_GENERATOR);
  const GValue* value = property == nullptr ? nullptr : gsf_doc_prop_get_val(property);
  if (value == nullptr || !G_VALUE_HOLDS_STRING(value) || g_value_get_string(value) == nullptr) return {};
  return to_valid_utf8(g_value_get_string(value));
}

}  // namespace lantai::extract::worker
