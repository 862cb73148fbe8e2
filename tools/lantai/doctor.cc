// lantai doctor: is this machine fit to run the service, and what is to be done if not? Opens no store, so it works
// beside a running service, too.
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>

#include "command_line.h"
#include "lantai/base/error.h"
#include "lantai/http/server.h"
#include "lantai/schema/schema.h"

namespace lantai::cli {
namespace {

namespace fs = std::filesystem;

struct DoctorArguments {
  std::string certificate, key, web;
};

enum class Finding { good, warning, bad };

struct Words {
  const char *hans, *hant, *en;
  std::string in(schema::Language language) const {
    return language == schema::Language::zh_hans ? hans : language == schema::Language::zh_hant ? hant : en;
  }
};

class Doctor {
 public:
  explicit Doctor(const Shared& shared) : shared_(shared) {}

  // `what`: a word that stays the same in every language. `advice`: what to do, of all that is not good.
  void say(const char* what, Finding finding, const Words& words, const std::string& detail = {}) {
    bad_ = bad_ || finding == Finding::bad;
    const char* const name = finding == Finding::good ? "good" : finding == Finding::warning ? "warning" : "bad";
    const auto text = words.in(shared_.lang());
    if (shared_.json) {
      std::cout << nlohmann::ordered_json{{"check", what}, {"finding", name}, {"text", text}, {"detail", detail}}.dump()
                << "\n";
      return;
    }
    static constexpr Words kMarks[] = {{"正常", "正常", "good"}, {"注意", "注意", "look"}, {"问题", "問題", "BAD"}};
    std::cout << kMarks[static_cast<int>(finding)].in(shared_.lang()) << "\t" << what << "\t" << text
              << (detail.empty() ? "" : ": " + detail) << "\n";
  }
  int done() const { return bad_ ? kSomeFailed : kDone; }

