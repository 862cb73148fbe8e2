// Where may a worker that has to work on files do so? In a fresh folder that only it can enter, gone with this object.
// Thread-confined.
#pragma once

#include <filesystem>

namespace lantai::extract {

class ScratchFolder {
 public:
  // Below the system's folder for temporary files. Throws resource_exhausted.
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace lantai::extract
