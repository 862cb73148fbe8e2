// Whatever stands in a condition: it is refused as invalid_argument, or it is parsed and evaluates without an
// exception, and parsing with a scope accepts nothing that parsing without one refuses.
#include "lantai/schema/feel.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lantai/base/error.h"

using lantai::Error;
using lantai::ErrorCode;
using lantai::schema::Json;
namespace feel = lantai::schema::feel;

namespace {

template <typename F>
bool accepted(F parse) {
  try {
    parse();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) std::abort();
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Json context = Json::parse(
      R"({"a": 1, "t": "关于放假的通知", "d": "2021-03-05", "l": [1, "x", null], "r": [{"a": 1}, {"a": 2}], "b": true})");
  static const feel::Scope scope{{"a", {feel::Kind::number}},
                                 {"t", {feel::Kind::text}},
                                 {"d", {feel::Kind::date}},
                                 {"l", {feel::Kind::list}},
                                 {"r", {feel::Kind::list, feel::Kind::context}},
                                 {"b", {feel::Kind::boolean}}};
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const bool plain = accepted([&] { (void)feel::Expression::parse(source).evaluate(context); });
  const bool typed = accepted([&] { (void)feel::Expression::parse(source, scope).evaluate(context); });
  if (typed && !plain) std::abort();
  return 0;
}
