#define LOK_USE_UNSTABLE_API
#include "office.h"

#include <LibreOfficeKit/LibreOfficeKitInit.h>
#include <unistd.h>

#include <LibreOfficeKit/LibreOfficeKit.hxx>
#include <array>
#include <cstdlib>
#include <fstream>

#include "../worker/fault.h"

namespace lantai::extract::office {
namespace {

using worker::Fault;

constexpr std::array kPrograms = {"/usr/lib/libreoffice/program", "/opt/libreoffice/program"};
constexpr std::uint64_t kMaxDocumentBytes = 512ULL << 20U;

std::string url(const std::filesystem::path& path) { return "file://" + path.string(); }

void copy_document(int descriptor, const std::filesystem::path& to) {
  std::ofstream out(to, std::ios::binary);
  std::array<char, 64 * 1024> buffer;
  std::uint64_t done = 0;
  while (true) {
    const auto got = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(done));
    if (got < 0) worker::damaged("the file cannot be read");
    if (got == 0) break;
    done += static_cast<std::uint64_t>(got);
    if (done > kMaxDocumentBytes) throw Fault("too_large", "an office document of more than 512 MB");
    out.write(buffer.data(), got);
  }
  out.close();
  if (!out) throw Fault("too_large", "there is no room for the document");
}

Bytes whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

// The document, its result, and what LibreOffice puts beside them while it works.
class WorkingFolder {
 public:
  explicit WorkingFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
  }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;
  ~WorkingFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  const std::filesystem::path path_;
};

std::unique_ptr<lok::Office> start(const std::filesystem::path& folder) {
  for (const char* program : kPrograms) {
    if (::access(program, R_OK) != 0) continue;
    std::unique_ptr<lok::Office> office(lok::lok_cpp_init(program, url(folder / "profile").c_str()));
    if (office) return office;
  }
  throw Fault("unsupported_format", "LibreOffice is not installed or does not start");
}

}  // namespace

Office::Office(std::filesystem::path folder) : folder_(std::move(folder)), office_(start(folder_)) {}

// LibreOffice's own end takes as long as its start and is of no use: the process ends with it.
Office::~Office() { static_cast<void>(office_.release()); }

Bytes Office::convert(int descriptor, const std::string& extension, const std::string& target) {
  const WorkingFolder work(folder_ / "work");
  const auto source = work.file("document." + extension), result = work.file("result." + target);
  copy_document(descriptor, source);
  const std::unique_ptr<lok::Document> document(office_->documentLoad(url(source).c_str()));
  if (!document) worker::damaged("LibreOffice cannot open it");
  if (!document->saveAs(url(result).c_str(), target.c_str(), nullptr))
    worker::damaged("LibreOffice cannot convert it to " + target);
  Bytes bytes = whole(result);
  if (bytes.empty()) worker::damaged("LibreOffice made nothing of it");
  return bytes;
}

}  // namespace lantai::extract::office
