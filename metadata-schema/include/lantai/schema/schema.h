// Which record types, vocabularies, numbering templates and messages are there? Loaded from a directory of YAML files,
// or several, later ones adding to earlier ones; closed: an unknown key, a dangling name or an ill-typed condition is
// an error with file and line. Immutable once loaded; thread-safe; shared by pointer to const.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/schema/declaration.h"
#include "lantai/schema/numbering.h"

namespace lantai::schema {

class Schema {
 public:
  // Directories with types/, vocabularies/, numbering/, messages/. Throws invalid_argument `file:line: what`.
  static std::shared_ptr<const Schema> load(const std::vector<std::filesystem::path>& directories);

  const std::vector<TypeDecl>& types() const { return types_; }
  const TypeDecl* find_type(std::string_view name) const;
  const TypeDecl& type(std::string_view name) const;  // throws not_found
  const std::map<std::string, Vocabulary, std::less<>>& vocabularies() const { return vocabularies_; }
  const Vocabulary* find_vocabulary(std::string_view name) const;
  const NumberingTemplate* find_numbering(std::string_view name) const;

  // The text for people of a message id, placeholders `{name}` filled; the id itself when there is no such message.
  std::string message(std::string_view id, Language language,
                      const std::map<std::string, std::string>& arguments = {}) const;
  // The whole error for people, falling back to what() of errors without an id.
  std::string message(const Error& error, Language language) const;

  std::string hash() const { return hash_; }  // of everything loaded, hex
  // What GET /schema serves, in one language (docs/formats/http.md).
  Json describe(Language language) const;

 private:
  friend class SchemaLoader;
  std::vector<TypeDecl> types_;
  std::map<std::string, Vocabulary, std::less<>> vocabularies_;
  std::map<std::string, NumberingTemplate, std::less<>> numberings_;
  std::map<std::string, Label, std::less<>> messages_;
  std::string hash_;
};

// Every way in which `fields` breaks the declaration; empty: valid. Also normalises in place: trims, applies NFC-free
// tolerant spellings of terms (label or alias → code), canonical dates. Unknown fields are problems.
std::vector<FieldProblem> validate(const Schema& schema, const TypeDecl& type, Json& fields);

}  // namespace lantai::schema
