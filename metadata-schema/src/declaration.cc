#include "lantai/schema/declaration.h"

#include <algorithm>

#include "fold.h"

namespace lantai::schema {
namespace {

bool names(const Label& label, const std::string& wanted) {
  return folded(label.zh_hans) == wanted || folded(label.zh_hant) == wanted || folded(label.en) == wanted;
}

bool is_one_of(const std::vector<std::string>& aliases, const std::string& wanted) {
  return std::any_of(aliases.begin(), aliases.end(), [&](const auto& alias) { return folded(alias) == wanted; });
}

bool is_label(const Term& term, const std::string& wanted) {
  return folded(term.code) == wanted || names(term.label, wanted);
}

bool is_other_name(const Term& term, const std::string& wanted) {
  return is_one_of(term.aliases, wanted) || (!term.written.empty() && folded(term.written) == wanted);
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
    if (is_one_of(field.aliases, wanted)) return &field;
  return nullptr;
}

const Term* Vocabulary::find(std::string_view code) const {
  const auto at = std::find_if(terms.begin(), terms.end(), [&](const auto& t) { return t.code == code; });
  return at == terms.end() ? nullptr : &*at;
}

const Term* Vocabulary::match(std::string_view code_alias_or_label, std::string_view scheme) const {
  if (const auto* exact = find(code_alias_or_label)) return exact;
  const auto wanted = folded(code_alias_or_label);
  if (scheme.empty()) {
    const auto at = names.find(wanted);
    return at == names.end() ? nullptr : &terms[at->second];
  }
  const auto prefix = std::string(scheme) + ".";
  for (const auto& term : terms)
    if (term.code.starts_with(prefix) &&
        (term.code == prefix + std::string(code_alias_or_label) || is_label(term, wanted)))
      return &term;
  for (const auto& term : terms)
    if (term.code.starts_with(prefix) && is_other_name(term, wanted)) return &term;
  return nullptr;
}

bool Vocabulary::means_one_term(std::string_view code_alias_or_label) const {
  const auto wanted = folded(code_alias_or_label);
  return std::count_if(terms.begin(), terms.end(),
                       [&](const auto& term) { return is_label(term, wanted) || is_other_name(term, wanted); }) == 1;
}

void Vocabulary::index_names() {
  names.clear();
  const auto add = [&](const std::string& spelling, std::size_t i) {
    if (const auto key = folded(spelling); !key.empty()) names.emplace(key, i);
  };
  for (std::size_t i = 0; i < terms.size(); ++i)
    for (const auto* spelling : {&terms[i].code, &terms[i].label.zh_hans, &terms[i].label.zh_hant, &terms[i].label.en})
      add(*spelling, i);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (const auto& alias : terms[i].aliases) add(alias, i);
    add(terms[i].written, i);
  }
}

}  // namespace lantai::schema
