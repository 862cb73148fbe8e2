// What does the API look like to a program? An OpenAPI 3.1 document drawn from the route table. Pure.
#pragma once

#include <vector>

#include "route.h"

namespace lantai::http {

Json openapi_document(const std::vector<Route>& table);
// components/schemas, by the names that routes use.
Json openapi_schemas();

}  // namespace lantai::http
