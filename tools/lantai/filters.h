// How are queries and filters given on the command line?
#pragma once

#include <string>
#include <vector>

#include "lantai/search/searcher.h"

namespace lantai::cli {

// The words of a query, as the shell took them apart.
std::string query_of(const std::vector<std::string>& words);

// `retention=Y`, `fiscal_year=2019..2021`; several of one field are alternatives. Throws invalid_argument.
std::vector<search::FieldFilter> filters_of(const std::vector<std::string>& given);

}  // namespace lantai::cli
