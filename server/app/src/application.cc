#include "lantai/app/application.h"

#include <algorithm>
#include <set>

#include "field_names.h"
#include "holdings_source.h"
#include "lantai/archive/caretaker.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/identity/audit_heads.h"
#include "lantai/identity/sealer.h"
#include "lantai/text/folding.h"

namespace lantai::app {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kChangesRead = 100;
constexpr std::size_t kPopularTried = 40;
constexpr std::chrono::milliseconds kPopularTime{200};  // for finding out whether a search finds anything

// Nobody else on the machine looks into a store.
void make_directory(const fs::path& data) {
  std::error_code error;
  fs::create_directories(data, error);
  if (!error) fs::permissions(data, fs::perms::owner_all, error);
  if (error) throw Error(ErrorCode::unavailable, "cannot make " + data.string() + ": " + error.message());
}

std::unique_ptr<storage::Store> open_store(const Configuration& configuration, const Clock& clock) {
  if (!configuration.create_if_missing && !fs::exists(configuration.data)) {
    throw Error(ErrorCode::not_found, "no store in " + configuration.data.string(), "store.missing",
                {{"path", configuration.data.string()}});
  }
  if (configuration.create_if_missing && !fs::exists(configuration.data / "FORMAT")) make_directory(configuration.data);
  storage::StoreOptions options;
  options.create_if_missing = configuration.create_if_missing;
  options.clock = &clock;
  try {
    return storage::Store::open(configuration.data, options);
  } catch (const Error& error) {
    if (error.message_id() != "storage.in_use") throw;
    throw Error(ErrorCode::unavailable, error.message(), "store.busy", {{"path", configuration.data.string()}});
  }
}

unsigned reading_workers(const Configuration& configuration) {
  return configuration.read_files ? std::max(1U, configuration.extraction_workers) : 0;
}

search::TokenSeal page_token_seal(storage::Store& store) {
  const auto sealer = std::make_shared<const identity::Sealer>(store, "search page tokens");
  return {[sealer](std::string_view plain) { return sealer->seal(plain); },
          [sealer](std::string_view sealed) { return sealer->open(sealed); }};
}

// With the rules that a declaration cannot say.
records::RecordEngine& ruled(records::RecordEngine& engine) {
  for (const char* type : {"appointment", "department", "group", "person"})
    engine.add_rule(type, organisation::refuse_ends_before_beginning);
  return engine;
}

// Members are declared in the order in which they may use one another, so that they stop in the reverse order: jobs,
// then the index, then extraction, then the store.
class RunningApplication final : public Application {
 public:
  explicit RunningApplication(const Configuration& configuration)
      : configuration_(configuration),
        schema_(schema::Schema::load(configuration.schema_directories)),
        store_(open_store(configuration, clock_)),
        records_(*store_, schema_, clock_),
        organisation_(*store_, ruled(records_), clock_),
        accounts_(identity::Accounts::make(*store_, clock_, accounts_options())),
        provider_(configuration.provider ? identity::Provider::make(*store_, clock_, *configuration.provider)
                                         : nullptr),
        hand_over_(*store_, records_, *accounts_, organisation_),
        extractor_(extract::Extractor::make(extractor_options(configuration))),
        texts_(*store_, extractor_->version()),
        page_images_(*store_, *extractor_, clock_),
        extraction_(archive::ExtractionPipeline::start(*store_, records_, *extractor_, texts_, reading(configuration))),
        renames_(archive::RenameAnnouncer::start(*store_, records_, clock_)),
        holdings_(records_, texts_),
        field_names_(*schema_),
        indexer_(index::Indexer::open(*store_, holdings_, indexing())),
        synonyms_(*store_, records_),
        searcher_(search::Searcher::make(*indexer_, holdings_,
                                         {field_names_.aliases(), page_token_seal(*store_), field_names_.name_fields(),
                                          [this] { return synonyms_.current(); }})),
        search_history_(*store_, clock_),
        catalogue_(records_, [this](const records::Principal& principal,
                                    search::SearchRequest request) { return search(principal, std::move(request)); }),
        uploads_(*store_, configuration.data / "uploads", clock_),
        imports_(*store_, records_, *extractor_, texts_),
        import_jobs_(archive::ImportJobs::start(*store_, imports_, configuration.data / "imports", clock_,
                                                [this](const auto& began) { return still_may(began); })),
        caretaker_(archive::Caretaker::start(*store_, caretaking())),
        head_keeper_(keeping_heads()) {}

