// What lies in the sources of an import? Walks files, folders, archives, tables and JSON Lines in a stable order and
// hands out units; what is passed over is handed out too, with the reason. Thread-confined.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "import_unit.h"
#include "row_reader.h"

namespace lantai::archive {

class SourceWalker {
 public:
  // `hand_out` takes the next unit; false: stop. Everything outlives the walker.
  using HandOut = std::function<bool(ImportUnit)>;
  SourceWalker(storage::Store& store, const schema::Schema& schema, extract::Extractor& extractor,
               const ImportOptions& options, HandOut hand_out);

  void walk(const std::vector<std::filesystem::path>& sources);

 private:
  // A place among the sources: where it is, how it is shown, how it is known again.
  struct Place {
    std::filesystem::path path;
    std::string shown;
    std::string key;       // empty when the source was sent
    std::string relative;  // within the import
    Place child(const std::string& name, std::string_view joint = "/") const;
    Place row(std::size_t number) const;  // only as it is shown
  };
  class Unpacking;

  Place place_of(const std::filesystem::path& source) const;
  bool claimed(const std::filesystem::path& path) const;  // its row reports it
  void walk_named(const Place& place);
  void walk_named_file(const Place& place);
  void walk_folder(const Place& place);
  void walk_entry(const Place& place);
  bool walk_archive(const Place& place);
  struct Table {
    Rows rows;
    TableHead head;
  };
  void look_at_tables_among(const std::filesystem::path& folder, const std::vector<std::string>& names);
  void look_at_table(const std::filesystem::path& path, bool strict);  // from several threads
  bool walk_table(const Place& place);
  void walk_rows(const Place& place, const Table& table);
  void walk_lines(const Place& place);

  std::filesystem::path find_beside(const std::filesystem::path& list, const std::string& name) const;
  void give_row(const Place& list, std::uint64_t number, const std::function<Row()>& read);
  void identify_row(const Place& list, Row row, ImportUnit& unit);
  void give_file(const Place& place);
  void tell(const Place& place, ImportStatus status, const std::string& code,
            const std::map<std::string, std::string>& arguments = {});
  void give(ImportUnit unit);
  std::string identify(const std::filesystem::path& path) const;
  Rows read_table(const std::filesystem::path& path) const;

  storage::Store& store_;
  const schema::Schema& schema_;
  extract::Extractor& extractor_;
  const ImportOptions& options_;
  const FieldNames names_;
  HandOut hand_out_;
  std::uint64_t next_ = 0;
  bool stopped_ = false;
  std::mutex found_;                                    // held while what a table says is put down
  std::vector<std::filesystem::path> folders_;          // named ones: rows look for their files there, too
  std::map<std::filesystem::path, Table> tables_;       // lists of records among the sources, until walked
  std::map<std::filesystem::path, std::string> whole_;  // lists that are papers themselves, and what makes them so
  std::set<std::string> claimed_;                       // files that a row brings
  std::set<std::string> named_;                         // keys of files given out
  std::unordered_map<std::string, std::uint32_t> met_;  // keys and contents of rows, how often
};

}  // namespace lantai::archive
