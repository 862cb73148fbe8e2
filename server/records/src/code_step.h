// Which reference code does a record get or keep? Part of a write: reads a given code tolerantly and stores the form of
// its template (code_reading.h), keeps what was typed last, keeps the code it had as a former one, or allocates the
// next number of its scope when all other elements are there. A code and its record never come to contradict each
// other.
//
// Numbers that the engine gave and numbers of deleted records stay in `counters` and are not given again; a typed code
// that is corrected leaves nothing behind. Confined to its transaction.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "code_reading.h"
#include "lantai/storage/key_codec.h"

namespace lantai::records {

class CodeStep {
 public:
  CodeStep(const Catalogue& catalogue, const TypePlan& plan, storage::Transaction& transaction, LinkedContext& context)
      : catalogue_(catalogue), plan_(plan), transaction_(transaction), context_(context) {}

  // `typed`: the code as the caller wrote it, before validation trimmed it. `decided`: fields that a link decides.
  // Throws field problems.
  void apply(const Record* before, Record& after, const std::string& typed, const std::set<std::string>& decided);
  // Numbers taken and set free between the two versions; after `apply`.
  void write_numbers(const Record* before, const Record& after);

 private:
  std::optional<CodeReading> read(const Json& fields, const std::string& code);
  void keep_companions(const Record* before, Record& after) const;
  void accept(const Record* before, Record& after, const std::string& typed, const std::set<std::string>& decided);
  void require_agreement(const Record* before, const Record& after);
  Json without_said(const std::optional<CodeReading>& had, const Record* before, const Record& after,
                    const std::set<std::string>& decided) const;
  void allocate(Record& after);
  std::optional<std::string> code_numbered(const schema::NumberingTemplate& numbering, const Record& after,
                                           std::uint64_t number) const;
  bool is_taken(Record& after, const std::string& code);
  std::uint64_t next_number(const std::string& scope, std::uint64_t most);
  std::optional<GivenNumber> number_in(const Record& record);
  void set_number(const CodeReading& reading, const std::optional<CodeReading>& had, Record& after) const;
  std::string code(const Record& record) const;

  const Catalogue& catalogue_;
  const TypePlan& plan_;
  storage::Transaction& transaction_;
  LinkedContext& context_;
  bool allocated_ = false;
};

}  // namespace lantai::records
