#include "ofd_structure.h"

#include "fault.h"
#include "ofd_numbers.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

OfdStructure::Size size_in(const pugi::xml_node& area, OfdStructure::Size usual) {
  const auto box = box_of(child_text(area, "PhysicalBox"));
  return box[2] > 0 && box[3] > 0 ? OfdStructure::Size{box[2], box[3]} : usual;
}

}  // namespace

std::vector<std::string> OfdStructure::bodies(const Package& package) {
  const auto index = package.xml("OFD.xml");
  std::vector<std::string> roots;
  for (const auto& body : index.document_element().children())
    if (is_named(body, "DocBody")) roots.push_back(resolve_path("", child_text(body, "DocRoot")));
  if (roots.empty()) damaged("no document can be found");
  return roots;
}

OfdStructure::OfdStructure(const Package& package, std::string root, Report& report)
    : package_(package), root_(std::move(root)), report_(report), document_(package.xml(root_)) {
  const auto common = child(document(), "CommonData");
  for (const auto& node : common.children()) {
    if (is_named(node, "TemplatePage")) templates_[std::string(attribute(node, "ID"))] = attribute(node, "BaseLoc");
    if (is_named(node, "PublicRes") || is_named(node, "DocumentRes")) read_resources(root_, trim(node.text().get()));
  }
  usual_ = size_in(child(common, "PageArea"), {});
  for (const auto& page : child(document(), "Pages").children())
    if (is_named(page, "Page"))
      pages_.push_back({std::string(attribute(page, "ID")), locate(root_, attribute(page, "BaseLoc"))});
  read_annotation_list();
}

std::string OfdStructure::locate(const std::string& from, std::string_view target) const {
  for (const auto& base : {from, root_, std::string()}) {
    auto path = resolve_path(base, target);
    if (package_.find(path) != nullptr) return path;
  }
  return resolve_path(from, target);
}

void OfdStructure::read_resources(const std::string& from, const std::string& location) {
  const auto part = locate(from, location);
  const auto root = resources_.emplace_back(package_.optional_xml(part, report_)).document_element();
  const auto base = resolve_path(part, std::string(attribute(root, "BaseLoc")) + "/x");
  for (const auto& media : child(root, "MultiMedias").children())
    images_[std::string(attribute(media, "ID"))] = locate(base, child_text(media, "MediaFile"));
  for (const auto& unit : child(root, "CompositeGraphicUnits").children())
    units_[std::string(attribute(unit, "ID"))] = unit;
  for (const auto& parameters : child(root, "DrawParams").children())
    draw_parameters_[std::string(attribute(parameters, "ID"))] = parameters;
  for (const auto& font : child(root, "Fonts").children()) {
    const std::string id(attribute(font, "ID"));
    fonts_[id] = font;
    if (const auto file = child_text(font, "FontFile"); !file.empty()) font_files_[id] = locate(base, file);
  }
}

void OfdStructure::read_page_resources(const Page& page, const pugi::xml_node& root) {
  for (const auto& node : root.children())
    if (is_named(node, "PageRes")) read_resources(page.part, trim(node.text().get()));
}

void OfdStructure::read_annotation_list() {
  const auto list = child_text(document(), "Annotations");
  if (list.empty()) return;
  const auto part = locate(root_, list);
  const auto annotations = package_.optional_xml(part, report_);
  for (const auto& node : annotations.document_element().children())
    annotations_[std::string(attribute(node, "PageID"))] = locate(part, child_text(node, "FileLoc"));
}

OfdStructure::Size OfdStructure::size_of(const pugi::xml_node& page_root) const {
  return size_in(child(page_root, "Area"), usual_);
}

pugi::xml_document OfdStructure::template_page(const std::string& id) const {
  const auto found = templates_.find(id);
  if (found == templates_.end()) return {};
  return package_.optional_xml(locate(root_, found->second), report_);
}

pugi::xml_document OfdStructure::annotations_of(const std::string& page_id) const {
  const auto found = annotations_.find(page_id);
  return found == annotations_.end() ? pugi::xml_document() : package_.optional_xml(found->second, report_);
}

pugi::xml_node OfdStructure::find(const std::map<std::string, pugi::xml_node>& all, const std::string& id) {
  const auto found = all.find(id);
  return found == all.end() ? pugi::xml_node() : found->second;
}

const Bytes* OfdStructure::font_file(const std::string& id) const {
  const auto found = font_files_.find(id);
  return found == font_files_.end() ? nullptr : package_.find(found->second);
}

const Bytes* OfdStructure::image(const std::string& id) const {
  const auto found = images_.find(id);
  return found == images_.end() ? nullptr : package_.find(found->second);
}

}  // namespace lantai::extract::worker
