// Which record types, vocabularies, numbering templates and messages are there? Loaded from a directory of YAML files,
// or several, later ones adding to earlier ones; closed: an unknown key, a dangling name or an ill-typed condition is
// an error with file and line. Immutable once loaded; thread-safe; shared by pointer to const.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/schema/declaration.h"
#include "lantai/schema/numbering.h"

namespace lantai::schema {

// One declaration file. The last folder of `name` says what it declares: `types/item.yaml`.
struct DeclarationSource {
  std::string name;
  std::string text;
};

class Schema {
 public:
  // Directories with types/, vocabularies/, numbering/, messages/. Throws invalid_argument `file:line: what`.
  static std::shared_ptr<const Schema> load(const std::vector<std::filesystem::path>& directories);
  // The same from memory.
  static std::shared_ptr<const Schema> parse(const std::vector<DeclarationSource>& sources);

  const std::vector<TypeDecl>& types() const { return types_; }
  const TypeDecl* find_type(std::string_view name) const;
  const TypeDecl& type(std::string_view name) const;  // throws not_found
  const std::map<std::string, Vocabulary, std::less<>>& vocabularies() const { return vocabularies_; }
  const Vocabulary* find_vocabulary(std::string_view name) const;
  const std::map<std::string, NumberingTemplate, std::less<>>& numberings() const { return numberings_; }
  const NumberingTemplate* find_numbering(std::string_view name) const;
  const std::map<std::string, Label, std::less<>>& messages() const { return messages_; }

  // The text for people of a message id, placeholders `{name}` filled; the id itself when there is no such message.
  std::string message(std::string_view id, Language language,
                      const std::map<std::string, std::string>& arguments = {}) const;
  // The whole error for people, falling back to what() of errors without an id.
  std::string message(const Error& error, Language language) const;

  std::string hash() const { return hash_; }  // of everything loaded, hex
  // Of types and vocabularies only: what stored and indexed data depend on.
  std::string structure_hash() const { return structure_hash_; }
  // What GET /schema serves, in one language (docs/formats/http.md).
  Json describe(Language language) const;

 private:
  friend class SchemaLoader;
  std::vector<TypeDecl> types_;
  std::map<std::string, Vocabulary, std::less<>> vocabularies_;
  std::map<std::string, NumberingTemplate, std::less<>> numberings_;
  std::map<std::string, Label, std::less<>> messages_;
  std::string hash_, structure_hash_;
};

// Every way in which `fields` breaks the declaration; empty: valid. Also normalises in place: trims, drops empty
// values, fills defaults, turns tolerant spellings of terms (label or alias) into codes and of dates into 2021-03-05.
// Unknown fields are problems. Links are checked for form only: whether the target exists is the record engine's to
// know.
// `schemes`: for fields of terms, the scheme that a code without one belongs to.
using Schemes = std::map<std::string, std::string>;
std::vector<FieldProblem> validate(const Schema& schema, const TypeDecl& type, Json& fields,
                                   const Schemes& schemes = {});
// One value as validate would keep it, not of a list or table; nullopt: it is refused.
std::optional<Json> kept_value(const Schema& schema, const FieldDecl& field, const Json& value);
// Several values in one text, as a cell of a spreadsheet holds them: `教务处；学生处`. A separator (; ； or a line
// break) within a value has a backslash before it. validate reads such a text of a field that has many values.
std::string list_text(const std::vector<std::string>& values);
// Expected fields that are absent (rule `field.expected`): what a cataloguer still has to fill in.
std::vector<FieldProblem> gaps(const TypeDecl& type, const Json& fields);

// Dates as people and papers write them (2021年3月5日, 2021/3/5, 20210305, 二〇二一年三月) in the kept form; nullopt:
// not a date. Bracketed `[19450815]` only with `uncertain`.
std::optional<std::string> normalise_date(std::string_view written, bool uncertain);

}  // namespace lantai::schema
