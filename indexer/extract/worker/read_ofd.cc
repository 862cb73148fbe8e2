#include <algorithm>
#include <cstdlib>
#include <list>
#include <map>

#include "ofd_layout.h"
#include "package.h"
#include "plausible.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kLegible = 8, kLittle = 100;  // characters; as for a page of a PDF
constexpr double kMostOfPage = 0.6;
constexpr double kUsualArea = 210.0 * 297.0;  // square millimetres

// One document body of an OFD package (GB/T 33190-2016, 7.5).
class OfdDocument {
 public:
  OfdDocument(const Package& package, std::string root, Report& report, Context& context)
      : package_(package), root_(std::move(root)), report_(report), context_(context), document_(package.xml(root_)) {
    const auto common = child(document_.document_element(), "CommonData");
    for (const auto& node : common.children()) {
      if (is_named(node, "TemplatePage")) templates_[std::string(attribute(node, "ID"))] = attribute(node, "BaseLoc");
      if (is_named(node, "PublicRes") || is_named(node, "DocumentRes")) read_resources(root_, trim(node.text().get()));
    }
    page_area_ = area_of(child(common, "PageArea"), kUsualArea);
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

  void read_resources(const std::string& from, const std::string& location) {
    const auto part = locate(from, location);
    const auto root = resources_.emplace_back(package_.optional_xml(part, report_)).document_element();
    const auto base = resolve_path(part, std::string(attribute(root, "BaseLoc")) + "/x");
    for (const auto& media : child(root, "MultiMedias").children())
      images_[std::string(attribute(media, "ID"))] = locate(base, child_text(media, "MediaFile"));
    for (const auto& unit : child(root, "CompositeGraphicUnits").children())
      units_[std::string(attribute(unit, "ID"))] = unit;
  }

  OfdLayout new_layout() const {
    return OfdLayout([this](const std::string& id) {
      const auto found = units_.find(id);
      return found == units_.end() ? pugi::xml_node() : found->second;
    });
  }

  // `0 0 210 297` of the box that is printed.
  static double area_of(const pugi::xml_node& page_area, double usual) {
    const auto box = child_text(page_area, "PhysicalBox");
    double number[4] = {};
    const char* at = box.c_str();
    for (double& value : number) {
      char* end = nullptr;
      value = std::strtod(at, &end);
      if (end == at) return usual;
      at = end;
    }
    const double area = number[2] * number[3];
    return area > 0 ? area : usual;
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
    const auto root = content.document_element();
    auto layout = new_layout();
    for (const auto& node : root.children()) {
      if (is_named(node, "Template")) add_template(std::string(attribute(node, "TemplateID")), layout);
      if (is_named(node, "PageRes")) read_resources(part, trim(node.text().get()));
    }
    layout.add(child(root, "Content"));
    std::string text = layout.text();
    const auto notes = annotation_text(std::string(attribute(page, "ID")));
    if (!notes.empty()) text += (text.empty() ? "" : "\n") + notes;
    if (looks_garbled(text))
      report_.warning("text_unreliable", "page " + std::to_string(number) + ": glyphs without characters");
    const auto read = read_pictures(layout, text, area_of(child(root, "Area"), page_area_), number);
    if (!text.empty() || !read.empty()) report_.page(number, with_ocr(text, read), !read.empty());
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
    auto layout = new_layout();
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

  // A page that shows pictures is a scan when it has hardly any text, or little and a picture that is most of it.
  std::string read_pictures(const OfdLayout& layout, std::string_view layer, double page_area, std::uint32_t number) {
    std::string text;
    const auto legible = count_legible(layer);
    if (!context_.ocr_allowed || legible >= kLittle) return text;
    for (const auto& picture : layout.pictures()) {
      if (legible >= kLegible && picture.area < page_area * kMostOfPage) continue;
      const auto found = images_.find(picture.id);
      const auto* bytes = found == images_.end() ? nullptr : package_.find(found->second);
      if (bytes == nullptr) continue;
      report_.progress();
      try {
        text += context_.ocr.read(Image::from_file(*bytes)).text + '\n';
      } catch (const Fault& fault) {
        report_.warning("ocr_failed", "page " + std::to_string(number) + ": " + fault.detail);
      }
    }
    return tidy(text);
  }

  const Package& package_;
  const std::string root_;
  Report& report_;
  Context& context_;
  pugi::xml_document document_;
  std::list<pugi::xml_document> resources_;
  std::map<std::string, std::string> templates_, images_, annotations_;
  std::map<std::string, pugi::xml_node> units_;  // into resources_
  double page_area_ = kUsualArea;
};

void read_document_info(const pugi::xml_node& body, Report& report) {
  const auto info = child(body, "DocInfo");
  // What the producer's trade needs, such as 发票号码; the standard's own fields come after, and take precedence.
  for (const auto& data : child(info, "CustomDatas").children())
    if (is_named(data, "CustomData") && !attribute(data, "Name").empty())
      report.metadata(to_valid_utf8(attribute(data, "Name")), trim(to_valid_utf8(data.text().get())));
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
