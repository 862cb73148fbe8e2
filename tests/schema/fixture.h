// The declarations as shipped, and a temporary directory for more.
#pragma once

#include <memory>
#include <string>

#include "lantai/schema/schema.h"
#include "support/places.h"
#include "support/temporary_directory.h"

namespace lantai::schema {

inline std::shared_ptr<const Schema> shipped() {
  static const auto schema = Schema::load({lantai::test::shipped_declarations()});
  return schema;
}

}  // namespace lantai::schema
