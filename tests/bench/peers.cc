#include <sqlite3.h>
#include <xapian.h>

#include <stdexcept>

#include "engine.h"

namespace lantai::bench {
namespace {

constexpr Xapian::valueno kSource = 0, kYear = 1;

class XapianNgrams final : public Engine {
 public:
  explicit XapianNgrams(const std::filesystem::path& directory) : directory_(directory.string()) {}

  void index(const std::vector<Row>& rows) override {
    Xapian::WritableDatabase database(directory_, Xapian::DB_CREATE_OR_OVERWRITE);
    Xapian::TermGenerator generator;
    generator.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
    for (const auto& row : rows) {
      Xapian::Document document;
      generator.set_document(document);
      generator.index_text(row.title, 5);
      generator.increase_termpos();
      generator.index_text(row.body);
      document.set_data(row.id);
      document.add_value(kSource, row.source);
      document.add_value(kYear, row.date.substr(0, 4));
      database.add_document(document);
    }
    database.commit();
    database.close();
  }

  void open() override { reader_ = Xapian::Database(directory_); }

  std::size_t find(const Query& query) override {
    Xapian::Enquire enquire(reader_);
    enquire.set_query(parsed(joined(query)));
    return enquire.get_mset(0, 10).size();
  }

  std::size_t count_facets(const std::string& phrase) override {
    Xapian::Enquire enquire(reader_);
    enquire.set_query(phrase.empty() ? Xapian::Query::MatchAll : parsed("\"" + phrase + "\""));
    Xapian::ValueCountMatchSpy source(kSource), year(kYear);
    enquire.add_matchspy(&source);
    enquire.add_matchspy(&year);
    enquire.get_mset(0, 10, reader_.get_doccount());
    return year.get_total();
  }

 private:
  Xapian::Query parsed(const std::string& text) {
    Xapian::QueryParser parser;
    parser.set_database(reader_);
    return parser.parse_query(text, Xapian::QueryParser::FLAG_PHRASE | Xapian::QueryParser::FLAG_BOOLEAN |
                                        Xapian::QueryParser::FLAG_CJK_NGRAM);
  }

  std::string directory_;
  Xapian::Database reader_;
};

class Sqlite final : public Engine {
 public:
  explicit Sqlite(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    check(::sqlite3_open((directory / "fts.db").c_str(), &database_));
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize='trigram')");
  }
  ~Sqlite() override {
    ::sqlite3_finalize(select_);
    ::sqlite3_close(database_);
  }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void index(const std::vector<Row>& rows) override {
    run("BEGIN");
    sqlite3_stmt* insert = prepared("INSERT INTO texts (title, body) VALUES (?, ?)");
    for (const auto& row : rows) {
      bind(insert, 1, row.title);
      bind(insert, 2, row.body);
      if (::sqlite3_step(insert) != SQLITE_DONE) throw std::runtime_error(::sqlite3_errmsg(database_));
      ::sqlite3_reset(insert);
    }
    ::sqlite3_finalize(insert);
    run("COMMIT");
    run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  void open() override { select_ = prepared("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 10"); }

  std::size_t find(const Query& query) override {
    bind(select_, 1, joined(query));
    std::size_t rows = 0;
    while (::sqlite3_step(select_) == SQLITE_ROW) ++rows;
    ::sqlite3_reset(select_);
    return rows;
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error(::sqlite3_errmsg(database_));
  }
  void run(const char* statement) { check(::sqlite3_exec(database_, statement, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepared(const char* text) {
    sqlite3_stmt* statement = nullptr;
    check(::sqlite3_prepare_v2(database_, text, -1, &statement, nullptr));
    return statement;
  }
  void bind(sqlite3_stmt* statement, int place, const std::string& text) const {
    check(::sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT));
  }
  sqlite3* database_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

}  // namespace

std::unique_ptr<Engine> make_xapian_ngrams(const std::filesystem::path& directory) {
  return std::make_unique<XapianNgrams>(directory);
}
std::unique_ptr<Engine> make_sqlite_trigrams(const std::filesystem::path& directory) {
  return std::make_unique<Sqlite>(directory);
}

}  // namespace lantai::bench
