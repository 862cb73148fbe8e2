#include <algorithm>
#include <array>
#include <map>

#include "extract.h"
#include "html.h"
#include "package.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// EPUB 3.3, 4.2.6.3.2: fonts may be obfuscated, which is no protection; anything else is ciphered.
bool is_ciphered(const Package& package) {
  const auto* encryption = package.find("META-INF/encryption.xml");
  return encryption != nullptr &&
         as_chars(*encryption).find("http://www.w3.org/2001/04/xmlenc#aes") != std::string_view::npos;
}

// `a%20b.xhtml#part` → `a b.xhtml`.
std::string path_of(std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); };
  std::string path;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == '%' && i + 2 < reference.size() && is_hex(reference[i + 1]) && is_hex(reference[i + 2])) {
      path += static_cast<char>(digit(reference[i + 1]) * 16 + digit(reference[i + 2]));
      i += 2;
    } else {
      path += reference[i];
    }
  }
  return path;
}

void read_properties(const pugi::xml_node& metadata, Report& report) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames = {{{"creator", "author"},
                                                                                    {"language", "language"},
                                                                                    {"publisher", "publisher"},
                                                                                    {"date", "created"},
                                                                                    {"description", "description"},
                                                                                    {"identifier", "identifier"},
                                                                                    {"rights", "rights"},
                                                                                    {"subject", "keywords"}}};
  report.title(child_text(metadata, "title"));
  for (const auto& [name_there, name_here] : kNames) {
    std::string all;
    for (const auto& node : metadata.children()) {
      if (!is_named(node, name_there)) continue;
      const std::string one = trim(node.text().get());
      if (!one.empty()) all += (all.empty() ? "" : "; ") + one;
    }
    report.metadata(name_here, all);
  }
}

}  // namespace

// EPUB 3.3: META-INF/container.xml names the package document; its spine is the reading order, its manifest says where
// each document of the spine lies. A document is a page.
void read_epub(Source& source, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  if (is_ciphered(package)) throw Fault("encrypted", "protected by its seller");
  const auto container = package.xml("META-INF/container.xml");
  const auto root = child(child(container.document_element(), "rootfiles"), "rootfile");
  const std::string opf = path_of(attribute(root, "full-path"));
  const auto document = package.xml(opf);
  report.metadata("version", attribute(document.document_element(), "version"));
  read_properties(child(document.document_element(), "metadata"), report);
  std::map<std::string, std::string, std::less<>> parts;
  for (const auto& item : child(document.document_element(), "manifest").children())
    parts[std::string(attribute(item, "id"))] = resolve_path(opf, path_of(attribute(item, "href")));
  std::uint32_t number = 0;
  bool any = false;
  for (const auto& item : child(document.document_element(), "spine").children()) {
    const auto part = parts.find(attribute(item, "idref"));
    const auto* bytes = part == parts.end() ? nullptr : package.find(part->second);
    ++number;
    if (bytes == nullptr) {
      report.warning("part_unreadable", "document " + std::to_string(number) + " of the book is missing");
      continue;
    }
    const auto text = xhtml_text(*bytes, context.charsets);
    if (text.empty()) continue;
    any = true;
    report.page(number, text);
  }
  if (!any) read_package_members(package, {"OEBPS/", "OPS/", "EPUB/"}, false, report, context, depth);
  package.check_whole();
}

}  // namespace lantai::extract::worker
