// What shall the index know of a record? Its fields as its type declares them, the names and texts of its files, where
// it stands in the catalogue, and who may see it. Fields marked as personal are left out: whoever may search need not
// be one who may see them. Facets carry codes and ids; labels are given where they are shown, and can be searched
// beside the codes. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "lantai/archive/text_store.h"
#include "lantai/index/document.h"
#include "lantai/records/record_engine.h"

namespace lantai::app {

class HoldingsSource final : public index::DocumentSource {
 public:
  HoldingsSource(const records::RecordEngine& engine, const archive::TextStore& texts);

  std::optional<index::Document> find(const std::string& type, const std::string& id) const override;
  std::optional<index::Document> find_shown(const std::string& type, const std::string& id) const override;
  void each(const std::function<bool(const std::string& type, const std::string& id)>& visit) const override;
  std::string schema_hash() const override;

 private:
  enum class Wanted { all, what_is_shown };
  std::optional<index::Document> make(const std::string& type, const std::string& id, Wanted wanted) const;
  void add_fields(const schema::TypeDecl& type, const records::Record& record, const records::Standing& standing,
                  Wanted wanted, index::Document& document) const;
  void add_field(const schema::FieldDecl& field, const schema::Json& value, const records::Standing& standing,
                 Wanted wanted, index::Document& document) const;
  void add_place(const schema::TypeDecl& type, const records::Record& record, index::Document& document) const;
  static void add_lies_in(const records::Standing& standing, index::Document& document);
  void add_files(const records::Record& record, index::Document& document) const;
  void add_text(std::uint32_t number, const extract::Extraction& text, index::Document& document) const;
  std::string code_of_linked(const schema::TypeDecl& type, const records::Record& record, const char* link) const;
  std::string title_of_linked(const schema::FieldDecl& field, const std::string& id,
                              const records::Standing& standing) const;

  const records::RecordEngine& engine_;
  const archive::TextStore& texts_;
  const records::Principal principal_;
};

}  // namespace lantai::app
