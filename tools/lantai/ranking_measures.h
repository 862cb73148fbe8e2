// How good is a ranking, by judgements of TREC? Definitions as trec_eval has them (docs/adr/0036). Pure; thread-safe.
#pragma once

#include <cstddef>
#include <istream>
#include <map>
#include <string>
#include <vector>

namespace lantai::cli {

// Query → document → judgement; above 0: relevant.
using Judgements = std::map<std::string, std::map<std::string, int>>;

struct JudgedQuery {
  std::string number, text;
};

// `number <tab> text` a line; `number iteration document judgement` a line, apart by blanks. Empty lines count for
// nothing. Throw invalid_argument with the number of the line.
std::vector<JudgedQuery> read_queries(std::istream& in);
Judgements read_judgements(std::istream& in);

struct Measures {
  double average_precision = 0, reciprocal_rank = 0;
  std::map<std::size_t, double> ndcg, precision, recall;  // by cutoff
};

// Of one query with at least one relevant document. `ranked`: documents, best first; one met again does not count
// again.
Measures measure(const std::vector<std::string>& ranked, const std::map<std::string, int>& judged,
                 const std::vector<std::size_t>& cutoffs);

Measures mean(const std::vector<Measures>& all);  // zeros of none

}  // namespace lantai::cli