  const Configuration& configuration() const override { return configuration_; }
  const Clock& clock() const override { return clock_; }
  const schema::Schema& schema() const override { return *schema_; }
  storage::Store& store() override { return *store_; }
  records::RecordEngine& records() override { return records_; }
  identity::Accounts& accounts() override { return *accounts_; }
  identity::Provider* provider() override { return provider_.get(); }
  organisation::Organisation& organisation() override { return organisation_; }
  organisation::HandOver& hand_over() override { return hand_over_; }
  extract::Extractor& extractor() override { return *extractor_; }
  archive::TextStore& texts() override { return texts_; }
  archive::ExtractionPipeline& extraction() override { return *extraction_; }
  archive::ImportService& imports() override { return imports_; }
  archive::ImportJobs& import_jobs() override { return *import_jobs_; }
  archive::Uploads& uploads() override { return uploads_; }
  archive::PageImages& page_images() override { return page_images_; }
  archive::CatalogueTree& catalogue() override { return catalogue_; }
  archive::SearchHistory& search_history() override { return search_history_; }
  index::Indexer& indexer() override { return *indexer_; }
  search::Searcher& searcher() override { return *searcher_; }

  search::SearchResult search(const records::Principal& principal, search::SearchRequest request) override {
    field_names_.resolve(request);
    request.access = access_of(principal);
    request.today = records::office_day(clock_.now());
    search::SearchResult result = searcher_->search(request);
    // A later page goes on with what there was when the first was made.
    const bool first_page = request.page_token.empty();
    leave_out_withdrawn(principal, result.hits, first_page ? changed_since(result.position) : std::nullopt);
    return result;
  }

  std::vector<search::Completion> complete(const records::Principal& principal,
                                           search::CompletionRequest request) override {
    request.access = access_of(principal);
    auto completions = searcher_->complete(request);
    leave_out_withdrawn(principal, completions);
    return completions;
  }

  std::vector<archive::PopularSearch> popular_searches(const records::Principal& principal, std::size_t most) override {
    std::vector<archive::PopularSearch> found;
    auto all = search_history_.popular();
    if (all.size() > kPopularTried) all.resize(kPopularTried);
    for (auto& popular : all) {
      if (found.size() == most) break;
      search::SearchRequest request;
      request.query = popular.query;
      request.limit = 1;
      request.time_limit = kPopularTime;
      if (!search(principal, std::move(request)).hits.empty()) found.push_back(std::move(popular));
    }
    return found;
  }

  std::vector<search::Hit> similar(const records::Principal& principal, std::string_view type, std::string_view id,
                                   std::size_t limit) override {
    records_.get(principal, type, id);
    auto hits = searcher_->similar(type, id, access_of(principal), limit);
    leave_out_withdrawn(principal, hits);
    return hits;
  }

  FoundOrNot explain(const records::Principal& caller, search::SearchRequest request, std::string_view type,
                     std::string_view id, const records::Principal* viewer) override {
    const auto position = store_->changes().last_position();
    const auto record = records_.get(caller, type, id);
    field_names_.resolve(request);
    request.access = access_of(viewer != nullptr ? *viewer : caller);
    std::vector<ExplainedFile> files;
    for (const auto& file : record.files) {
      const auto digest = file.current().digest;
      const auto summary = texts_.summary(digest);
      ExplainedFile one{file.number, file.current().name, summary.state, 0, summary.error_code};
      if (const auto text = texts_.find(digest)) {
        for (const auto& page : text->pages) one.characters += text::to_utf32(page.text).size();
        for (const auto& member : text->embedded)
          for (const auto& page : member.pages) one.characters += text::to_utf32(page.text).size();
      }
      files.push_back(std::move(one));
    }
    return conclude(record, std::move(files), searcher_->explain(request, type, id), position);
  }

