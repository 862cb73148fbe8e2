#include "engine.h"

#ifdef LANTAI_BENCH_GROONGA
#include <groonga.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lantai::bench {
namespace {

class Groonga final : public Engine {
 public:
  explicit Groonga(const std::filesystem::path& directory) : file_((directory / "db").string()) {
    std::filesystem::create_directories(directory);
    ::grn_init();
    ::grn_ctx_init(&context_, 0);
  }
  ~Groonga() override {
    ::grn_ctx_fin(&context_);
    ::grn_fin();
  }
  Groonga(const Groonga&) = delete;
  Groonga& operator=(const Groonga&) = delete;

  void index(const std::vector<Row>& rows) override {
    database_ = ::grn_db_create(&context_, file_.c_str(), nullptr);
    run("table_create Texts TABLE_NO_KEY");
    run("column_create Texts title COLUMN_SCALAR ShortText");
    run("column_create Texts body COLUMN_SCALAR Text");
    for (std::size_t i = 0; i < rows.size(); i += 1000) {
      auto values = nlohmann::json::array();
      for (std::size_t k = i; k < std::min(i + 1000, rows.size()); ++k) {
        values.push_back({{"title", rows[k].title}, {"body", rows[k].body}});
      }
      run("load --table Texts");
      run(values.dump());
    }
    run("table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto");
    run("column_create Terms texts COLUMN_INDEX|WITH_POSITION|WITH_SECTION Texts title,body");
    run("database_unmap");
    if (::grn_obj_flush_recursive(&context_, database_) != GRN_SUCCESS) throw std::runtime_error(context_.errbuf);
  }
  void open() override {
    if (database_ == nullptr) database_ = ::grn_db_open(&context_, file_.c_str());
  }
  std::size_t find(const Query& query) override {
    std::string text;
    for (const auto& phrase : query) text += (text.empty() ? "\\\"" : " \\\"") + phrase + "\\\"";
    const auto answer = nlohmann::json::parse(run("select Texts --match_columns title||body --query \"" + text +
                                                  "\" --limit 10 --sort_keys -_score --output_columns _id,_score"));
    return answer.at(0).size() - 2;
  }

 private:
  std::string run(const std::string& command) {
    ::grn_ctx_send(&context_, command.c_str(), static_cast<unsigned>(command.size()), 0);
    char* text = nullptr;
    unsigned size = 0;
    int flags = 0;
    ::grn_ctx_recv(&context_, &text, &size, &flags);
    if (context_.rc != GRN_SUCCESS) throw std::runtime_error(context_.errbuf);
    return {text, size};
  }
  const std::string file_;
  grn_ctx context_{};
  grn_obj* database_ = nullptr;
};

}  // namespace

std::unique_ptr<Engine> make_groonga(const std::filesystem::path& directory) {
  return std::make_unique<Groonga>(directory);
}

}  // namespace lantai::bench
#else
namespace lantai::bench {
std::unique_ptr<Engine> make_groonga(const std::filesystem::path&) { return nullptr; }
}  // namespace lantai::bench
#endif
