// What does one line of an import's report stand for? One unit: a file, a member of an archive, a row; or something met
// on the way that only needs to be reported. Values, made by SourceWalker and stored by UnitStorer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lantai/archive/import_service.h"
#include "lantai/base/error.h"

namespace lantai::archive {

// Bytes that become a component file: a file of the machine, bytes in hand, or a blob stored while unpacking.
struct FileSource {
  std::string name;  // decoded
  Bytes raw_name;
  std::string role = "main";
  std::filesystem::path path;
  std::shared_ptr<const Bytes> content;  // shared: units are copied between threads, their bytes are not
  Bytes blob;
  std::uint64_t size = 0;  // of a blob
};

struct ImportUnit {
  std::uint64_t sequence = 0;
  std::string shown;  // the path in the report
  // Identity. `key`: place on this machine, empty when the source was sent. `relative`: place within the import; it
  // counts only together with the content.
  std::string key, relative;
  std::string type;
  bool row = false;
  std::uint64_t row_number = 0;
  std::string row_key;  // by which other rows of the import may link to it
  schema::Json fields = schema::Json::object();
  std::vector<FileSource> files;
  bool after_earlier = false;        // its key came before in this run
  std::optional<ImportedFile> told;  // nothing to store
};

std::string digest_text(std::string_view text);  // SHA-256 in hex

// The whole error for people: its sentence, and each field with the rule it breaks.
std::string sentence_of(const Error& error, const schema::Schema& schema, schema::Language language);
// The same, said of a row of a list.
std::string sentence_of_row(std::uint64_t row, const Error& error, const schema::Schema& schema,
                            schema::Language language);

}  // namespace lantai::archive
