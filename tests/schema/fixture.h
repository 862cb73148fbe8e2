// The declarations as shipped, and a temporary directory for more.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "lantai/base/id.h"
#include "lantai/schema/schema.h"

namespace lantai::schema {

inline std::shared_ptr<const Schema> shipped() {
  static const auto schema = Schema::load({LANTAI_SCHEMA_DIR});
  return schema;
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(std::filesystem::temp_directory_path() / ("lantai-schema-" + random_hex(8))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;  // a leftover directory must not fail a test
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace lantai::schema