 private:
  const Shared& shared_;
  bool bad_ = false;
};

constexpr Words kGood{"正常", "正常", "as it should be"};

void check_person(Doctor& doctor) {
  if (::geteuid() != 0) return doctor.say("user", Finding::good, kGood, std::to_string(::geteuid()));
  doctor.say("user", Finding::warning,
             {"正以 root 运行；请给服务一个专用账号", "正以 root 執行；請給服務一個專用帳號",
              "running as root; give the service an account of its own"});
}

void check_data(Doctor& doctor, const fs::path& data) {
  struct stat found {};
  if (::stat(data.c_str(), &found) != 0) {
    return doctor.say("data", Finding::warning,
                      {"数据目录还不存在；首次启动时建立", "資料目錄還不存在；首次啟動時建立",
                       "there is no data folder yet; the first start makes it"},
                      data.string());
  }
  if (found.st_uid != ::geteuid() && ::geteuid() != 0) {
    doctor.say("data", Finding::bad,
               {"数据目录属于另一个账号；请用服务的账号运行，或 chown -R",
                "資料目錄屬於另一個帳號；請用服務的帳號執行，或 chown -R",
                "the data folder belongs to another account; run as the service's, or chown -R"},
               data.string());
  } else if ((found.st_mode & 077U) != 0) {
    doctor.say("data", Finding::bad,
               {"其他账号能读数据目录；请执行 chmod 700", "其他帳號能讀資料目錄；請執行 chmod 700",
                "other accounts can read the data folder; run chmod 700"},
               data.string());
  } else {
    doctor.say("data", Finding::good, kGood, data.string());
  }
  if (!fs::exists(data / "FORMAT") && !fs::is_empty(data)) {
    doctor.say("store", Finding::bad,
               {"目录里有别的东西，没有档案库；请换一个空目录", "目錄裡有別的東西，沒有檔案庫；請換一個空目錄",
                "the folder holds other things and no store; choose an empty one"});
  }
}

void check_disk(Doctor& doctor, fs::path data) {
  while (!data.empty() && !fs::exists(data) && data.has_parent_path() && data != data.parent_path())
    data = data.parent_path();
  struct statvfs space {};
  if (::statvfs(data.c_str(), &space) != 0) return;
  const auto free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  const auto all = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(space.f_blocks) * space.f_frsize);
  const auto detail = std::to_string(free >> 30U) + " GiB, " + std::to_string(free * 100 / all) + " %";
  constexpr Words kLittle{"剩余空间不多；请清理或扩容", "剩餘空間不多；請清理或擴充",
                          "little space is left; clear some or add some"};
  const bool nodes = space.f_files != 0 && space.f_favail < 10'000;
  if (free < (1ULL << 30U) || nodes) return doctor.say("disk", Finding::bad, kLittle, detail);
  doctor.say("disk", free < (10ULL << 30U) ? Finding::warning : Finding::good, free < (10ULL << 30U) ? kLittle : kGood,
             detail);
}

// Codes of second factors and the times in the audit log need it.
void check_clock(Doctor& doctor) {
  const auto now = std::time(nullptr);
  struct timex kernel {};
  const bool follows = ::adjtimex(&kernel) != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
  if (now < 1'735'689'600) {  // 2025
    doctor.say("clock", Finding::bad, {"时钟明显不对；请校准", "時鐘明顯不對；請校準", "the clock is wrong; set it"});
  } else if (!follows) {
    doctor.say("clock", Finding::warning,
               {"时钟没有与时间服务器同步；请启用 systemd-timesyncd 或 chrony",
                "時鐘沒有與時間伺服器同步；請啟用 systemd-timesyncd 或 chrony",
                "the clock follows no time server; turn on systemd-timesyncd or chrony"});
  } else {
    doctor.say("clock", Finding::good, kGood);
  }
}

void check_tls(Doctor& doctor, const DoctorArguments& arguments) {
  if (arguments.certificate.empty()) return;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (SSL_CTX_use_certificate_chain_file(context.get(), arguments.certificate.c_str()) != 1) {
    return doctor.say("tls", Finding::bad,
                      {"证书读不出；需要 PEM 格式的证书链", "憑證讀不出；需要 PEM 格式的憑證鏈",
                       "the certificate cannot be read; a chain in PEM is needed"},
                      arguments.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), arguments.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return doctor.say("tls", Finding::bad,
                      {"私钥读不出，或与证书不配", "私鑰讀不出，或與憑證不符",
                       "the key cannot be read, or is not that of the certificate"},
                      arguments.key);
  }
  struct stat key {};
  if (::stat(arguments.key.c_str(), &key) == 0 && (key.st_mode & 077U) != 0) {
    doctor.say("tls", Finding::bad,
               {"其他账号能读私钥；请执行 chmod 600", "其他帳號能讀私鑰；請執行 chmod 600",
                "other accounts can read the key; run chmod 600"},
               arguments.key);
  }
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(SSL_CTX_get0_certificate(context.get())));
  constexpr Words kEnds{
      "证书即将到期或已过期；请更换，服务会自行采用", "憑證即將到期或已過期；請更換，服務會自行採用",
      "the certificate ends soon or has ended; put another in its place; the service takes it up by itself"};
  doctor.say("tls",
             days < 0 || seconds < 0 ? Finding::bad
             : days < 21             ? Finding::warning
                                     : Finding::good,
             days < 21 ? kEnds : kGood, std::to_string(days) + " d");
}

void check_reading(Doctor& doctor, const app::Configuration& configuration) {
  try {
    const auto extractor = extract::Extractor::make(app::extractor_options(configuration));
    const auto sandbox = extractor->sandbox();
    doctor.say("sandbox", sandbox.complete ? Finding::good : Finding::bad,
               sandbox.complete
                   ? kGood
                   : Words{"读取文件的隔离不完整；需要 5.13 以上、启用 Landlock 的内核",
                           "讀取檔案的隔離不完整；需要 5.13 以上、啟用 Landlock 的核心",
                           "files are not read in full isolation; a kernel of 5.13 or later with Landlock is needed"},
               sandbox.detail);
  } catch (const Error& error) {
    doctor.say("sandbox", Finding::bad,
               {"读取文件的程序不能启动；请重新安装", "讀取檔案的程式不能啟動；請重新安裝",
                "the programs that read files cannot start; install them again"},
               error.message());
  }
  const bool models = fs::exists("/usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata");
  doctor.say("ocr", models ? Finding::good : Finding::warning,
             models ? kGood
                    : Words{"没有中文识别模型，扫描件读不出文字；请安装 tesseract-ocr-chi-sim",
                            "沒有中文辨識模型，掃描件讀不出文字；請安裝 tesseract-ocr-chi-sim",
                            "no models for Chinese: scans give no text; install tesseract-ocr-chi-sim"});
  const bool office = fs::exists("/usr/lib/libreoffice/program/soffice.bin");
  doctor.say("office", office ? Finding::good : Finding::warning,
             office
                 ? kGood
                 : Words{"没有 LibreOffice，旧版 Office 文件读不出；请安装 libreoffice-writer、-calc、-impress、-draw",
                         "沒有 LibreOffice，舊版 Office 檔案讀不出；請安裝 libreoffice-writer、-calc、-impress、-draw",
                         "without LibreOffice older office files are not read; install libreoffice-writer, -calc, "
                         "-impress, -draw"});
}

