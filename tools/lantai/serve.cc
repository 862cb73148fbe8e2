// lantai serve
#include <fcntl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <iostream>
#include <system_error>

#include "command_line.h"
#include "lantai/base/error.h"
#include "lantai/http/server.h"
#include "sign_in_options.h"
#include "texts.h"

namespace lantai::cli {
namespace {

struct ServeArguments {
  std::string listen = "127.0.0.1:8080", web, certificate, key;
  std::vector<std::string> hosts, proxies;
  bool secure_cookie = false, no_access_log = false, plain_http = false;
  std::string audit_heads, audit_key;
  unsigned audit_heads_minutes = 60;
  std::optional<std::uint16_t> redirect_from;
  std::string first_logins;
  std::shared_ptr<const SignInOptions> sign_in;
};

// `127.0.0.1:8080`, `[::1]:8080`
void read_address(const std::string& listen, http::ServerOptions& options) {
  const auto colon = listen.rfind(':');
  unsigned port = 0;
  const char* begin = listen.data() + (colon == std::string::npos ? 0 : colon + 1);
  const char* end = listen.data() + listen.size();
  const auto [stop, error] = std::from_chars(begin, end, port);
  if (colon == std::string::npos || error != std::errc() || stop != end || port > 65535) {
    throw Error(ErrorCode::invalid_argument, "--listen needs ADDRESS:PORT: " + listen);
  }
  options.address = listen.substr(0, colon);
  if (options.address.size() > 2 && options.address.front() == '[') {
    options.address = options.address.substr(1, options.address.size() - 2);
  }
  options.port = static_cast<std::uint16_t>(port);
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

http::ServerOptions options_of(const Shared& shared, const ServeArguments& arguments) {
  http::ServerOptions options;
  read_address(arguments.listen, options);
  options.web_root =
      arguments.web.empty() ? http::default_web_root(shared.program) : std::filesystem::path(arguments.web);
  options.hosts = arguments.hosts;
  options.redirect_from = arguments.redirect_from;
  options.trusted_proxies = arguments.proxies;
  options.secure_cookie = arguments.secure_cookie;
  options.access_log = !arguments.no_access_log;
  if (!arguments.certificate.empty()) options.tls = http::TlsOptions{arguments.certificate, arguments.key};
  if (!options.tls && !arguments.plain_http && !is_loopback(options.address)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format(fmt::runtime(text(Text::plain_http, shared.lang())), options.address));
  }
  return options;
}

// Where the passwords of the first start are told: here, or in a file that only its owner reads, since a journal shows
// what it is told to more people and keeps it.
class FirstLogins {
 public:
  FirstLogins(const Shared& shared, const std::string& file) : shared_(shared) {
    if (file.empty()) return;
    std::filesystem::remove(file);  // its mode may be another's
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    file_.reset(descriptor < 0 ? nullptr : ::fdopen(descriptor, "w"));
    if (!file_) {
      throw Error(ErrorCode::failed_precondition, fmt::format(fmt::runtime(text(Text::no_such_file, shared.lang())),
                                                              file, std::generic_category().message(errno)));
    }
    told_ = say(Text::first_logins_in, shared.lang(), file);
  }
  void tell(const std::vector<app::Application::FirstLogin>& logins) {
    std::string lines;
    for (const auto& [login, password] : logins)
      lines += say(Text::first_login, shared_.lang(), login, password) + "\n";
    if (!file_) {
      std::cout << lines;
      return;
    }
    const bool written = std::fwrite(lines.data(), 1, lines.size(), file_.get()) == lines.size();
    if (!written || std::fflush(file_.get()) != 0) {
      throw Error(ErrorCode::resource_exhausted, std::string(text(Text::first_logins_lost, shared_.lang())),
                  "store.disk_full");
    }
    std::cout << told_ << "\n";
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const Shared& shared_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string told_;
};

int serve(const Shared& shared, const ServeArguments& arguments) {
  // Before any thread is started, so that the signals reach only the wait below.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  // What a crash would write to the disk holds keys and passwords.
  const rlimit nothing{0, 0};
  ::setrlimit(RLIMIT_CORE, &nothing);

  const http::ServerOptions options = options_of(shared, arguments);
  shared.require_store();
  app::Configuration configuration = shared.configuration(true);
  configuration.audit_heads = arguments.audit_heads;
  configuration.audit_heads_every = std::chrono::minutes(arguments.audit_heads_minutes);
  configuration.audit_key = arguments.audit_key;
  apply(*arguments.sign_in, configuration);
  const auto application = app::Application::open(configuration);
  if (application->accounts().list().empty()) {
    FirstLogins first(shared, arguments.first_logins);
    first.tell(application->ensure_officers());
  }
  const auto server = http::Server::start(*application, options);
  const bool ipv6 = options.address.find(':') != std::string::npos;
  const std::string url = std::string(options.tls ? "https://" : "http://") + (ipv6 ? "[" : "") + options.address +
                          (ipv6 ? "]:" : ":") + std::to_string(server->port());
  std::cout << say(Text::serving, shared.lang(), url) << std::endl;
  if (server->redirect_port() != 0)
    std::cout << say(Text::redirecting, shared.lang(), std::to_string(server->redirect_port())) << std::endl;
  ::sd_notify(0, "READY=1");  // who waits for it: the service manager, if there is one

  int signal = 0;
  sigwait(&signals, &signal);
  ::sd_notify(0, "STOPPING=1");
  std::cout << text(Text::stopping, shared.lang()) << std::endl;
  server->stop();
  return kDone;
}

}  // namespace

void add_serve(CLI::App& app, const Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* command = app.add_subcommand("serve", "serve the store over HTTP and in the browser");
  command->add_option("--listen", arguments->listen, "address and port; port 0: any free one")
      ->default_str("127.0.0.1:8080");
  command->add_option("--web", arguments->web, "directory of the web application")->type_name("DIR");
  auto* certificate = command->add_option("--tls-certificate", arguments->certificate, "certificate chain, PEM");
  auto* key = command->add_option("--tls-key", arguments->key, "its private key, PEM");
  certificate->needs(key);
  key->needs(certificate);
  command
      ->add_option("--redirect-from", arguments->redirect_from,
                   "port without TLS that only leads to the one with it: 80")
      ->needs(certificate);
  command->add_option("--host", arguments->hosts, "name under which browsers may call the server; repeatable");
  command->add_flag("--plain-http", arguments->plain_http,
                    "without TLS on another address than this machine's own: behind a proxy that ends it");
  command
      ->add_option("--audit-heads", arguments->audit_heads,
                   "file outside the data folder that signed heads of the audit log are added to")
      ->type_name("FILE");
  command->add_option("--audit-heads-minutes", arguments->audit_heads_minutes, "how often")
      ->check(CLI::Range(1U, 10080U))
      ->default_str("60");
  command->add_option("--audit-key", arguments->audit_key, "file with the key that signs them; none: the store's own")
      ->type_name("FILE");
  command
      ->add_option("--first-logins", arguments->first_logins,
                   "file that the first start writes its logins to, for its owner only; none: prints them")
      ->type_name("FILE");
  command
      ->add_option("--trusted-proxy", arguments->proxies,
                   "address of a proxy whose X-Forwarded-For is believed; repeatable")
      ->check(CLI::ValidIPV4 | CLI::Validator(
                                   [](std::string& text) {
                                     return text.find(':') == std::string::npos ? std::string("an address is wanted")
                                                                                : std::string();
                                   },
                                   "IPV6"));
  command->add_flag("--secure-cookie", arguments->secure_cookie, "behind a proxy that ends TLS");
  command->add_flag("--no-access-log", arguments->no_access_log, "no log line for every request");
  arguments->sign_in = add_sign_in_options(*command);
  commands[command] = [&shared, arguments] { return serve(shared, *arguments); };
}

}  // namespace lantai::cli
