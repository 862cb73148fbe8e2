#include "ooxml.h"

namespace lantai::extract::worker {
namespace {

std::string relationships_part(const std::string& part) {
  const auto slash = part.rfind('/');
  const auto folder = slash == std::string::npos ? std::string() : part.substr(0, slash + 1);
  return folder + "_rels/" + part.substr(folder.size()) + ".rels";
}

}  // namespace

std::map<std::string, Relationship> relationships(const Package& package, const std::string& part, Report& report) {
  std::map<std::string, Relationship> found;
  const auto document = package.optional_xml(relationships_part(part), report);
  for (const auto& node : document.first_child().children()) {
    if (attribute(node, "TargetMode") == "External") continue;
    std::string type(attribute(node, "Type"));
    type = type.substr(type.rfind('/') + 1);
    found[std::string(attribute(node, "Id"))] = {type, resolve_path(part, attribute(node, "Target"))};
  }
  return found;
}

std::string main_part(const Package& package, const std::string& usual, Report& report) {
  for (const auto& [id, relationship] : relationships(package, "", report))
    if (relationship.type == "officeDocument" && package.find(relationship.target) != nullptr)
      return relationship.target;
  return usual;
}

void read_properties(const Package& package, Report& report) {
  report_signatures(package, report);
  const auto core = package.optional_xml("docProps/core.xml", report);
  const auto properties = core.document_element();
  report.title(child_text(properties, "title"));
  for (const auto& [name_there, name_here] : {std::pair{"creator", "author"},
                                              {"lastModifiedBy", "last_modified_by"},
                                              {"subject", "subject"},
                                              {"keywords", "keywords"},
                                              {"description", "description"},
                                              {"category", "category"},
                                              {"created", "created"},
                                              {"modified", "modified"}}) {
    report.metadata(name_here, child_text(properties, name_there));
  }
  const auto app = package.optional_xml("docProps/app.xml", report);
  report.metadata("creator", child_text(app.document_element(), "Application"));
  report.metadata("company", child_text(app.document_element(), "Company"));
}

void read_ooxml_members(const Package& package, const std::string& root, bool has_text, Report& report,
                        Context& context, unsigned depth) {
  const std::string media = root + "media/", embeddings = root + "embeddings/";
  read_package_members(package, {media, embeddings}, has_text, report, context, depth);
}

}  // namespace lantai::extract::worker
