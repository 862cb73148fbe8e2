#include "scratch_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

constexpr uid_t kNobody = 65534;  // whom a worker started by root becomes

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "lantai-office-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw Error(ErrorCode::resource_exhausted, "no folder for a worker: " + std::generic_category().message(errno));
  path_ = name;
  // Where no other user exists the worker stays root and needs no owner.
  if (::geteuid() == 0 && ::chown(name.c_str(), kNobody, kNobody) != 0) ::chmod(name.c_str(), 0700);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lantai::extract
