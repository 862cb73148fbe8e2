#include <algorithm>
#include <map>

#include "ofd_layout.h"
#include "package.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// One document body of an OFD package (GB/T 33190-2016, 7.5).
class OfdDocument {
 public:
  OfdDocument(const Package& package, std::string root, Report& report, Context& context)
      : package_(package), root_(std::move(root)), report_(report), context_(context), document_(package.xml(root_)) {
    const auto common = child(document_.document_element(), "CommonData");
    for (const auto& node : common.children()) {
      if (is_named(node, "TemplatePage")) templates_[std::string(attribute(node, "ID"))] = attribute(node, "BaseLoc");
      if (is_named(node, "PublicRes") || is_named(node, "DocumentRes")) read_resources(trim(node.text().get()));
    }
    read_annotation_list();
  }

  // Returns the number of pages.
  std::uint32_t read_pages(std::uint32_t first) {
    std::uint32_t number = first;
    for (const auto& page : child(document_.document_element(), "Pages").children()) {
      if (!is_named(page, "Page")) continue;
      read_page(page, number++);
    }
    return number - first;
  }

  void read_attachments(unsigned depth) {
    const auto list = child_text(document_.document_element(), "Attachments");
    if (list.empty()) return;
    const auto part = locate(root_, list);
    const auto attachments = package_.optional_xml(part, report_);
    for (const auto& node : attachments.document_element().children()) {
      if (!is_named(node, "Attachment")) continue;
      const auto file = locate(part, child_text(node, "FileLoc"));
      std::string shown(attribute(node, "Name"));
      const auto base = file.substr(file.rfind('/') + 1);
      if (shown.empty()) shown = base;
      Report member = report_.embed(shown, as_bytes(base));
      if (const auto* bytes = package_.find(file)) {
        extract_embedded(*bytes, member, context_, depth + 1);
      } else {
        member.failure("damaged", "the attached file is missing");
        member.end_embedded(0);
      }
    }
  }

 private:
  // Relative to the part that mentions it, or, as some producers have it, to the document or the package.
  std::string locate(const std::string& from, std::string_view target) const {
    for (const auto& base : {from, root_, std::string()}) {
      auto path = resolve_path(base, target);
      if (package_.find(path) != nullptr) return path;
    }
    return resolve_path(from, target);
  }

  void read_resources(const std::string& location) {
    const auto part = locate(root_, location);
    const auto resources = package_.optional_xml(part, report_);
    const auto root = resources.document_element();
    const auto base = resolve_path(part, std::string(attribute(root, "BaseLoc")) + "/x");
    for (const auto& media : child(root, "MultiMedias").children())
      images_[std::string(attribute(media, "ID"))] = locate(base, child_text(media, "MediaFile"));
  }

  void read_annotation_list() {
    const auto list = child_text(document_.document_element(), "Annotations");
    if (list.empty()) return;
    const auto part = locate(root_, list);
    const auto annotations = package_.optional_xml(part, report_);
    for (const auto& node : annotations.document_element().children())
      annotations_[std::string(attribute(node, "PageID"))] = locate(part, child_text(node, "FileLoc"));
  }

  void read_page(const pugi::xml_node& page, std::uint32_t number) {
    const auto part = locate(root_, attribute(page, "BaseLoc"));
    if (package_.find(part) == nullptr) {
      report_.warning("page_unreadable", "page " + std::to_string(number) + ": the part " + part + " is missing");
      return;
    }
    const auto content = package_.optional_xml(part, report_);
    OfdLayout layout;
    for (const auto& node : content.document_element().children())
      if (is_named(node, "Template")) add_template(std::string(attribute(node, "TemplateID")), layout);
    layout.add(child(content.document_element(), "Content"));
    std::string text = layout.text();
    const auto notes = annotation_text(std::string(attribute(page, "ID")));
    if (!notes.empty()) text += (text.empty() ? "" : "\n") + notes;
    if (!text.empty()) return report_.page(number, text);
    if (context_.ocr_allowed) read_scan(layout.images(), number);
  }

  void add_template(const std::string& id, OfdLayout& layout) {
    const auto found = templates_.find(id);
    if (found == templates_.end()) return;
    const auto page = package_.optional_xml(locate(root_, found->second), report_);
    layout.add(child(page.document_element(), "Content"));
  }

  std::string annotation_text(const std::string& page_id) {
    const auto found = annotations_.find(page_id);
    if (found == annotations_.end()) return {};
    const auto document = package_.optional_xml(found->second, report_);
    OfdLayout layout;
    std::string remarks;
    for (const auto& annotation : document.document_element().children()) {
      if (attribute(annotation, "Visible") == "false") continue;
      const auto remark = child_text(annotation, "Remark");
      if (!remark.empty()) remarks += remark + '\n';
      const auto appearance = child(annotation, "Appearance");
      const std::string box(attribute(appearance, "Boundary"));
      char* rest = nullptr;
      const double left = std::strtod(box.c_str(), &rest);
      layout.add(appearance, left, std::strtod(rest, nullptr));
    }
    return tidy(layout.text() + '\n' + remarks);
  }

  // A page without text that shows pictures is a scan.
  void read_scan(const std::vector<std::string>& ids, std::uint32_t number) {
    std::string text;
    for (const auto& id : ids) {
      const auto found = images_.find(id);
      const auto* bytes = found == images_.end() ? nullptr : package_.find(found->second);
      if (bytes == nullptr) continue;
      report_.progress();
      try {
        text += context_.ocr.read(Image::from_file(*bytes)) + '\n';
      } catch (const Fault& fault) {
        report_.warning("ocr_failed", "page " + std::to_string(number) + ": " + fault.detail);
      }
    }
    text = tidy(text);
    if (!text.empty()) report_.page(number, text, true);
  }

  const Package& package_;
  const std::string root_;
  Report& report_;
  Context& context_;
  pugi::xml_document document_;
  std::map<std::string, std::string> templates_, images_, annotations_;
};

void read_document_info(const pugi::xml_node& body, Report& report) {
  const auto info = child(body, "DocInfo");
  report.title(child_text(info, "Title"));
  for (const auto& [name_there, name_here] : {std::pair{"Author", "author"},
                                              {"Subject", "subject"},
                                              {"Abstract", "description"},
                                              {"Creator", "creator"},
                                              {"CreationDate", "created"},
                                              {"ModDate", "modified"},
                                              {"DocID", "document_id"}}) {
    report.metadata(name_here, child_text(info, name_there));
  }
  std::string keywords;
  for (const auto& keyword : child(info, "Keywords").children())
    keywords += (keywords.empty() ? "" : " ") + trim(to_valid_utf8(keyword.text().get()));
  report.metadata("keywords", keywords);
  if (!child_text(body, "Signatures").empty()) report.metadata("signed", "true");
}

}  // namespace

void read_ofd(Source& source, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  const auto index = package.xml("OFD.xml");
  const auto root = index.document_element();
  const std::string version(attribute(root, "Version"));
  report.identified("application/ofd", "OFD " + (version.empty() ? "1.0" : version));
  std::uint32_t pages = 0;
  for (const auto& body : root.children()) {
    if (!is_named(body, "DocBody")) continue;
    if (pages == 0) read_document_info(body, report);
    OfdDocument document(package, resolve_path("", child_text(body, "DocRoot")), report, context);
    pages += document.read_pages(pages + 1);
    document.read_attachments(depth);
  }
  report.metadata("page_count", std::to_string(pages));
  package.check_whole();
  if (pages == 0) damaged("no page can be found");
}

}  // namespace lantai::extract::worker
