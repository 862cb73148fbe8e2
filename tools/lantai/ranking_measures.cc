#include "ranking_measures.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <sstream>

#include "lantai/base/error.h"

namespace lantai::cli {
namespace {

void each_line(std::istream& in, const std::function<void(const std::string&, std::size_t)>& visit) {
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) visit(line, number);
  }
}

[[noreturn]] void not_understood(const char* wanted, std::size_t line) {
  throw Error(ErrorCode::invalid_argument, "line " + std::to_string(line) + " is not `" + wanted + "`");
}

// Gains at falling ranks, each less by the logarithm of its rank.
double discounted(const std::vector<int>& gains, std::size_t cutoff) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(cutoff, gains.size()); ++i)
    sum += gains[i] / std::log2(static_cast<double>(i) + 2);
  return sum;
}

}  // namespace

std::vector<JudgedQuery> read_queries(std::istream& in) {
  std::vector<JudgedQuery> queries;
  each_line(in, [&](const std::string& line, std::size_t number) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos || tab == 0) not_understood("number<tab>text", number);
    queries.push_back({line.substr(0, tab), line.substr(tab + 1)});
  });
  return queries;
}

Judgements read_judgements(std::istream& in) {
  Judgements judgements;
  each_line(in, [&](const std::string& line, std::size_t number) {
    std::istringstream words(line);
    std::string query, iteration, document;
    int judgement = 0;
    if (!(words >> query >> iteration >> document >> judgement))
      not_understood("number iteration document judgement", number);
    judgements[query][document] = judgement;
  });
  return judgements;
}

Measures measure(const std::vector<std::string>& ranked, const std::map<std::string, int>& judged,
                 const std::vector<std::size_t>& cutoffs) {
  std::vector<int> gains, best;
  std::set<std::string> met;
  for (const auto& document : ranked) {
    if (!met.insert(document).second) continue;
    const auto found = judged.find(document);
    gains.push_back(found == judged.end() ? 0 : std::max(0, found->second));
  }
  for (const auto& [unused, judgement] : judged)
    if (judgement > 0) best.push_back(judgement);
  std::sort(best.rbegin(), best.rend());

  Measures measures;
  double relevant = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    if (gains[i] == 0) continue;
    ++relevant;
    measures.average_precision += relevant / static_cast<double>(i + 1);
    if (measures.reciprocal_rank == 0) measures.reciprocal_rank = 1 / static_cast<double>(i + 1);
  }
  measures.average_precision /= static_cast<double>(best.size());
  for (const auto cutoff : cutoffs) {
    const auto seen = gains.begin() + static_cast<std::ptrdiff_t>(std::min(cutoff, gains.size()));
    const auto hits = static_cast<double>(std::count_if(gains.begin(), seen, [](int gain) { return gain > 0; }));
    measures.precision[cutoff] = hits / static_cast<double>(cutoff);
    measures.recall[cutoff] = hits / static_cast<double>(best.size());
    measures.ndcg[cutoff] = discounted(gains, cutoff) / discounted(best, cutoff);
  }
  return measures;
}

Measures mean(const std::vector<Measures>& all) {
  Measures sum;
  const auto share = 1 / static_cast<double>(std::max<std::size_t>(1, all.size()));
  const auto add = [&](std::map<std::size_t, double>& to, const std::map<std::size_t, double>& from) {
    for (const auto& [cutoff, value] : from) to[cutoff] += value * share;
  };
  for (const auto& one : all) {
    sum.average_precision += one.average_precision * share;
    sum.reciprocal_rank += one.reciprocal_rank * share;
    add(sum.ndcg, one.ndcg);
    add(sum.precision, one.precision);
    add(sum.recall, one.recall);
  }
  return sum;
}

}  // namespace lantai::cli
