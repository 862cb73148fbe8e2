// How does a client learn what went wrong? One table from error to status, and problem details (RFC 9457) in the
// caller's language. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/http/message.h"
#include "lantai/schema/schema.h"

namespace lantai::http {

int status_of(const Error& error);

// What a client may know: of `internal` and `data_loss` not the message, only the request's id for the log.
// `as`: the status, where the front decided on it.
Response problem_response(const schema::Schema& schema, const Error& error, schema::Language language,
                          const std::string& request_id, std::optional<int> as = std::nullopt);

// What is wrong with each field, as `errors` of a body; an error that names no field says what is wrong with the whole.
schema::Json problem_list(const schema::Schema& schema, const std::vector<FieldProblem>& problems,
                          schema::Language language);
schema::Json problem_list(const schema::Schema& schema, const Error& error, schema::Language language);

// For the errors that only HTTP knows: 405, 408, 412 …, with the message id `request.…`.
Error request_error(int status);

}  // namespace lantai::http
