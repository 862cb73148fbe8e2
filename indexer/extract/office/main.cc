// lantai-office-worker: converts untrusted office documents for the server, one at a time, locked in like
// lantai-extract-worker, but with threads, LibreOffice's libraries and one folder of its own (docs/adr/0025). Talks the
// same frames over descriptor 3 and ends when that closes.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "../worker/channel.h"
#include "../worker/fault.h"
#include "../worker/report.h"
#include "../worker/sandbox.h"
#include "office.h"

namespace {

namespace worker = lantai::extract::worker;
using lantai::ByteView;
using lantai::extract::FrameKind;

constexpr std::uint64_t kLargestFile = 1ULL << 30U;

worker::SandboxState lock_in(std::uint64_t memory_bytes, const char* folder) {
  worker::Freedom freedom;
  freedom.readable = {"/usr/lib",         "/usr/lib64",           "/lib",
                      "/lib64",           "/usr/share",           "/opt/libreoffice",
                      "/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice",
                      "/etc/ld.so.cache", "/dev/urandom"};
  freedom.writable = folder;
  freedom.file_bytes = kLargestFile;
  freedom.threads_and_libraries = true;
  return worker::lock_in(memory_bytes, freedom);
}

void set_environment(const char* folder) {
  for (const char* name : {"HOME", "TMPDIR", "TMP", "TEMP"})
    ::setenv(name, folder, 1);                  // NOLINT(concurrency-mt-unsafe)
  ::setenv("SAL_USE_VCLPLUGIN", "svp", 1);      // NOLINT(concurrency-mt-unsafe): draws into memory
  ::setenv("SAL_DISABLE_PRINTERLIST", "1", 1);  // NOLINT(concurrency-mt-unsafe)
  ::setenv("LANG", "C.UTF-8", 1);               // NOLINT(concurrency-mt-unsafe)
}

class Server {
 public:
  Server(worker::Channel& channel, const char* folder) : channel_(channel), folder_(folder) {}

  void answer(const worker::Channel::Incoming& incoming) {
    const auto& request = incoming.request;
    worker::Budget budget(request.limits);
    worker::Report report(channel_, budget);
    try {
      if (request.kind == FrameKind::probe) return probe();
      if (request.kind != FrameKind::convert) throw worker::Fault("unsupported_format", "unknown request");
      if (!office_) office_.emplace(folder_);
      send(office_->convert(incoming.descriptor, request.name, request.target), budget);
    } catch (const worker::Fault& fault) {
      report.failure(fault.code, fault.detail);
    } catch (const std::bad_alloc&) {
      report.failure("memory_limit", "needs more memory than allowed");
    } catch (const std::exception& problem) {
      report.failure("damaged", problem.what());
    }
  }

 private:
  void send(ByteView bytes, worker::Budget& budget) {
    using lantai::extract::kMaxPieceBytes;
    budget.spend_expanded(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += kMaxPieceBytes)
      channel_.send(FrameKind::data, {},
                    {lantai::as_chars(bytes.subspan(at, std::min(kMaxPieceBytes, bytes.size() - at)))});
  }

  void probe() {
    for (const auto& attempt : worker::try_to_break_out())
      channel_.send(FrameKind::attempt, {attempt.allowed ? 1U : 0U}, {attempt.what});
  }

  worker::Channel& channel_;
  const char* const folder_;
  std::optional<lantai::extract::office::Office> office_;
};

}  // namespace

int main(int argc, char** argv) {
  struct stat socket {};
  if (argc != 5 || std::string(argv[1]) != "--memory" || std::string(argv[3]) != "--scratch" ||
      ::fstat(worker::kSocket, &socket) != 0 || !S_ISSOCK(socket.st_mode)) {
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  set_environment(argv[4]);
  const auto sandbox = lock_in(std::strtoull(argv[2], nullptr, 10), argv[4]);
  worker::Channel channel;
  channel.send(FrameKind::hello, {lantai::extract::kProtocolVersion, sandbox.complete ? 1U : 0U}, {sandbox.detail});
  channel.flush();
  Server server(channel, argv[4]);
  while (true) {
    const auto incoming = channel.receive();
    worker::limit_processor_time(incoming.request.limits.wall_time);
    server.answer(incoming);
    worker::limit_processor_time(std::chrono::milliseconds(0));
    if (incoming.descriptor >= 0) ::close(incoming.descriptor);
    channel.send(FrameKind::done, {0U}, {});
  }
}
