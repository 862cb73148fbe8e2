#include "lantai/archive/uploads.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "file_name.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/storage/key_codec.h"
#include "source_descriptor.h"

namespace lantai::archive {
namespace {

using nlohmann::json;
using storage::KeySpace;

constexpr std::size_t kStoredPiece = 4U << 20U;

Bytes upload_key(std::string_view id) { return storage::KeyWriter().text(id).take(); }

[[noreturn]] void fail_upload(const char* what) { throw system_error(what, errno); }

Error unknown_upload() { return Error(ErrorCode::not_found, "no such upload", "upload.unknown"); }

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail_upload("cannot open the file of an upload");
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(descriptor_); }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// The time of the last piece, by our clock.
void touch(const Descriptor& file, Timestamp now) {
  const timespec time{now.micros / 1'000'000, (now.micros % 1'000'000) * 1000};
  const timespec both[2] = {time, time};
  if (futimens(file.get(), both) != 0) fail_upload("cannot mark the file of an upload");
}

void write_at(const Descriptor& file, std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_upload("cannot write an upload");
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (fdatasync(file.get()) != 0) fail_upload("cannot write an upload");
}

}  // namespace

// Holds an upload for one piece.
class Uploads::Busy {
 public:
  Busy(Uploads& uploads, std::string_view id) : uploads_(uploads), id_(id) {
    std::lock_guard lock(uploads_.mutex_);
    if (!uploads_.busy_.insert(id_).second) {
      throw Error(ErrorCode::conflict, "another piece of this upload is being written", "upload.offset");
    }
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    std::lock_guard lock(uploads_.mutex_);
    uploads_.busy_.erase(id_);
  }

 private:
  Uploads& uploads_;
  std::string id_;
};

Uploads::Uploads(storage::Store& store, std::filesystem::path directory, const Clock& clock)
    : store_(store), directory_(std::move(directory)), clock_(clock) {
  std::filesystem::create_directories(directory_);
}

std::filesystem::path Uploads::file_of(std::string_view id) const { return directory_ / (std::string(id) + ".part"); }

Upload Uploads::begin(const records::Principal& principal, std::string_view name, std::uint64_t size) {
  if (size > kMaxUploadBytes) {
    throw Error(ErrorCode::invalid_argument, "upload too large", "upload.too_large",
                {{"limit", std::to_string(kMaxUploadBytes)}});
  }
  Upload upload;
  upload.id = make_id(clock_.now());
  upload.raw_name = to_bytes(name);
  upload.name = decode_name(name);
  upload.size = size;
  touch(Descriptor(file_of(upload.id), O_WRONLY | O_CREAT | O_EXCL), clock_.now());
  const json j = {{"owner", principal.id}, {"name", upload.name}, {"raw", to_hex(upload.raw_name)}, {"size", size}};
  store_.run_transaction([&](storage::Transaction& transaction) {
    transaction.put(KeySpace::uploads, upload_key(upload.id), json::to_cbor(j));
  });
  return upload;
}

Upload Uploads::load(const records::Principal& principal, std::string_view id) const {
  if (!is_id(id)) throw unknown_upload();
  const auto value = store_.read_view()->get(KeySpace::uploads, upload_key(id));
  if (!value) throw unknown_upload();
  const json j = json::from_cbor(*value);
  if (j.at("owner") != principal.id) throw unknown_upload();
  Upload upload;
  upload.id = id;
  upload.name = j.at("name");
  upload.raw_name = from_hex(j.at("raw").get<std::string>());
  upload.size = j.at("size");
  std::error_code error;
  const auto present = std::filesystem::file_size(file_of(id), error);
  if (error) throw unknown_upload();
  upload.offset = present;
  return upload;
}

Upload Uploads::get(const records::Principal& principal, std::string_view id) const { return load(principal, id); }

std::uint64_t Uploads::append(const records::Principal& principal, std::string_view id, std::uint64_t offset,
                              ByteView bytes) {
  const Busy busy(*this, id);
  const Upload upload = load(principal, id);
  if (offset != upload.offset) {
    throw Error(ErrorCode::conflict, "the upload stands elsewhere", "upload.offset",
                {{"offset", std::to_string(upload.offset)}});
  }
  if (bytes.size() > upload.size - upload.offset) {
    throw Error(ErrorCode::invalid_argument, "more bytes than announced", "upload.beyond_size",
                {{"size", std::to_string(upload.size)}});
  }
  const Descriptor file(file_of(id), O_WRONLY);
  write_at(file, offset, bytes);
  touch(file, clock_.now());
  return offset + bytes.size();
}

records::NewFile Uploads::take(const records::Principal& principal, std::string_view id) {
  const Busy busy(*this, id);
  const Upload upload = load(principal, id);
  if (upload.offset != upload.size) {
    throw Error(ErrorCode::failed_precondition, "the upload is not complete", "upload.incomplete",
                {{"offset", std::to_string(upload.offset)}, {"size", std::to_string(upload.size)}});
  }
  const SourceDescriptor source = SourceDescriptor::of_file(file_of(id));
  const auto writer = store_.blobs().create();
  for (std::uint64_t offset = 0; offset < upload.size;) {
    const Bytes piece = source.read(offset, kStoredPiece);
    if (piece.empty()) throw Error(ErrorCode::data_loss, "the file of an upload has shrunk");
    writer->write(piece);
    offset += piece.size();
  }
  const storage::BlobInfo blob = writer->finish();
  records::NewFile file;
  file.digest = blob.digest;
  file.size = blob.size;
  file.name = upload.name;
  file.raw_name = upload.raw_name;
  return file;
}

void Uploads::remove(const records::Principal& principal, std::string_view id) {
  const Busy busy(*this, id);
  load(principal, id);
  store_.run_transaction(
      [&](storage::Transaction& transaction) { transaction.erase(KeySpace::uploads, upload_key(id)); });
  std::filesystem::remove(file_of(id));
}

std::size_t Uploads::remove_untouched(std::chrono::seconds age) {
  const std::int64_t before = clock_.now().micros / 1'000'000 - age.count();
  std::size_t removed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    struct stat status {};
    if (stat(entry.path().c_str(), &status) != 0 || status.st_mtim.tv_sec > before) continue;
    const std::string id = entry.path().stem().string();
    if (!is_id(id)) continue;
    store_.run_transaction(
        [&](storage::Transaction& transaction) { transaction.erase(KeySpace::uploads, upload_key(id)); });
    std::filesystem::remove(entry.path());
    ++removed;
  }
  return removed;
}

}  // namespace lantai::archive
