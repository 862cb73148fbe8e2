#include "ofd_layout.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fault.h"
#include "ofd_numbers.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr double kDefaultSize = 4.2;  // millimetres, about 12 points

double width_of(char32_t c) { return c < 0x2E80 ? 0.5 : 1.0; }  // in sizes

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) next_code_point(text, at);
  return count;
}

struct Extent {
  std::string text;
  double right;
};

// One TextCode. Where it jumps back to begin another line of its own, words of other scripts get a space.
Extent lay_out(std::string_view text, double x, double size, const std::vector<double>& dx,
               const std::vector<double>& dy) {
  Extent extent{{}, x};
  std::size_t index = 0;
  for (std::size_t at = 0; at < text.size(); ++index) {
    const auto begin = at;
    const char32_t c = next_code_point(text, at);
    if (index > 0) {
      const double step = index - 1 < dx.size() ? dx[index - 1] : (dx.empty() && dy.empty() ? size * width_of(c) : 0.0);
      const double down = index - 1 < dy.size() ? dy[index - 1] : 0.0;
      x += step;
      const bool new_line = step < -size && down > size / 2;
      if (new_line && !joins_without_space(c) && !joins_without_space(last_code_point(extent.text))) extent.text += ' ';
    }
    extent.text.append(text.substr(begin, at - begin));
    extent.right = std::max(extent.right, x + size * width_of(c));
  }
  return extent;
}

}  // namespace

bool is_scan(std::size_t legible, double share_of_page) {
  constexpr std::size_t kLegible = 8, kLittle = 100;  // characters; as for a page of a PDF
  constexpr double kMostOfPage = 0.6;
  return legible < kLegible || (legible < kLittle && share_of_page >= kMostOfPage);
}

void OfdLayout::add(const pugi::xml_node& content, double left, double top, unsigned depth) {
  if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
  for (const auto& node : content.children()) {
    const auto tag = local_name(node);
    if (attribute(node, "Visible") == "false") continue;
    if (tag == "TextObject")
      add_text_object(node, left, top);
    else if (tag == "ImageObject")
      add_picture(node);
    else if (tag == "CompositeObject")
      add_composite(node, left, top, depth);
    else if (tag == "Layer" || tag == "PageBlock" || tag == "Content")
      add(node, left, top, depth + 1);
  }
}

void OfdLayout::add_picture(const pugi::xml_node& object) {
  const auto box = box_of(attribute(object, "Boundary"));
  pictures_.push_back({std::string(attribute(object, "ResourceID")), std::fabs(box[2] * box[3])});
}

void OfdLayout::add_composite(const pugi::xml_node& object, double left, double top, unsigned depth) {
  constexpr unsigned kDepthOfUnit = 16;  // charged for a unit within a unit
  if (units_left_ == 0) return;
  --units_left_;
  const auto box = box_of(attribute(object, "Boundary"));
  add(child(find_unit_(std::string(attribute(object, "ResourceID"))), "Content"), left + box[0], top + box[1],
      depth + kDepthOfUnit);
}

void OfdLayout::add_text_object(const pugi::xml_node& object, double left, double top) {
  const auto box = box_of(attribute(object, "Boundary"));
  const auto matrix = matrix_of(attribute(object, "CTM"));
  const auto given_size = numbers(attribute(object, "Size"), 1);
  const double size = given_size.empty() || given_size[0] <= 0 ? kDefaultSize : given_size[0];
  const double scale_x = std::hypot(matrix[0], matrix[1]), scale_y = std::hypot(matrix[2], matrix[3]);
  double x = 0, y = size;
  for (const auto& code : object.children()) {
    if (!is_named(code, "TextCode")) continue;
    // Absent coordinates go on from the run before.
    if (const auto given = numbers(attribute(code, "X"), 1); !given.empty()) x = given[0];
    if (const auto given = numbers(attribute(code, "Y"), 1); !given.empty()) y = given[0];
    const std::string text = trim(to_valid_utf8(code.text().get()));
    if (text.empty()) continue;
    const auto count = count_characters(text);
    const auto extent = lay_out(text, x, size, distances(attribute(code, "DeltaX"), count),
                                distances(attribute(code, "DeltaY"), count));
    const double page_x = left + box[0] + matrix[0] * x + matrix[2] * y + matrix[4];
    const double page_y = top + box[1] + matrix[1] * x + matrix[3] * y + matrix[5];
    runs_.push_back(
        {extent.text, page_x, page_x + (extent.right - x) * scale_x, page_y, size * (scale_y > 0 ? scale_y : 1)});
    x = extent.right;
  }
}

