// How is a field's value written so that byte order is its natural order? One self-delimiting component a value: no
// component is a prefix of another, so several can follow one another in a key (docs/formats/records.md). Text orders
// by code point; dates and their uncertain spellings by day; decimals by value. Text beyond the limit is cut and
// followed by the SHA-256 of the whole: equality stays exact, order is that of the first bytes. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "lantai/base/bytes.h"
#include "lantai/schema/declaration.h"

namespace lantai::records {

void append_bytes(Bytes& out, ByteView more);

// `value` null: the component of "no value", below every other.
Bytes index_component(const schema::FieldDecl& field, const schema::Json& value, std::size_t text_limit);

// Half-open bounds of the components in [from, to], both inclusive; of dates and timestamps `to` includes everything
// that begins with it: `2021` ends with the year. Throws invalid_argument when a bound is not of the field's kind.
struct ComponentBounds {
  Bytes begin;
  Bytes end;  // empty: no upper bound but the kind's own
};
ComponentBounds index_bounds(const schema::FieldDecl& field, const std::optional<std::string>& from,
                             const std::optional<std::string>& to, std::size_t text_limit);

}  // namespace lantai::records
