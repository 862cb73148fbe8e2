// In which order does a person read the text of an OFD page (GB/T 33190-2016, 11)? The format only says where each run
// of characters stands, and runs are short: they are put into lines by position and joined there. Thread-confined.
#pragma once

#include <string>
#include <vector>

#include "xml.h"

namespace lantai::extract::worker {

class OfdLayout {
 public:
  // Adds the text objects below `content` (layers, blocks), shifted by an offset in millimetres.
  void add(const pugi::xml_node& content, double left = 0, double top = 0, unsigned depth = 0);
  std::string text();
  // Resource ids of the pictures met.
  const std::vector<std::string>& images() const { return images_; }

 private:
  struct Run {
    std::string text;
    double left, right, baseline, size;  // millimetres
  };
  void add_text_object(const pugi::xml_node& object, double left, double top);
  // Labels of narrow table columns are written downwards, one character a run.
  void join_vertical_labels();
  static void append(std::string& line, const Run& run, const Run& before);

  std::vector<Run> runs_;
  std::vector<std::string> images_;
};

}  // namespace lantai::extract::worker
