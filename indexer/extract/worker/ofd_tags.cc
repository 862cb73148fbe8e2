#include "ofd_tags.h"

#include <algorithm>
#include <map>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kMostTags = 500, kLongest = 4'000;  // bytes of a value
constexpr unsigned kDeepestTag = 64;

// By page and object.
using Texts = std::map<std::pair<std::string, std::string>, std::string>;

void collect(const pugi::xml_node& content, const std::string& page, Texts& texts, unsigned depth = 0) {
  if (depth > kDeepestTag) return;
  for (const auto& node : content.children()) {
    if (!is_named(node, "TextObject")) {
      collect(node, page, texts, depth + 1);
      continue;
    }
    auto& text = texts[{page, std::string(attribute(node, "ID"))}];
    for (const auto& code : node.children())
      if (is_named(code, "TextCode")) text += trim(to_valid_utf8(code.text().get()));
  }
}

class TagReader {
 public:
  explicit TagReader(Texts texts) : texts_(std::move(texts)) {}

  void read(const pugi::xml_node& node, const std::string& name, unsigned depth = 0) {
    if (depth > kDeepestTag) return;
    std::string said;
    for (const auto& inner : node.children()) {
      if (is_named(inner, "ObjectRef"))
        said += text_of(inner);
      else if (inner.type() == pugi::node_element)
        read(inner, (name.empty() ? "" : name + '/') + std::string(local_name(inner)), depth + 1);
      else
        said += trim(to_valid_utf8(inner.value()));
    }
    keep(name, said);
  }

  std::vector<OfdTag> tags() && { return std::move(tags_); }

 private:
  std::string text_of(const pugi::xml_node& reference) const {
    const auto found = texts_.find({std::string(attribute(reference, "PageRef")), trim(reference.text().get())});
    return found == texts_.end() ? std::string() : found->second;
  }

  void keep(const std::string& name, const std::string& value) {
    if (name.empty() || value.empty()) return;
    const auto same = std::find_if(tags_.begin(), tags_.end(), [&](const OfdTag& tag) { return tag.name == name; });
    if (same == tags_.end()) {
      if (tags_.size() < kMostTags) tags_.push_back({to_valid_utf8(name), value});
    } else if (same->value.size() + value.size() < kLongest) {
      same->value += '\n' + value;
    }
  }

  const Texts texts_;
  std::vector<OfdTag> tags_;
};

}  // namespace

std::vector<OfdTag> read_ofd_tags(const Package& package, const std::string& root, const OfdStructure& document,
                                  Report& report) {
  const auto location = child_text(document.document(), "CustomTags");
  if (location.empty()) return {};
  const auto part = document.locate(root, location);
  const auto list = package.optional_xml(part, report);
  Texts texts;
  for (const auto& page : document.pages()) {
    if (package.find(page.part) == nullptr) continue;
    const auto content = package.optional_xml(page.part, report);
    collect(child(content.document_element(), "Content"), page.id, texts);
  }
  TagReader reader(std::move(texts));
  for (const auto& entry : list.document_element().children()) {
    const auto file = document.locate(part, child_text(entry, "FileLoc"));
    if (!is_named(entry, "CustomTag") || package.find(file) == nullptr) continue;
    const auto tags = package.optional_xml(file, report);
    reader.read(tags.document_element(), {});
  }
  return std::move(reader).tags();
}

}  // namespace lantai::extract::worker
