#include "fixture.h"

#include <iconv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "support/places.h"

namespace lantai::extract::test {

std::filesystem::path worker_program() { return lantai::test::binary_directory() / "bin/lantai-extract-worker"; }
std::filesystem::path office_program() { return lantai::test::binary_directory() / "bin/lantai-office-worker"; }

MemoryFile::MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("extract-test", MFD_CLOEXEC)) {
  if (descriptor_ < 0) throw std::runtime_error("memfd_create");
  while (!bytes.empty()) {
    const auto count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count <= 0) throw std::runtime_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

std::unique_ptr<Extractor> make_extractor(Limits limits, bool ocr) {
  ExtractorOptions options;
  options.worker_program = worker_program();
  options.office_program = office_program();
  options.workers = 1;
  options.limits = limits;
  options.ocr = ocr;
  options.allow_incomplete_sandbox = true;  // test_sandbox asks for all of it
  return Extractor::make(options);
}

Extractor& shared_extractor() {
  static const auto extractor = make_extractor();
  return *extractor;
}

Extraction extract(std::string_view bytes, const std::string& name) {
  const MemoryFile file(bytes);
  return shared_extractor().extract(file.source(name));
}

std::string all_text(const Extraction& extraction) {
  std::string text;
  for (const auto& page : extraction.pages) text += (text.empty() ? "" : "\f") + page.text;
  return text;
}

std::string failure_code(const Extraction& extraction) { return extraction.failure ? extraction.failure->code : ""; }

const Embedded* find_embedded(const Extraction& extraction, std::string_view path) {
  const auto found = std::find_if(extraction.embedded.begin(), extraction.embedded.end(),
                                  [&](const Embedded& embedded) { return embedded.path == path; });
  return found == extraction.embedded.end() ? nullptr : &*found;
}

bool has_warning(const Extraction& extraction, std::string_view code) {
  return std::any_of(extraction.warnings.begin(), extraction.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

std::string encoded(std::string_view utf8, const char* charset) {
  const iconv_t converter = ::iconv_open(charset, "UTF-8");
  if (converter == reinterpret_cast<iconv_t>(-1)) throw std::runtime_error(std::string("no charset ") + charset);
  std::string in(utf8), out(utf8.size() * 4 + 16, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t in_left = in.size(), out_left = out.size();
  const auto result = ::iconv(converter, &from, &in_left, &to, &out_left);
  ::iconv_close(converter);
  if (result == static_cast<std::size_t>(-1)) throw std::runtime_error(std::string("cannot be written in ") + charset);
  out.resize(out.size() - out_left);
  return out;
}

}  // namespace lantai::extract::test
