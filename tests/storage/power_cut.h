// Makes the files of a killed process look as after a power cut: what was not synced is gone, or there in part. Works
// on the log of sync_log.cc.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

namespace lantai::storage {

class PowerCut {
 public:
  explicit PowerCut(std::filesystem::path log) : log_(std::move(log)) {}
  const std::filesystem::path& log() const { return log_; }

  // Everything below `directory` counts as durable from here on.
  void begin(const std::filesystem::path& directory) {
    std::ofstream out(log_, std::ios::trunc);
    for_each_file(directory, [&](const auto& file, auto inode) { out << inode << ' ' << file_size(file) << '\n'; });
  }

  // Returns how many bytes were lost.
  std::uintmax_t cut(const std::filesystem::path& directory, std::mt19937& random) const {
    const auto durable = durable_sizes();
    std::uintmax_t lost = 0;
    for_each_file(directory, [&](const auto& file, auto inode) {
      const auto size = file_size(file);
      const auto found = durable.find(inode);
      const std::uintmax_t safe = found == durable.end() ? 0 : found->second;
      if (size <= safe) return;
      const auto kept = random() % 2 == 0 ? safe : safe + random() % (size - safe + 1);
      resize_file(file, kept);
      spoil_pages(file, safe, kept, random);
      lost += size - safe;
    });
    return lost;
  }

 private:
  // Pages reach the disk in any order: some of what was not synced is zeros.
  static void spoil_pages(const std::filesystem::path& file, std::uintmax_t from, std::uintmax_t to,
                          std::mt19937& random) {
    constexpr std::uintmax_t kPage = 4096;
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    for (auto at = from; at < to; at = (at / kPage + 1) * kPage) {
      const std::string zeros(std::min(to, (at / kPage + 1) * kPage) - at, '\0');
      if (random() % 3 == 0) stream.seekp(static_cast<std::streamoff>(at)).write(zeros.data(), std::ssize(zeros));
    }
  }

  template <typename Visit>
  static void for_each_file(const std::filesystem::path& directory, Visit visit) {
    if (!exists(directory)) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      struct stat info {};
      if (::stat(entry.path().c_str(), &info) == 0 && S_ISREG(info.st_mode)) visit(entry.path(), info.st_ino);
    }
  }

  std::map<ino_t, std::uintmax_t> durable_sizes() const {
    std::map<ino_t, std::uintmax_t> out;
    std::ifstream in(log_);
    for (ino_t inode = 0; in >> inode;) {
      long long size = 0;
      in >> size;
      auto& durable = out[inode];
      durable =
          size >= 0 ? static_cast<std::uintmax_t>(size) : std::min(durable, static_cast<std::uintmax_t>(-size - 1));
    }
    return out;
  }

  std::filesystem::path log_;
};

}  // namespace lantai::storage
