// What does the index know of a record? This. The application makes it from the stored record and the extracted text
// (a DocumentSource), so that the index needs to know neither. Values.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lantai::index {

struct PageBody {
  std::uint32_t file = 0;  // number of the component file, 0: the record's own fields
  std::uint32_t page = 0;
  std::string text;
  std::string member = {};  // path within an archive; empty: the file itself
};

struct FileName {
  std::uint32_t file = 0;
  std::string name;
};

// A metadata field as the declaration sees it. `exact` values are matched whole after folding (vocabulary codes,
// numbers, dates); `text` fields are matched by words and phrases as well.
struct FieldValue {
  std::string name;  // as declared: `fiscal_year`, `title`
  std::vector<std::string> values;
  bool text = false;
  bool facet = false;
  bool sortable = false;
  double weight = 1.0;
  // A document number or reference code: matched in any bracket, width and spacing.
  bool code = false;
};

struct Document {
  std::string type;
  std::string id;
  std::uint64_t version = 0;
  std::string title;
  std::string reference_code;  // 档号, or empty
  std::string date;            // 2021-03-05, 2021-03, 2021, or empty
  std::string department;      // label, or empty
  std::vector<FieldValue> fields;
  std::vector<FileName> files;
  std::vector<PageBody> pages;
  std::vector<std::string> access;  // who may see it: any one of these terms
  bool whole = true;                // false: texts of its files are still to come
};

// Kind of the changes that announce the texts of a record's files (lantai::archive::ExtractionPipeline).
inline constexpr std::string_view kTextsRead = "extraction";

// Facet field with what the document lies in, nearest first, as one value: `volume/… class/… fonds/…`. Documents that
// lie in the same share it.
inline constexpr std::string_view kLiesIn = "lies_in";

class DocumentSource {
 public:
  virtual ~DocumentSource() = default;
  // nullopt: not there, or not searchable: take it out of the index. Thread-safe.
  virtual std::optional<Document> find(const std::string& type, const std::string& id) const = 0;
  // As much of it as a hit shows: fields that only count, sort or filter may be missing.
  virtual std::optional<Document> find_shown(const std::string& type, const std::string& id) const {
    return find(type, id);
  }
  // Every searchable record, for a rebuild, in any stable order; `visit` returns false to stop.
  virtual void each(const std::function<bool(const std::string& type, const std::string& id)>& visit) const = 0;
  // Labels of facet values and the like change with the declarations: part of the index's identity.
  virtual std::string schema_hash() const = 0;
};

}  // namespace lantai::index