void OfdLayout::append(std::string& line, const Run& run, const Run& before) {
  const double em = std::max(run.size, before.size);
  const double gap = run.left - before.right;
  std::size_t at = 0;
  const bool han = joins_without_space(last_code_point(line)) && joins_without_space(next_code_point(run.text, at));
  if (gap > em * (han ? 1.5 : 0.2)) line += ' ';
  line += run.text;
}

void OfdLayout::join_vertical_labels() {
  constexpr std::size_t kMany = 1'000;  // of single characters: then the whole page is set like this
  std::vector<Run*> singles;
  for (auto& run : runs_) {
    std::size_t at = 0;
    if (joins_without_space(next_code_point(run.text, at)) && at == run.text.size()) singles.push_back(&run);
  }
  if (singles.size() > kMany) return;
  const auto has_neighbour = [&](const Run& run) {
    return std::any_of(runs_.begin(), runs_.end(), [&](const Run& other) {
      return &other != &run && std::fabs(other.baseline - run.baseline) < run.size / 2 &&
             (std::fabs(other.left - run.right) < run.size || std::fabs(run.left - other.right) < run.size);
    });
  };
  singles.erase(std::remove_if(singles.begin(), singles.end(), [&](const Run* run) { return has_neighbour(*run); }),
                singles.end());
  std::sort(singles.begin(), singles.end(), [](const Run* a, const Run* b) { return a->baseline < b->baseline; });
  for (std::size_t i = 0; i < singles.size(); ++i) {
    Run* const top = singles[i];
    if (top->text.empty()) continue;
    double baseline = top->baseline;
    for (std::size_t j = i + 1; j < singles.size(); ++j) {
      Run* const next = singles[j];
      const double down = next->baseline - baseline;
      if (next->text.empty() || std::fabs(next->left - top->left) > top->size / 2 || down < top->size / 2) continue;
      if (down > top->size * 2.5) break;
      top->text += std::exchange(next->text, {});
      baseline = next->baseline;
    }
  }
  runs_.erase(std::remove_if(runs_.begin(), runs_.end(), [](const Run& run) { return run.text.empty(); }), runs_.end());
}

std::string OfdLayout::text() {
  join_vertical_labels();
  std::stable_sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.baseline < b.baseline; });
  std::string text;
  for (std::size_t begin = 0; begin < runs_.size();) {
    std::size_t end = begin + 1;
    while (end < runs_.size() &&
           runs_[end].baseline - runs_[begin].baseline < std::min(runs_[end].size, runs_[begin].size) / 2)
      ++end;
    const auto first = runs_.begin() + static_cast<std::ptrdiff_t>(begin),
               last = runs_.begin() + static_cast<std::ptrdiff_t>(end);
    std::stable_sort(first, last, [](const Run& a, const Run& b) { return a.left < b.left; });
    std::string line = first->text;
    for (auto run = first + 1; run != last; ++run) {
      const auto& before = *(run - 1);
      // Bold type is sometimes made by printing twice.
      if (run->text == before.text && run->left - before.left < run->size * 0.3) continue;
      append(line, *run, before);
    }
    text += line + '\n';
    begin = end;
  }
  runs_.clear();
  return tidy(text);
}

}  // namespace lantai::extract::worker
