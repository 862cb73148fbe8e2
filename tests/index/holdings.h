// Records for index and search tests: a source kept in memory beside a store in memory, whose feed says what changed.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/index/document.h"
#include "lantai/index/indexer.h"
#include "lantai/storage/store.h"
#include "support/temporary_directory.h"

namespace lantai::index::testing {

class Holdings final : public DocumentSource {
 public:
  Holdings() : Holdings(storage::Store::open_in_memory()) {}
  explicit Holdings(std::unique_ptr<storage::Store> store) : store_(std::move(store)) {}

  std::optional<Document> find(const std::string& type, const std::string& id) const override {
    std::lock_guard lock(mutex_);
    const auto found = documents_.find(type + "/" + id);
    if (found == documents_.end()) return std::nullopt;
    return found->second;
  }
  void each(const std::function<bool(const std::string&, const std::string&)>& visit) const override {
    for (const auto& [key, document] : all()) {
      if (!visit(document.type, document.id)) return;
    }
  }
  std::string schema_hash() const override {
    std::lock_guard lock(mutex_);
    return schema_;
  }
  void set_schema_hash(const std::string& schema) {
    std::lock_guard lock(mutex_);
    schema_ = schema;
  }

  std::map<std::string, Document> all() const {
    std::lock_guard lock(mutex_);
    return documents_;
  }

  std::uint64_t save(const std::vector<Document>& documents) {
    {
      std::lock_guard lock(mutex_);
      for (const auto& document : documents) documents_[document.type + "/" + document.id] = document;
    }
    return tell(documents, "update");
  }
  std::uint64_t save(const Document& document) { return save(std::vector<Document>{document}); }
  std::uint64_t erase(const std::string& type, const std::string& id) {
    {
      std::lock_guard lock(mutex_);
      documents_.erase(type + "/" + id);
    }
    Document gone;
    gone.type = type;
    gone.id = id;
    return tell({gone}, "delete");
  }

  storage::Store& store() { return *store_; }

 private:
  std::uint64_t tell(const std::vector<Document>& documents, const std::string& operation) {
    return store_
        ->run_transaction([&](storage::Transaction& transaction) {
          for (const auto& document : documents) {
            transaction.append_change({"record", document.type, document.id, document.version, operation});
          }
        })
        .position;
  }

  std::unique_ptr<storage::Store> store_;
  mutable std::mutex mutex_;
  std::map<std::string, Document> documents_;
  std::string schema_ = "schema-1";
};

inline bool wait(Indexer& indexer, std::uint64_t position) {
  return indexer.wait_until(position, std::chrono::steady_clock::now() + std::chrono::seconds(60));
}

}  // namespace lantai::index::testing
