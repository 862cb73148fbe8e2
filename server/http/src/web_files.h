// How does the browser get the web application? From files below one directory: hashed assets for a year, everything
// else to be checked again each time, and index.html for every path that is no file, for the application has its own
// routes. A `.gz` beside a file is sent to those who take it. Thread-safe; notices changed files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lantai/http/message.h"

namespace lantai::http {

class WebFiles {
 public:
  explicit WebFiles(std::filesystem::path root) : root_(std::move(root)) {}
  // Throws not_found (`request.not_found`). `segments`: decoded, without `..` (path_segments).
  Response get(const std::vector<std::string>& segments, const Headers& headers) const;

 private:
  std::filesystem::path root_;
};

std::string_view media_type_of(const std::filesystem::path& file);

}  // namespace lantai::http
