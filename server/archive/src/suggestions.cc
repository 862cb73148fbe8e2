#include "lantai/archive/suggestions.h"

#include <algorithm>

#include "lantai/papers/official_document.h"

namespace lantai::archive {
namespace {

using papers::Element;

std::vector<Element> elements_of(const extract::Extraction& text) {
  std::vector<papers::Page> pages;
  for (const auto& page : text.pages) pages.push_back({page.number, page.text});
  return papers::read_official_document(pages);
}

std::string_view text_of(const extract::Extraction& text, const Element& element) {
  for (const auto& page : text.pages)
    if (page.number == element.page)
      return std::string_view(page.text).substr(element.begin, element.end - element.begin);
  return {};
}

Suggestion for_field(const schema::FieldDecl& field, const std::vector<Element>& elements,
                     const extract::Extraction& text) {
  Suggestion suggestion;
  suggestion.field = field.name;
  for (const auto& element : elements) {
    if (papers::name(element.kind) != field.element) continue;
    if (!field.many && !suggestion.places.empty()) continue;
    if (field.many) {
      suggestion.value.push_back(element.value);
    } else {
      suggestion.value = element.value;
    }
    suggestion.confidence =
        suggestion.places.empty() ? element.confidence : std::min(suggestion.confidence, element.confidence);
    suggestion.places.push_back({element.page, element.begin, element.end, std::string(text_of(text, element))});
  }
  return suggestion;
}

// As the record would keep them; what it would refuse is no suggestion. What stands behind the mark of a term
// (`机密★10年`) goes to the field that takes it.
std::vector<Suggestion> kept(const schema::Schema& schema, const schema::TypeDecl& type, std::vector<Suggestion> all) {
  schema::Json fields = schema::Json::object();
  for (const auto& one : all) fields[one.field] = one.value;
  schema::validate(schema, type, fields);
  std::vector<Suggestion> good;
  for (auto& one : all) {
    const auto value = fields.find(one.field);
    if (value == fields.end() || value->is_null()) continue;
    one.value = *value;
    good.push_back(one);
    const auto* field = type.find_field(one.field);
    if (field == nullptr) continue;
    const auto rest = fields.find(field->suffix_field);
    if (rest == fields.end() || rest->is_null()) continue;
    one.field = field->suffix_field;
    one.value = *rest;
    good.push_back(one);
  }
  return good;
}

}  // namespace

std::vector<Suggestion> suggest(const schema::Schema& schema, const schema::TypeDecl& type,
                                const records::Record& record, const TextStore& texts) {
  for (const auto& file : record.files) {
    const auto text = texts.find(file.current().digest);
    if (!text) continue;
    const auto elements = elements_of(*text);
    std::vector<Suggestion> all;
    for (const auto& field : type.fields) {
      if (field.element.empty()) continue;
      auto one = for_field(field, elements, *text);
      one.file = file.number;
      if (!one.places.empty()) all.push_back(std::move(one));
    }
    if (!all.empty()) return kept(schema, type, std::move(all));
  }
  return {};
}

}  // namespace lantai::archive
