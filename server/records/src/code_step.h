// Which reference code does a record get or keep? Part of a write: reads a given code tolerantly and stores its
// canonical form, keeps what was typed, keeps the code it had as a former one, or allocates the next number of its
// scope when all other elements are there. Every number ever given stays in `counters`, so none is given twice by the
// engine. Confined to its transaction.
#pragma once

#include <optional>
#include <string>

#include "lantai/storage/key_codec.h"
#include "lantai/storage/transaction.h"
#include "type_plan.h"

namespace lantai::records {

// A number within the scope it was given in.
struct GivenNumber {
  // The code without its counter: `Z109-WS·2011·Y·BGS`. Where codes are unique within something that they do not name,
  // as those of universities within a fonds, that stands before it: `Z109 1999-DQ14`.
  std::string scope;
  std::uint64_t number = 0;
  bool operator==(const GivenNumber&) const = default;
};

// Nullopt: the code is not of the template, or its counter is no number.
std::optional<GivenNumber> given_number(const schema::NumberingTemplate& numbering, std::string_view code);

// The canonical form, by the type's own template, else by the first that reads it; as it is when none does.
std::string canonical_code(const Catalogue& catalogue, const TypePlan& plan, const std::string& given);

class CodeStep {
 public:
  CodeStep(const Catalogue& catalogue, const TypePlan& plan, storage::Transaction& transaction)
      : catalogue_(catalogue), plan_(plan), transaction_(transaction) {}

  // `typed`: the code as the caller wrote it, before validation trimmed it. Throws field problems.
  void apply(const Record* before, Record& after, const std::string& typed);
  // Numbers taken and set free between the two versions.
  void write_numbers(const Record* before, const Record& after);

 private:
  const schema::NumberingTemplate& numbering_of(const Record& record);
  void accept(const Record* before, Record& after, const std::string& typed);
  void fill_from(const schema::ParsedCode& parsed, Record& after) const;
  void allocate(Record& after);
  std::optional<GivenNumber> number_of(const schema::NumberingTemplate& numbering, const Record& record,
                                       std::string_view code) const;
  std::uint64_t next_number(const std::string& scope);
  std::string code(const Record& record) const;

  const Catalogue& catalogue_;
  const TypePlan& plan_;
  storage::Transaction& transaction_;
};

}  // namespace lantai::records
