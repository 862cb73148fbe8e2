#include "lantai/identity/audit_heads.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "account_store.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/schema/value.h"

namespace lantai::identity {
namespace {

using schema::Json;

constexpr const char* kHeadFormat = "lantai-audit-head-1";

void start_sodium() {
  if (sodium_init() < 0) throw Error(ErrorCode::internal, "libsodium cannot start");
}

void put_number(std::uint64_t number, Bytes& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}

// What is signed: docs/formats/audit.md.
Bytes message_of(const SignedHead& head) {
  Bytes message = to_bytes(std::string(kHeadFormat) + "\n" + head.store);
  put_number(head.head.sequence, message);
  put_number(static_cast<std::uint64_t>(head.time.micros), message);
  message.insert(message.end(), head.head.hash.begin(), head.head.hash.end());
  return message;
}

SignedHead parse(const Json& json) {
  SignedHead out;
  out.head = {json.at("sequence").get<std::uint64_t>(), from_hex(json.at("hash").get<std::string>())};
  if (out.head.hash.size() != 32) throw Error(ErrorCode::invalid_argument, "its hash is not of 32 bytes");
  if (!json.contains("signature")) return out;
  if (json.at("format") != kHeadFormat) throw Error(ErrorCode::invalid_argument, "it is of an unknown format");
  json.at("store").get_to(out.store);
  out.key = from_hex(json.at("key").get<std::string>());
  out.signature = from_hex(json.at("signature").get<std::string>());
  const auto time = parse_rfc3339(json.at("time").get<std::string>());
  if (!time) throw Error(ErrorCode::invalid_argument, "its time is none");
  out.time = *time;
  return out;
}

class Keeper final : public HeadKeeper {
 public:
  Keeper(storage::Store& store, const HeadSigner& signer, const Clock& clock, std::filesystem::path file,
         std::chrono::milliseconds every)
      : store_(store), signer_(signer), clock_(clock), file_(std::move(file)), every_(every) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~Keeper() override {
    thread_.request_stop();
    wake_.notify_all();
    thread_.join();
    keep();
  }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      keep();
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, every_, [] { return false; });
    }
  }

  void keep() {
    try {
      const auto head = store_.audit().head();
      if (head.sequence == kept_) return;
      append_head(signer_.sign(store_.identity(), head, clock_.now()), file_);
      kept_ = head.sequence;
    } catch (const std::exception& error) {
      log::error("the head of the audit log cannot be kept in {}: {}", file_.string(), error.what());
    }
  }

  storage::Store& store_;
  const HeadSigner signer_;
  const Clock& clock_;
  const std::filesystem::path file_;
  const std::chrono::milliseconds every_;
  std::uint64_t kept_ = 0;  // the thread's own until it is joined
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace

HeadSigner::HeadSigner(const Bytes& seed)
    : secret_key_(crypto_sign_SECRETKEYBYTES), public_key_(crypto_sign_PUBLICKEYBYTES) {
  start_sodium();
  if (seed.size() != crypto_sign_SEEDBYTES) throw Error(ErrorCode::invalid_argument, "a signing key has 32 bytes");
  crypto_sign_seed_keypair(public_key_.data(), secret_key_.data(), seed.data());
}

HeadSigner HeadSigner::of_store(storage::Store& store) { return HeadSigner(stored_key(store, "audit heads")); }

HeadSigner HeadSigner::of_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) throw Error(ErrorCode::not_found, "cannot read a key from " + file.string());
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  try {
    return HeadSigner(from_hex(line));
  } catch (const Error&) {
    throw Error(ErrorCode::invalid_argument, file.string() + " does not begin with a key of 64 hex digits");
  }
}

SignedHead HeadSigner::sign(const storage::StoreIdentity& store, const storage::AuditHead& head, Timestamp time) const {
  SignedHead out{store.uuid, head, time, public_key_, Bytes(crypto_sign_BYTES)};
  const auto message = message_of(out);
  crypto_sign_detached(out.signature.data(), nullptr, message.data(), message.size(), secret_key_.data());
  return out;
}

bool is_genuine(const SignedHead& head) {
  start_sodium();
  if (head.signature.size() != crypto_sign_BYTES || head.key.size() != crypto_sign_PUBLICKEYBYTES) return false;
  const auto message = message_of(head);
  return crypto_sign_verify_detached(head.signature.data(), message.data(), message.size(), head.key.data()) == 0;
}

std::string to_json_line(const SignedHead& head) {
  return nlohmann::ordered_json{{"format", kHeadFormat},
                                {"store", head.store},
                                {"sequence", head.head.sequence},
                                {"hash", to_hex(head.head.hash)},
                                {"time", format_rfc3339(head.time)},
                                {"key", to_hex(head.key)},
                                {"signature", to_hex(head.signature)}}
      .dump();
}

std::vector<SignedHead> read_heads(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw Error(ErrorCode::not_found, "cannot read " + file.string());
  std::vector<SignedHead> heads;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    try {
      heads.push_back(parse(Json::parse(line)));
    } catch (const std::exception& error) {
      throw Error(ErrorCode::invalid_argument, file.string() + ", line " + std::to_string(number) +
                                                   ", holds no head of an audit log: " + error.what());
    }
  }
  if (heads.empty()) throw Error(ErrorCode::invalid_argument, file.string() + " holds no head of an audit log");
  return heads;
}

void append_head(const SignedHead& head, const std::filesystem::path& file) {
  const auto line = to_json_line(head) + "\n";
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const bool written =
      out >= 0 && ::write(out, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(out) == 0;
  if (out >= 0) ::close(out);
  if (!written) throw Error(ErrorCode::unavailable, "cannot write " + file.string());
}

HeadsVerdict check_heads(const std::vector<SignedHead>& heads, const storage::StoreIdentity& store,
                         const storage::AuditLog& log, const Bytes& key) {
  HeadsVerdict verdict;
  for (const auto& head : heads) {
    const auto wrong = [&]() -> std::string {
      if (!head.signature.empty()) {
        if (!is_genuine(head)) return "its signature does not hold";
        if (!key.empty() && head.key != key) return "it is signed with another key";
        if (head.store != store.uuid) return "it is of another store";
      } else if (!key.empty()) {
        return "it is not signed";
      }
      if (head.head.sequence == 0) return {};
      const auto found = log.read(head.head.sequence - 1, 1);
      if (found.empty()) return "the log ends before it";
      return found.front().hash == head.head.hash ? "" : "the entry there has another hash";
    }();
    ++verdict.checked;
    verdict.unsigned_heads += head.signature.empty() ? 1 : 0;
    if (!wrong.empty()) {
      verdict.first_wrong = "head of entry " + std::to_string(head.head.sequence) + ": " + wrong;
      return verdict;
    }
  }
  return verdict;
}

std::unique_ptr<HeadKeeper> HeadKeeper::start(storage::Store& store, const HeadSigner& signer, const Clock& clock,
                                              const std::filesystem::path& file, std::chrono::milliseconds every) {
  return std::make_unique<Keeper>(store, signer, clock, file, every);
}

}  // namespace lantai::identity
