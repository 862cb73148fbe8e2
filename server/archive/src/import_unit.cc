#include "import_unit.h"

#include <set>

#include "lantai/storage/blob_store.h"

namespace lantai::archive {
namespace {

// As people call a field; by its name where types call it differently and none of them is an item.
std::string called(const std::string& field, const schema::Schema& schema, schema::Language language) {
  const std::string name = field.substr(0, field.find_first_of("[."));
  std::set<std::string> labels;
  for (const auto& type : schema.types()) {
    const auto* declared = type.find_field(name);
    if (declared == nullptr) continue;
    if (type.name == "item") labels.clear();
    labels.insert(declared->label.in(language));
    if (type.name == "item") break;
  }
  return labels.size() == 1 ? *labels.begin() + field.substr(name.size()) : field;
}

}  // namespace

std::string digest_text(std::string_view text) { return to_hex(storage::sha256(as_bytes(text))); }

std::string sentence_of(const Error& error, const schema::Schema& schema, schema::Language language) {
  if (error.problems().empty()) return schema.message(error, language);
  std::string sentence;
  for (const auto& problem : error.problems()) {
    if (!sentence.empty()) sentence += "; ";
    sentence +=
        called(problem.field, schema, language) + ": " + schema.message(problem.rule, language, problem.arguments);
  }
  return sentence;
}

std::string sentence_of_row(std::uint64_t row, const Error& error, const schema::Schema& schema,
                            schema::Language language) {
  const std::map<std::string, std::string> number = {{"row", std::to_string(row)}};
  if (error.message_id() == "import.bad_json_line") return schema.message(error.message_id(), language, number);
  return schema.message("import.bad_row", language, number) + ": " + sentence_of(error, schema, language);
}

}  // namespace lantai::archive
