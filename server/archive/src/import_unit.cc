#include "import_unit.h"

namespace lantai::archive {

std::string sentence_of(const Error& error, const schema::Schema& schema, schema::Language language) {
  if (error.problems().empty()) return schema.message(error, language);
  std::string sentence;
  for (const auto& problem : error.problems()) {
    if (!sentence.empty()) sentence += "; ";
    sentence += problem.field + ": " + schema.message(problem.rule, language, problem.arguments);
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
