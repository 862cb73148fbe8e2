#include "channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kCollect = 48U << 10U;

}  // namespace

int Channel::take_piece() {
  std::array<std::uint8_t, 4096> buffer;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec piece{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t count = 0;
  do {
    count = ::recvmsg(kSocket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) ::_exit(0);
  decoder_.add({buffer.data(), static_cast<std::size_t>(count)});
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
  return descriptor;
}

Channel::Incoming Channel::receive() {
  Incoming incoming;
  while (true) {
    if (const auto frame = decoder_.next()) {
      incoming.request = to_request(*frame);
      return incoming;
    }
    const int descriptor = take_piece();
    if (descriptor >= 0) incoming.descriptor = descriptor;
  }
}

void Channel::send(const Frame& frame) {
  const Bytes bytes = encode(frame);
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  if (waiting_.size() >= kCollect || frame.kind == FrameKind::done || frame.kind == FrameKind::progress) flush();
}

void Channel::send(FrameKind kind, std::vector<std::uint64_t> numbers, std::initializer_list<std::string_view> fields) {
  Frame frame{kind, std::move(numbers), {}};
  for (const auto field : fields) frame.fields.push_back(to_bytes(field));
  send(frame);
}

void Channel::flush() {
  std::size_t sent = 0;
  while (sent < waiting_.size()) {
    const auto count = ::write(kSocket, waiting_.data() + sent, waiting_.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) ::_exit(0);
    sent += static_cast<std::size_t>(count);
  }
  waiting_.clear();
}

}  // namespace lantai::extract::worker
