#include "lantai/base/error.h"
#include "lantai/storage/key_value_store.h"

namespace lantai::storage {
namespace {

constexpr auto kOutcome = "outcome";

}  // namespace

Error with_unknown_outcome(const Error& error) {
  auto arguments = error.arguments();
  arguments[kOutcome] = "unknown";
  return {error.code(), error.message(), error.message_id(), std::move(arguments)};
}

bool outcome_unknown(const Error& error) { return error.arguments().contains(kOutcome); }

}  // namespace lantai::storage
