// What does an OFD document body (GB/T 33190-2016, 7.5) consist of, and where in the package is each part? Parts are
// read when asked for. Thread-confined; package and report outlive it.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "package.h"

namespace lantai::extract::worker {

inline constexpr double kA4Width = 210, kA4Height = 297;  // millimetres

class OfdStructure {
 public:
  struct Page {
    std::string id, part;
  };
  struct Size {
    double width = kA4Width, height = kA4Height;  // millimetres
  };
  OfdStructure(const Package& package, std::string root, Report& report);

  // The document bodies of a package; throws Fault damaged when there is none to be found.
  static std::vector<std::string> bodies(const Package& package);

  const std::vector<Page>& pages() const { return pages_; }
  pugi::xml_node document() const { return document_.document_element(); }
  // Relative to the part that mentions it, or, as some producers have it, to the document or the package.
  std::string locate(const std::string& from, std::string_view target) const;
  void read_page_resources(const Page& page, const pugi::xml_node& root);
  Size size_of(const pugi::xml_node& page_root) const;
  pugi::xml_document template_page(const std::string& id) const;  // empty if there is none
  // Of the page with this id; empty: none.
  pugi::xml_document annotations_of(const std::string& page_id) const;

  // Null nodes and pointers where there is none.
  pugi::xml_node unit(const std::string& id) const { return find(units_, id); }
  pugi::xml_node draw_parameters(const std::string& id) const { return find(draw_parameters_, id); }
  pugi::xml_node font(const std::string& id) const { return find(fonts_, id); }
  const Bytes* font_file(const std::string& id) const;
  const Bytes* image(const std::string& id) const;

 private:
  static pugi::xml_node find(const std::map<std::string, pugi::xml_node>& all, const std::string& id);
  void read_resources(const std::string& from, const std::string& location);
  void read_annotation_list();

  const Package& package_;
  const std::string root_;
  Report& report_;
  pugi::xml_document document_;
  std::list<pugi::xml_document> resources_;
  std::vector<Page> pages_;
  Size usual_;
  std::map<std::string, std::string> templates_, images_, font_files_, annotations_;
  std::map<std::string, pugi::xml_node> units_, fonts_, draw_parameters_;  // into resources_
};

}  // namespace lantai::extract::worker
