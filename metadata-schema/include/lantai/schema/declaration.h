// What is a record type? This, read from one YAML file in metadata-schema/types (docs/formats/schema.md describes every
// key). From it come storage, validation, HTTP, list and form pages, search fields, import, export and history.
// Immutable values once loaded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/schema/feel.h"
#include "lantai/schema/label.h"
#include "lantai/schema/value.h"

namespace lantai::schema {

enum class FieldKind {
  text,       // one line
  long_text,  // many lines
  integer,
  decimal,  // kept as text, exact
  boolean,
  date,       // 2021-03-05, 2021-03 or 2021; with `uncertain`, also [19450815]
  timestamp,  // RFC 3339
  term,       // a code of a vocabulary
  link,       // id of a record of type `target`
  table,      // rows of `columns`
};

struct CompiledPattern;  // private to the library

// A field of the record that a link points to, written `fonds.code`.
struct LinkedField {
  std::string link, field;  // both empty: none
};

enum class Sensitivity { normal, personal };  // personal: masked without the right to see it

struct FieldDecl {
  std::string name;  // snake_case
  Label label;
  Label help;            // may be empty
  std::string standard;  // `DA/T 46 M22`, `DA/T 18`, or empty
  FieldKind kind = FieldKind::text;
  std::vector<std::string> aliases;  // other names people type in queries and spreadsheets: 文号, 标题
  bool required = false;
  bool expected = false;  // a complete catalogue entry has it; its absence is a gap, not an error
  bool many = false;      // a list of values
  bool system = false;    // filled in by the system: shown, not typed
  std::optional<feel::Expression> required_if, visible_if;
  std::optional<std::int64_t> min, max;  // of integers; of text: length in characters
  std::string pattern;                   // ICU-free, anchored ECMAScript regular expression over bytes; empty: any
  std::shared_ptr<const CompiledPattern> compiled;
  std::string vocabulary;                 // kind term
  std::string suffix_mark, suffix_field;  // kind term: what follows the mark goes to that field: `机密★10年`
  std::string target;                     // kind link
  LinkedField follows;                    // the value that field of the linked record has, and no other
  LinkedField scheme;                     // kind term: codes are those that begin with this term and a dot
  std::vector<FieldDecl> columns;         // kind table
  Json default_value;                     // what an absent field gets when validated; null: nothing
  bool unique = false;
  bool indexed = false;
  bool facet = false;
  bool searchable = false;
  bool sortable = false;
  bool code = false;       // document number or reference code
  double weight = 1.0;     // of full text
  bool uncertain = false;  // dates: the bracketed written form is allowed
  Sensitivity sensitivity = Sensitivity::normal;
  std::string element;           // of an official document 公文 that is catalogued here: `document_number`
  bool open_vocabulary = false;  // kind term: values outside the vocabulary are kept as given (old holdings)
};

// Several fields together; unique or only indexed. A record without the last field takes no part; other absent fields
// are equal to one another.
struct CompoundIndex {
  std::string name;
  std::vector<std::string> fields;
  bool unique = false;
};

struct Permissions {  // role names per action
  std::vector<std::string> read, create, update, remove, export_;
};

struct LayoutGroup {
  Label label;
  std::vector<std::string> fields;
};

struct TypeDecl {
  std::string name;  // `item`
  Label label, plural;
  std::string title_field;       // shown as the record's name
  std::string code_field;        // reference code, or empty
  std::string date_field;        // or empty
  std::string department_field;  // or empty
  std::string level_field;       // 密级 or access level that decides who may see it; empty: everybody who may read
  std::string closed_field;      // date until which only those who keep the records see it, or empty
  std::string parent_field;      // link to the same type that makes a tree, or empty
  std::string owner_field;       // principal id of the only one who may see it unless it is shared, or empty
  std::string shared_field;      // boolean: true lets everybody who may read see an owned record
  std::string numbering;         // name of a numbering template, or empty
  std::string number_field;      // integer: the number that the reference code ends with, or empty
  std::vector<std::string> like_parent;  // fields with the parent's values
  // Links to what the record lies in, nearest first: level, closing date and department that it does not say itself are
  // those of the nearest that does. The default of a level holds where nothing is said, and is never stored.
  std::vector<std::string> inherits;
  bool files = false;      // may have component files
  bool searchable = true;  // found by full-text search
  std::vector<FieldDecl> fields;
  std::vector<CompoundIndex> indexes;
  Permissions permissions;
  std::vector<std::string> list_columns;
  std::vector<LayoutGroup> form;
  std::uint32_t schema_version = 1;

  const FieldDecl* find_field(std::string_view field) const;
  // By name, label in any language or alias, whatever the width and case: headings and queries of people.
  const FieldDecl* match_field(std::string_view name_label_or_alias) const;
};

struct Term {
  std::string code;
  Label label;
  std::vector<std::string> aliases;  // accepted on input: `永久` for `Y`
  std::string written;               // as it stands in a reference code: `WS` for `organ.WS`; empty: the code
  int rank = 0;                      // order, clearance
  std::string parent;                // tree vocabularies
};

struct Vocabulary {
  std::string name;
  Label label;
  std::vector<Term> terms;
  std::map<std::string, std::size_t> names;  // folded codes, labels, aliases and written forms, filled when loaded
  const Term* find(std::string_view code) const;
  // Tolerant, for input: codes and labels before aliases and written forms, earlier terms before later ones.
  // With a scheme only terms of the scheme: `WS` is `university.WS` in `university`. A whole code is always itself.
  const Term* match(std::string_view code_alias_or_label, std::string_view scheme = {}) const;
  bool means_one_term(std::string_view code_alias_or_label) const;  // whatever the scheme
  void index_names();
};

}  // namespace lantai::schema
