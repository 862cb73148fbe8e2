// Which fields of a form apply, and which must be filled in? Asked while somebody types.
#include "lantai/schema/form_state.h"

#include <fmt/format.h>

namespace lantai::schema {
namespace {

void add_states(const std::vector<FieldDecl>& declared, const Json& fields, const std::string& prefix,
                FormState& state) {
  for (const auto& field : declared) {
    const std::string path = prefix + field.name;
    if (field.visible_if && !field.visible_if->holds(fields)) state.hidden.push_back(path);
    if (field.required || (field.required_if && field.required_if->holds(fields))) state.required.push_back(path);
    const auto rows = fields.find(field.name);
    if (field.kind != FieldKind::table || rows == fields.end() || !rows->is_array()) continue;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      if ((*rows)[i].is_object()) add_states(field.columns, (*rows)[i], fmt::format("{}[{}].", path, i), state);
    }
  }
}

}  // namespace

FormState form_state(const TypeDecl& type, const Json& fields) {
  FormState state;
  if (fields.is_object()) add_states(type.fields, fields, {}, state);
  return state;
}

}  // namespace lantai::schema
