// lantai-extract-worker: reads untrusted files for the server, one at a time, locked in. Started by the server only:
// talks frames (docs/formats/extraction.md) over descriptor 3 and ends when that closes.
#include <leptonica/allheaders.h>
#include <poppler-global.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <new>
#include <string>

#include "channel.h"
#include "mail_parts.h"
#include "pdf.h"
#include "sandbox.h"
#include "serve.h"

namespace {

namespace worker = lantai::extract::worker;

void ignore_message(const std::string&, void*) {}

// Hostile files make the parsers talk; nobody reads it.
void silence_parsers() {
  setMsgSeverity(L_SEVERITY_NONE);
  poppler::set_debug_error_function(ignore_message, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  struct stat socket {};
  if (argc != 3 || std::string(argv[1]) != "--memory" || ::fstat(worker::kSocket, &socket) != 0 ||
      !S_ISSOCK(socket.st_mode)) {
    return 2;
  }
  std::setlocale(LC_CTYPE, "C.UTF-8");  // NOLINT(concurrency-mt-unsafe): there is one thread
  ::signal(SIGPIPE, SIG_IGN);
  std::set_new_handler([] { throw std::bad_alloc(); });
  silence_parsers();
  worker::keep_poppler_ready();
  const worker::Charsets charsets;
  const worker::Magic magic;
  worker::prepare_mail();
  const auto sandbox = worker::lock_in(std::strtoull(argv[2], nullptr, 10));
  worker::Channel channel;
  channel.send(lantai::extract::FrameKind::hello, {lantai::extract::kProtocolVersion, sandbox.complete ? 1U : 0U},
               {sandbox.detail});
  channel.flush();
  worker::serve(channel, charsets, magic);
}
