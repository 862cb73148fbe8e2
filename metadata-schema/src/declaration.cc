#include "lantai/schema/declaration.h"

#include <algorithm>

#include "fold.h"

namespace lantai::schema {
namespace {

bool names(const Label& label, const std::string& wanted) {
  return folded(label.zh_hans) == wanted || folded(label.zh_hant) == wanted || folded(label.en) == wanted;
}

bool any_of(const std::vector<std::string>& aliases, const std::string& wanted) {
  return std::any_of(aliases.begin(), aliases.end(), [&](const auto& alias) { return folded(alias) == wanted; });
}

}  // namespace

const FieldDecl* TypeDecl::find_field(std::string_view field) const {
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == field; });
  return at == fields.end() ? nullptr : &*at;
}

const FieldDecl* TypeDecl::match_field(std::string_view name_label_or_alias) const {
  if (const auto* exact = find_field(name_label_or_alias)) return exact;
  const auto wanted = folded(name_label_or_alias);
  if (wanted.empty()) return nullptr;
  for (const auto& field : fields)
    if (folded(field.name) == wanted || names(field.label, wanted)) return &field;
  for (const auto& field : fields)
    if (any_of(field.aliases, wanted)) return &field;
  return nullptr;
}

const Term* Vocabulary::find(std::string_view code) const {
  const auto at = std::find_if(terms.begin(), terms.end(), [&](const auto& t) { return t.code == code; });
  return at == terms.end() ? nullptr : &*at;
}

const Term* Vocabulary::match(std::string_view code_alias_or_label) const {
  if (const auto* exact = find(code_alias_or_label)) return exact;
  const auto wanted = folded(code_alias_or_label);
  if (wanted.empty()) return nullptr;
  for (const auto& term : terms)
    if (folded(term.code) == wanted || names(term.label, wanted)) return &term;
  for (const auto& term : terms)
    if (any_of(term.aliases, wanted) || (!term.written.empty() && folded(term.written) == wanted)) return &term;
  return nullptr;
}

}  // namespace lantai::schema
