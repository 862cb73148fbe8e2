// Is this password good enough? At least `least` characters, four of them different, not the login or the name, not a
// run like 1234567890, not one of the common ones (docs/adr/0053). Pure; thread-safe.
#pragma once

#include <string_view>

namespace lantai::identity {

bool weak_password(std::string_view password, std::string_view login, std::string_view name, std::size_t least);

}  // namespace lantai::identity
