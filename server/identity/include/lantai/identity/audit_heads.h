// How does somebody notice that the end of the audit log was cut off, or the whole log written anew with all hashes
// right? By a head that was kept elsewhere: which entry was the last, and its hash, signed (Ed25519) so that the file
// it is kept in can be copied about (docs/formats/audit.md). The keeper writes one on a schedule.
//
// Values and HeadSigner: immutable, thread-safe. Used in tests/identity/audit_heads_test.cc.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/base/time.h"
#include "lantai/storage/store.h"

namespace lantai::identity {

struct SignedHead {
  std::string store;  // its UUID
  storage::AuditHead head;
  Timestamp time;
  Bytes key;        // public, 32 bytes
  Bytes signature;  // 64 bytes; empty: not signed, as earlier versions wrote heads
};

class HeadSigner {
 public:
  static HeadSigner of_store(storage::Store& store);  // a key kept in the store, made when it is first asked for
  // Of 64 hex digits, as `openssl rand -hex 32` writes them. Throws not_found, invalid_argument.
  static HeadSigner of_file(const std::filesystem::path& file);

  Bytes public_key() const { return public_key_; }
  SignedHead sign(const storage::StoreIdentity& store, const storage::AuditHead& head, Timestamp time) const;

 private:
  explicit HeadSigner(const Bytes& seed);
  Bytes secret_key_, public_key_;
};

bool is_genuine(const SignedHead& head);  // its signature is that of its key
std::string to_json_line(const SignedHead& head);

// One head a line. Throws not_found when there is no such file; invalid_argument naming the line that is none.
std::vector<SignedHead> read_heads(const std::filesystem::path& file);
// At the end of the file, which is on the disk when this returns. Throws unavailable.
void append_head(const SignedHead& head, const std::filesystem::path& file);

struct HeadsVerdict {
  std::uint64_t checked = 0;  // heads
  std::uint64_t unsigned_heads = 0;
  std::string first_wrong;  // what is wrong with the first head that does not fit; empty: all do
};
// Does the log hold every one of these heads? `key`: signed by it; empty: by whatever key they name.
HeadsVerdict check_heads(const std::vector<SignedHead>& heads, const storage::StoreIdentity& store,
                         const storage::AuditLog& log, const Bytes& key);

class HeadKeeper {
 public:
  // Writes a head at once, then every interval when there are new entries, and when it stops. What cannot be written is
  // logged and tried again at the next. All outlive it.
  static std::unique_ptr<HeadKeeper> start(storage::Store& store, const HeadSigner& signer, const Clock& clock,
                                           const std::filesystem::path& file, std::chrono::milliseconds every);
  virtual ~HeadKeeper() = default;
};

}  // namespace lantai::identity
