// Does a program that knows only the documented format (tools/audit_verify) agree with the store, and find tampering?
#define BOOST_TEST_MODULE audit_export
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>

#include "lantai/storage/store.h"
#include "support/places.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

struct Exported {
  TemporaryDirectory directory;
  ManualClock clock{{1'600'000'000'123'456}};
  std::vector<std::string> lines;
  std::string head;

  Exported() {
    StoreOptions options;
    options.clock = &clock;
    const auto store = Store::open_in_memory(options);
    const std::vector<std::string> subjects{"item/1", "题名：兰台", "quote \" and \\ backslash",
                                            std::string("nul \0 tab \t", 11), ""};
    for (const auto& subject : subjects) {
      clock.advance_micros(999'983);
      store->run_transaction([&](Transaction& t) {
        t.append_audit({"u1", "record.create", subject, "ok", "127.0.0.1", R"({"fields":["title"]})"});
      });
    }
    lines.push_back(audit_export_header(store->identity()));
    for (const auto& entry : store->audit().read(0, 100)) lines.push_back(to_json_line(entry));
    const auto at = store->audit().head();
    head = "{\"sequence\":" + std::to_string(at.sequence) + ",\"hash\":\"" + to_hex(at.hash) + "\"}\n";
  }

  // Exit status of the verifier over these lines.
  int verify(bool with_head) const {
    std::ofstream out(directory.path() / "export");
    for (const auto& line : lines) out << line << "\n";
    out.close();
    std::ofstream(directory.path() / "head") << head;
    auto command = "python3 " + (lantai::test::source_directory() / "tools/audit_verify ").string() +
                   (directory.path() / "export").string();
    if (with_head) command += " --heads " + (directory.path() / "head").string();
    return WEXITSTATUS(std::system((command + " > /dev/null 2>&1").c_str()));
  }

  void replace(std::size_t line, const std::string& from, const std::string& to) {
    const auto at = lines.at(line).find(from);
    BOOST_REQUIRE(at != std::string::npos);
    lines[line].replace(at, from.size(), to);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_untouched_export_is_found_whole) {
  Exported exported;
  BOOST_TEST(exported.verify(false) == 0);
  BOOST_TEST(exported.verify(true) == 0);
  // A later part of it as well.
  exported.lines.erase(exported.lines.begin() + 1, exported.lines.begin() + 3);
  BOOST_TEST(exported.verify(true) == 0);
}

BOOST_AUTO_TEST_CASE(a_changed_field_is_found) {
  const std::vector<std::pair<std::string, std::string>> changes{{"\"u1\"", "\"u2\""},
                                                                 {"record.create", "record.delete"},
                                                                 {"item/1", "item/2"},
                                                                 {"\"ok\"", "\"no\""},
                                                                 {"127.0.0.1", "127.0.0.2"},
                                                                 {"title", "tytle"},
                                                                 {"T", "t"},
                                                                 {"Z\"", "1Z\""}};
  for (const auto& [from, to] : changes) {
    Exported exported;
    exported.replace(1, from, to);
    BOOST_TEST(exported.verify(false) == 1, from);
  }
}

BOOST_AUTO_TEST_CASE(a_removed_repeated_or_exchanged_entry_is_found) {
  Exported removed;
  removed.lines.erase(removed.lines.begin() + 2);
  BOOST_TEST(removed.verify(false) == 1);
  Exported repeated;
  repeated.lines.insert(repeated.lines.begin() + 2, repeated.lines[2]);
  BOOST_TEST(repeated.verify(false) == 1);
  Exported exchanged;
  std::swap(exchanged.lines[2], exchanged.lines[3]);
  BOOST_TEST(exchanged.verify(false) == 1);
}

BOOST_AUTO_TEST_CASE(a_log_of_another_store_is_found) {
  Exported exported;
  exported.lines[0] = audit_export_header({"00000000-0000-7000-8000-000000000000", 1});
  BOOST_TEST(exported.verify(false) == 1);
}

BOOST_AUTO_TEST_CASE(a_cut_or_rewritten_end_is_found_with_an_earlier_head_only) {
  Exported cut;
  cut.lines.pop_back();
  BOOST_TEST(cut.verify(false) == 0);
  BOOST_TEST(cut.verify(true) == 1);
  Exported rewritten;
  rewritten.head.replace(rewritten.head.find("hash") + 7, 1,
                         rewritten.head.find("hash\":\"0") != std::string::npos ? "1" : "0");
  BOOST_TEST(rewritten.verify(true) == 1);
}

BOOST_AUTO_TEST_CASE(what_is_not_an_export_is_refused) {
  Exported exported;
  exported.lines = {"hello"};
  BOOST_TEST(exported.verify(false) != 0);
}

}  // namespace lantai::storage
