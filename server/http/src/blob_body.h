// How do stored bytes go out, whole or in part? Piece by piece from the blob store, verified there. One request's own.
#pragma once

#include <memory>
#include <string>

#include "call.h"
#include "conditional.h"

namespace lantai::http {

// 200, 206, 304 or 416 by the request's conditions; `file` names the download. `inline_view`: shown in the browser,
// which only formats without active content may be; others are sent as an attachment all the same.
Response blob_response(Call& call, const records::FileVersion& file, bool inline_view);

}  // namespace lantai::http
