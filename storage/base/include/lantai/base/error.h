// Which errors cross a library boundary? Only this one.
//
// A throw site says what went wrong in English for the log (`message`) and, where a person will read it, names an entry
// of metadata-schema/messages (`message_id`, `arguments`), so that the caller's language is chosen late. Field problems
// name the field, the rule it breaks and the rule's limits. Values; freely copied between threads.
#pragma once

#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lantai {

enum class ErrorCode {
  invalid_argument,
  not_found,
  already_exists,
  conflict,  // the version or key the caller started from has changed
  permission_denied,
  unauthenticated,
  failed_precondition,
  resource_exhausted,
  deadline_exceeded,
  unavailable,
  data_loss,  // stored bytes do not match their digest
  cancelled,
  internal,
};

std::string_view name(ErrorCode code);

// One field that breaks one rule. `field` is a path such as `retention` or `files[2].name`; `rule` an id of
// metadata-schema/messages such as `field.required`; `arguments` fill its placeholders.
struct FieldProblem {
  std::string field;
  std::string rule;
  std::map<std::string, std::string> arguments;
};

class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);
  Error(ErrorCode code, std::string message, std::string message_id, std::map<std::string, std::string> arguments = {});
  Error(std::string message, std::vector<FieldProblem> problems);  // invalid_argument, message id `record.invalid`

  ErrorCode code() const { return code_; }
  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& message() const { return message_; }
  const std::string& message_id() const { return message_id_; }  // empty: nothing prepared for people
  const std::map<std::string, std::string>& arguments() const { return arguments_; }
  const std::vector<FieldProblem>& problems() const { return problems_; }

 private:
  ErrorCode code_;
  std::string message_;
  std::string message_id_;
  std::map<std::string, std::string> arguments_;
  std::vector<FieldProblem> problems_;
};

// What the operating system answered (`error` is an errno): a full disk is resource_exhausted, what is not there
// not_found, what is forbidden permission_denied, anything else unavailable.
Error system_error(std::string_view doing, int error);

}  // namespace lantai
