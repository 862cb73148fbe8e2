#include "lantai/base/error.h"

#include <cerrno>
#include <system_error>
#include <utility>

namespace lantai {

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::already_exists:
      return "already_exists";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::permission_denied:
      return "permission_denied";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::failed_precondition:
      return "failed_precondition";
    case ErrorCode::resource_exhausted:
      return "resource_exhausted";
    case ErrorCode::deadline_exceeded:
      return "deadline_exceeded";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::data_loss:
      return "data_loss";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

Error::Error(ErrorCode code, std::string message, std::string message_id, std::map<std::string, std::string> arguments)
    : code_(code), message_(std::move(message)), message_id_(std::move(message_id)), arguments_(std::move(arguments)) {}

Error::Error(std::string message, std::vector<FieldProblem> problems)
    : code_(ErrorCode::invalid_argument),
      message_(std::move(message)),
      message_id_("record.invalid"),
      problems_(std::move(problems)) {}

Error system_error(std::string_view doing, int error) {
  const ErrorCode code = error == ENOSPC || error == EDQUOT || error == EFBIG ? ErrorCode::resource_exhausted
                         : error == ENOENT || error == ENOTDIR                ? ErrorCode::not_found
                         : error == EACCES || error == EPERM                  ? ErrorCode::permission_denied
                                                                              : ErrorCode::unavailable;
  return Error(code, std::string(doing) + ": " + std::generic_category().message(error));
}

}  // namespace lantai