  bool wait_until_searchable(std::uint64_t position, std::chrono::steady_clock::time_point deadline) override {
    const std::uint64_t with_texts = extraction_->wait_until(position, deadline);
    const std::uint64_t with_names = renames_->wait_until(position, deadline);
    const bool in_feed = position == 0 || (with_texts != 0 && with_names != 0);
    return in_feed && indexer_->wait_until(std::max({position, with_texts, with_names}), deadline);
  }

  std::vector<FirstLogin> ensure_officers() override {
    if (!accounts_->list().empty()) return {};
    if (accounts_->policy().officers_combined) {
      auto roles = identity::officer_roles();
      roles.insert("archivist");
      return {first_login("admin", "管理员", roles, highest_clearance())};
    }
    return {first_login("admin", "系统管理员", {"administrator"}, 0),
            first_login("security", "安全管理员", {"security_officer"}, 0),
            first_login("auditor", "审计员", {"auditor"}, 0)};
  }

 private:
  index::IndexerOptions indexing() const {
    index::IndexerOptions options;
    options.directory = configuration_.data / "index";
    if (!configuration_.read_files) return options;  // no texts come
    options.texts_until = [this](std::uint64_t position, std::chrono::steady_clock::time_point deadline) {
      extraction_->wait_until(position, deadline);
      return extraction_->status().position;
    };
    return options;
  }
  identity::AccountsOptions accounts_options() {
    identity::AccountsOptions options;
    if (const auto* roles = schema_->find_vocabulary("role"))
      for (const auto& role : roles->terms) options.roles.insert(role.code);
    options.departments_below = [this](const std::vector<std::string>& departments) {
      return organisation_.with_those_below(departments);
    };
    if (configuration_.directory) options.directory = identity::Directory::make(*configuration_.directory);
    options.make_accounts = configuration_.make_accounts;
    options.groups_of = [this](const std::string& person) {
      return organisation_.groups_of(person, organisation_.today());
    };
    options.posts_of = [this](const std::string& person) {
      std::vector<identity::HeldPost> held;
      for (auto& post : organisation_.appointments_of(person, organisation_.today()))
        held.push_back({std::move(post.id), std::move(post.department)});
      return held;
    };
    return options;
  }
  // As much as when they began, by themselves and for whom they stood in.
  bool still_may(const records::Principal& began) const {
    if (began.service) return true;
    const auto account = accounts_->find(began.id);
    if (!account || account->disabled) return false;
    const auto now = accounts_->principal_of(*account);
    const auto has = [](const std::set<std::string>& all, const std::set<std::string>& some) {
      return std::includes(all.begin(), all.end(), some.begin(), some.end());
    };
    if (!has(now.roles, began.roles) || now.clearance < began.clearance) return false;
    const auto given = accounts_->stood_in_for(account->id);
    if (!began.behalf.empty())
      return std::any_of(given.begin(), given.end(), [&](const auto& one) { return one.from == began.behalf; });
    return now.all_departments || (!began.all_departments && has(now.scope, began.scope));
  }
  FirstLogin first_login(const char* login, const char* name, std::set<std::string> roles, int clearance) {
    identity::Account account;
    account.login = login;
    account.name = name;
    account.roles = std::move(roles);
    account.clearance = clearance;
    account.must_change_password = true;
    FirstLogin first{login, random_hex(8)};
    accounts_->create(identity::operator_principal(), account, first.password);
    return first;
  }
  search::AccessFilter access_of(const records::Principal& principal) const {
    records::AccessGrant grant = records::access_grant(*schema_, principal);
    return {grant.everything, std::move(grant.any_of), std::move(grant.lent), std::move(grant.lent_types),
            std::move(grant.departments)};
  }
  // The index follows the store by a moment; what was withdrawn in that moment is not shown.
  // `changed`: only these may have been; nullopt: any.
  using Changed = std::optional<std::set<std::pair<std::string, std::string>>>;  // type and id
  template <typename Found>
  void leave_out_withdrawn(const records::Principal& principal, std::vector<Found>& found,
                           const Changed& changed = std::nullopt) const {
    std::erase_if(found, [&](const Found& one) {
      return (!changed || changed->contains({one.type, one.id})) && !records_.find(principal, one.type, one.id);
    });
  }
  // Most of the time nothing; nullopt: any may have, for there are more than is worth reading, or what others lie in
  // has changed and the index has not followed with them yet.
  Changed changed_since(std::uint64_t position) const {
    const auto [settled, announced] = renames_->progress();
    std::set<std::pair<std::string, std::string>> changed;
    if (announced > position) return std::nullopt;
    const auto from = std::min(position, settled);
    if (store_->changes().last_position() <= from) return changed;
    const auto changes = store_->changes().read(from, kChangesRead);
    if (changes.size() == kChangesRead) return std::nullopt;
    for (const auto& change : changes) {
      if (change.operation == "update" && containers_.contains(change.subject)) return std::nullopt;
      if (change.position > position) changed.emplace(change.subject, change.id);
    }
    return changed;
  }
  archive::PipelineOptions reading(const Configuration& configuration) {
    archive::PipelineOptions options{reading_workers(configuration)};
    options.keep_layout = [this](ByteView digest, std::uint32_t page, const extract::PageLayout& layout) {
      page_images_.keep_layout(digest, page, layout);
    };
    return options;
  }
  std::unique_ptr<identity::HeadKeeper> keeping_heads() {
    if (configuration_.audit_heads.empty()) return nullptr;
    const auto signer = configuration_.audit_key.empty() ? identity::HeadSigner::of_store(*store_)
                                                         : identity::HeadSigner::of_file(configuration_.audit_key);
    return identity::HeadKeeper::start(*store_, signer, clock_, configuration_.audit_heads,
                                       configuration_.audit_heads_every);
  }
  archive::CaretakerOptions caretaking() {
    archive::CaretakerOptions options;
    options.make_room = [this] { page_images_.make_room(configuration_.page_image_bytes); };
    return options;
  }
  int highest_clearance() const {
    int highest = 0;
    if (const auto* levels = schema_->find_vocabulary("access_level")) {
      for (const auto& term : levels->terms) highest = std::max(highest, term.rank);
    }
    return highest;
  }

