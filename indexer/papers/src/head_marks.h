// What stands above the title: copy number, secrecy, urgency, document number, who signed it for issue. Thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "paper_line.h"

namespace lantai::papers {

// The whole line is nothing but such marks (份号, 密级和保密期限, 紧急程度); empty if it is not.
std::vector<Element> head_marks(const Line& line);
// The line begins with a document number, perhaps behind a label, and ends with it or with 签发人.
std::optional<Element> document_number(const Line& line);
// Names behind `签发人`, wherever it stands in the line.
std::vector<Element> signatories(const Line& line);

}  // namespace lantai::papers
