// In which order does a person read the text of an OFD page (GB/T 33190-2016, 11)? The format only says where each run
// of characters stands, and runs are short: they are put into lines by position and joined there. Thread-confined.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "xml.h"

namespace lantai::extract::worker {

// Is a picture that takes this share of its page to be read, beside so many characters? When there is hardly any text,
// or little and the picture is most of the page.
bool is_scan(std::size_t legible, double share_of_page);

class OfdLayout {
 public:
  struct Picture {
    std::string id;   // of the resource
    double area = 0;  // on the page, square millimetres
  };
  // The graphic unit of a composite object (13) by its id; a null node if there is none.
  using FindUnit = std::function<pugi::xml_node(const std::string& id)>;
  explicit OfdLayout(FindUnit find_unit) : find_unit_(std::move(find_unit)) {}

  // Adds the text objects below `content` (layers, blocks), shifted by an offset in millimetres.
  void add(const pugi::xml_node& content, double left = 0, double top = 0, unsigned depth = 0);
  std::string text();
  // The pictures met.
  const std::vector<Picture>& pictures() const { return pictures_; }

 private:
  struct Run {
    std::string text;
    double left, right, baseline, size;  // millimetres
  };
  void add_composite(const pugi::xml_node& object, double left, double top, unsigned depth);
  void add_picture(const pugi::xml_node& object);
  void add_text_object(const pugi::xml_node& object, double left, double top);
  // Labels of narrow table columns are written downwards, one character a run.
  void join_vertical_labels();
  static void append(std::string& line, const Run& run, const Run& before);

  std::vector<Run> runs_;
  std::vector<Picture> pictures_;
  FindUnit find_unit_;
  unsigned units_left_ = 10'000;  // of a page: units may hold units, each many times
};

}  // namespace lantai::extract::worker