  const Configuration configuration_;
  const SystemClock clock_;
  const std::shared_ptr<const schema::Schema> schema_;
  const std::unique_ptr<storage::Store> store_;
  records::RecordEngine records_;
  organisation::Organisation organisation_;
  const std::unique_ptr<identity::Accounts> accounts_;
  const std::unique_ptr<identity::Provider> provider_;
  organisation::HandOver hand_over_;
  const std::unique_ptr<extract::Extractor> extractor_;
  archive::TextStore texts_;
  archive::PageImages page_images_;
  const std::unique_ptr<archive::ExtractionPipeline> extraction_;
  const std::unique_ptr<archive::RenameAnnouncer> renames_;
  const std::set<std::string> containers_ = records::container_types(*schema_);
  const HoldingsSource holdings_;
  const FieldNames field_names_;
  const std::unique_ptr<index::Indexer> indexer_;
  archive::SynonymList synonyms_;
  const std::unique_ptr<search::Searcher> searcher_;
  archive::SearchHistory search_history_;
  archive::CatalogueTree catalogue_;
  archive::Uploads uploads_;
  archive::ImportService imports_;
  const std::unique_ptr<archive::ImportJobs> import_jobs_;
  const std::unique_ptr<archive::Caretaker> caretaker_;
  const std::unique_ptr<identity::HeadKeeper> head_keeper_;
};

}  // namespace

extract::ExtractorOptions extractor_options(const Configuration& configuration) {
  extract::ExtractorOptions options;
  options.worker_program = configuration.worker_program;
  options.office_program = configuration.office_program;
  options.workers = std::max(1U, configuration.extraction_workers);
  options.allow_incomplete_sandbox = configuration.allow_incomplete_sandbox;
  return options;
}

Configuration default_configuration(const fs::path& program) {
  Configuration configuration;
  const fs::path folder = fs::weakly_canonical(program).parent_path();
  configuration.schema_directories = {folder.parent_path() / "share" / "lantai" / "schema"};
  configuration.worker_program = folder / "lantai-extract-worker";
  configuration.office_program = folder / "lantai-office-worker";
  return configuration;
}

std::unique_ptr<Application> Application::open(const Configuration& configuration) {
  return std::make_unique<RunningApplication>(configuration);
}

}  // namespace lantai::app
