// Every id that the program says to people has a text in three languages.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <regex>
#include <set>
#include <sstream>

#include "fixture.h"
#include "support/places.h"

using namespace lantai::schema;

namespace {

namespace fs = std::filesystem;

std::set<std::string> areas() {
  std::set<std::string> result;
  for (const auto& [id, text] : shipped()->messages()) result.insert(id.substr(0, id.find('.')));
  return result;
}

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Literals of the form "area.what" with an area that has messages; file names and actions of the audit log are not ids.
void each_id(const std::string& text, const std::set<std::string>& known,
             const std::function<void(std::string)>& visit) {
  static const std::regex literal("\"([a-z_]+)\\.([a-z_]+(?:\\.[a-z_]+)*)\"");
  static const std::set<std::string> endings{"h",       "cc",   "yaml", "json", "txt",  "html", "pdf",
                                             "zip",     "sock", "log",  "bin",  "csv",  "db",   "example",
                                             "invalid", "lock", "read", "view", "print"};
  for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at)
    if (known.count((*at)[1]) != 0 && endings.count((*at)[2]) == 0) visit((*at)[1].str() + "." + (*at)[2].str());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(every_message_id_in_the_code_has_a_text) {
  const auto known = areas();
  std::size_t seen = 0;
  for (const auto* folder : {"storage", "metadata-schema", "indexer", "server", "tools"})
    for (const auto& entry : fs::recursive_directory_iterator(lantai::test::source_directory() / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".cc" && extension != ".h") continue;
      each_id(content(entry.path()), known, [&](const std::string& id) {
        ++seen;
        BOOST_TEST(shipped()->messages().count(id) == 1U,
                   id << " in " << entry.path().filename().string() << " has no text in metadata-schema/messages");
      });
    }
  BOOST_TEST(seen > 20U);  // the search itself works
}

BOOST_AUTO_TEST_CASE(the_three_texts_of_a_message_have_the_same_placeholders) {
  static const std::regex placeholder("\\{[a-z_]+\\}");
  const auto placeholders = [](const std::string& text) {
    std::set<std::string> result;
    for (std::sregex_iterator at(text.begin(), text.end(), placeholder), end; at != end; ++at) result.insert(at->str());
    return result;
  };
  for (const auto& [id, text] : shipped()->messages()) {
    BOOST_TEST((placeholders(text.zh_hans) == placeholders(text.zh_hant)), id);
    BOOST_TEST((placeholders(text.zh_hans) == placeholders(text.en)), id);
  }
}

BOOST_AUTO_TEST_SUITE_END()