void check_declarations(Doctor& doctor, const app::Configuration& configuration) {
  try {
    const auto schema = schema::Schema::load(configuration.schema_directories);
    doctor.say("declarations", Finding::good, kGood, std::to_string(schema->types().size()));
  } catch (const Error& error) {
    doctor.say("declarations", Finding::bad,
               {"记录类型的声明有错；请改正", "記錄類型的宣告有錯；請改正",
                "the declarations of records are wrong; mend them"},
               error.message());
  }
}

void check_process(Doctor& doctor) {
  struct rlimit files {
  }, cores{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_CORE, &cores);
  doctor.say("files", files.rlim_max < 4096 ? Finding::warning : Finding::good,
             files.rlim_max < 4096 ? Words{"可同时打开的文件太少；请把 LimitNOFILE 设为 65536",
                                           "可同時開啟的檔案太少；請把 LimitNOFILE 設為 65536",
                                           "few files may be open at once; set LimitNOFILE to 65536"}
                                   : kGood,
             std::to_string(files.rlim_max));
  doctor.say("cores", cores.rlim_cur != 0 ? Finding::warning : Finding::good,
             cores.rlim_cur != 0 ? Words{"崩溃时会留下内存转储，其中可能有密码；请设 LimitCORE=0",
                                         "當機時會留下記憶體傾印，其中可能有密碼；請設 LimitCORE=0",
                                         "a crash leaves a dump of memory, which may hold passwords; set LimitCORE=0"}
                                 : kGood);
}

int examine(const Shared& shared, const DoctorArguments& arguments) {
  shared.require_store();
  const auto configuration = shared.configuration(false);
  Doctor doctor(shared);
  struct utsname kernel {};
  ::uname(&kernel);
  doctor.say("version", Finding::good, {"版本", "版本", "version"},
             std::string(LANTAI_VERSION) + ", " + kernel.sysname + " " + kernel.release + ", " +
                 OpenSSL_version(OPENSSL_VERSION));
  check_person(doctor);
  check_data(doctor, configuration.data);
  check_disk(doctor, configuration.data);
  check_clock(doctor);
  check_process(doctor);
  check_declarations(doctor, configuration);
  const auto web = arguments.web.empty() ? http::default_web_root(shared.program) : fs::path(arguments.web);
  const bool pages = fs::exists(web / "index.html");
  doctor.say("web", pages ? Finding::good : Finding::bad,
             pages ? kGood
                   : Words{"没有网页文件；请重新安装，或用 --web 指明", "沒有網頁檔案；請重新安裝，或用 --web 指明",
                           "the pages are missing; install them again, or name them with --web"},
             web.string());
  check_tls(doctor, arguments);
  check_reading(doctor, configuration);
  return doctor.done();
}

}  // namespace

void add_doctor(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand("doctor", "is this machine fit to run the service, and what is to be done?");
  auto* certificate = command->add_option("--tls-certificate", arguments->certificate, "as of `serve`");
  auto* key = command->add_option("--tls-key", arguments->key, "as of `serve`");
  certificate->needs(key);
  key->needs(certificate);
  command->add_option("--web", arguments->web, "as of `serve`")->type_name("DIR");
  add_format(*command, shared);
  commands[command] = [&shared, arguments] { return examine(shared, *arguments); };
}

}  // namespace lantai::cli
