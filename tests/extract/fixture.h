// What do the extraction tests share? An extractor over the real worker program, and files that exist only in memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "lantai/extract/extractor.h"

namespace lantai::extract::test {

std::filesystem::path worker_program();
std::filesystem::path office_program();

// An open file without a name. Owns the descriptor.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();
  SourceFile source(const std::string& name = "file") const { return {descriptor_, name}; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::unique_ptr<Extractor> make_extractor(Limits limits = {}, bool ocr = false);

// With one worker shared by the cases of a test program.
Extraction extract(std::string_view bytes, const std::string& name = "file");
Extractor& shared_extractor();

std::string all_text(const Extraction& extraction);      // pages joined by form feeds
std::string failure_code(const Extraction& extraction);  // empty: none
const Embedded* find_embedded(const Extraction& extraction, std::string_view path);
bool has_warning(const Extraction& extraction, std::string_view code);

// Text in another encoding, by iconv.
std::string encoded(std::string_view utf8, const char* charset);

}  // namespace lantai::extract::test
