#include "xml.h"

#include <new>

#include "fault.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::optional<Encoding> declared_encoding(ByteView bytes) {
  const auto head = as_chars(bytes.first(std::min<std::size_t>(bytes.size(), 200)));
  const auto end = head.find("?>");
  const auto at = head.find("encoding=");
  if (at == std::string_view::npos || end == std::string_view::npos || at + 10 >= end) return std::nullopt;
  const char quote = head[at + 9];
  return Charsets::by_label(head.substr(at + 10, head.find(quote, at + 10) - at - 10));
}

}  // namespace

pugi::xml_document parse_xml(ByteView bytes, const Charsets& charsets) {
  pugi::xml_document document;
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata;
  const auto encoding = declared_encoding(bytes);
  pugi::xml_parse_result result;
  if (encoding == Encoding::gb18030 || encoding == Encoding::big5) {
    const auto decoded = charsets.decode_declared(bytes, encoding).value_or(charsets.decode_as(bytes, *encoding));
    result = document.load_buffer(decoded.text.data(), decoded.text.size(), flags, pugi::encoding_utf8);
  } else {
    result = document.load_buffer(bytes.data(), bytes.size(), flags);
  }
  if (result.status == pugi::status_out_of_memory) throw std::bad_alloc();
  if (!result) damaged(std::string("malformed XML: ") + result.description());
  return document;
}

bool defines_entities(ByteView bytes) {
  const auto head = as_chars(bytes.first(std::min<std::size_t>(bytes.size(), 4096)));
  return head.find("<!ENTITY") != std::string_view::npos;
}

std::string_view local_name(const pugi::xml_node& node) { return without_prefix(node.name()); }

bool is_named(const pugi::xml_node& node, std::string_view local) { return local_name(node) == local; }

pugi::xml_node child(const pugi::xml_node& parent, std::string_view local) {
  for (const auto& node : parent.children())
    if (is_named(node, local)) return node;
  return {};
}

std::string child_text(const pugi::xml_node& parent, std::string_view local) {
  return trim(to_valid_utf8(child(parent, local).text().get()));
}

std::string_view attribute(const pugi::xml_node& node, std::string_view local) {
  for (const auto& item : node.attributes())
    if (without_prefix(item.name()) == local) return item.value();
  return {};
}

}  // namespace lantai::extract::worker
