// What is running? The only composition root: opens the store, loads the declarations, starts extraction and indexing,
// and gives each door (HTTP, command line) the services it calls. Threads and their order of stopping are decided here.
// Thread-safe once made.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "lantai/app/explanation.h"
#include "lantai/archive/catalogue_tree.h"
#include "lantai/archive/extraction_pipeline.h"
#include "lantai/archive/import_jobs.h"
#include "lantai/archive/import_service.h"
#include "lantai/archive/page_images.h"
#include "lantai/archive/rename_announcer.h"
#include "lantai/archive/search_history.h"
#include "lantai/archive/synonym_list.h"
#include "lantai/archive/text_store.h"
#include "lantai/archive/uploads.h"
#include "lantai/identity/accounts.h"
#include "lantai/organisation/hand_over.h"
#include "lantai/organisation/organisation.h"
#include "lantai/records/record_engine.h"
#include "lantai/search/searcher.h"

namespace lantai::app {

struct Configuration {
  std::filesystem::path data;                             // the store's directory
  std::vector<std::filesystem::path> schema_directories;  // default: ../share/lantai/schema beside the program
  std::filesystem::path worker_program;                   // default: lantai-extract-worker beside the program
  std::filesystem::path office_program;                   // default: lantai-office-worker beside the program
  unsigned extraction_workers = 2;
  std::uint64_t page_image_bytes = 2ULL << 30U;  // page images and what belongs to them, kept at most
  std::filesystem::path audit_heads;  // file outside the store that signed heads of the audit log go to; empty: none
  std::chrono::seconds audit_heads_every{3600};
  std::filesystem::path audit_key;  // what signs them; empty: a key kept in the store
  // Where people may show who they are besides passwords kept here.
  std::optional<identity::DirectoryOptions> directory;
  std::optional<identity::ProviderOptions> provider;
  bool make_accounts = false;  // for whoever they know at the first sign-in, without rights
  bool read_files = true;      // false: what is not read yet stays so; for commands that need no texts
  bool create_if_missing = false;
  bool allow_incomplete_sandbox = false;
};

// Fills in the defaults that depend on where the program lies.
Configuration default_configuration(const std::filesystem::path& program);

// How this configuration has files read; the same for a file that is not in the store.
extract::ExtractorOptions extractor_options(const Configuration& configuration);

class Application {
 public:
  // Throws unavailable (`store.locked`) while another process has the store open, not_found (`store.missing`) when
  // there is none and create_if_missing is not set, failed_precondition on a store of a later format.
  static std::unique_ptr<Application> open(const Configuration& configuration);
  virtual ~Application() = default;

  virtual const Configuration& configuration() const = 0;
  virtual const Clock& clock() const = 0;
  virtual const schema::Schema& schema() const = 0;
  virtual storage::Store& store() = 0;
  virtual records::RecordEngine& records() = 0;
  virtual identity::Accounts& accounts() = 0;
  virtual identity::Provider* provider() = 0;  // null: there is none
  virtual organisation::Organisation& organisation() = 0;
  virtual organisation::HandOver& hand_over() = 0;
  virtual extract::Extractor& extractor() = 0;
  virtual archive::TextStore& texts() = 0;
  virtual archive::ExtractionPipeline& extraction() = 0;
  virtual archive::ImportService& imports() = 0;
  virtual archive::ImportJobs& import_jobs() = 0;
  virtual archive::Uploads& uploads() = 0;
  virtual archive::PageImages& page_images() = 0;
  virtual archive::CatalogueTree& catalogue() = 0;
  virtual archive::SearchHistory& search_history() = 0;
  virtual index::Indexer& indexer() = 0;
  virtual search::Searcher& searcher() = 0;

  // Search on behalf of a principal: compiles the access filter, and checks each hit once more against the store.
  virtual search::SearchResult search(const records::Principal& principal, search::SearchRequest request) = 0;
  // Names the principal may be about to type, each checked once more against the store.
  virtual std::vector<search::Completion> complete(const records::Principal& principal,
                                                   search::CompletionRequest request) = 0;
  // What several people looked for lately, so far as the principal finds anything by it.
  virtual std::vector<archive::PopularSearch> popular_searches(const records::Principal& principal,
                                                               std::size_t most) = 0;
  // Records like this one. Throws not_found when the principal may not see it.
  virtual std::vector<search::Hit> similar(const records::Principal& principal, std::string_view type,
                                           std::string_view id, std::size_t limit) = 0;
  // Why that search finds this record for `principal`, or not. Throws not_found when the caller may not see the record;
  // deadline_exceeded. `viewer`: for whom, if not for the caller, who must be an archivist then.
  virtual FoundOrNot explain(const records::Principal& caller, search::SearchRequest request, std::string_view type,
                             std::string_view id, const records::Principal* viewer = nullptr) = 0;
  // Everything committed up to `position` is extracted and findable, by the names that were changed with it, too. False
  // at the deadline.
  virtual bool wait_until_searchable(std::uint64_t position, std::chrono::steady_clock::time_point deadline) = 0;

  // The first accounts, with passwords made up for this once: the three officers, or where they may be combined one
  // person who is all of them and an archivist. None when there are accounts already.
  struct FirstLogin {
    std::string login, password;
  };
  virtual std::vector<FirstLogin> ensure_officers() = 0;
};

}  // namespace lantai::app
