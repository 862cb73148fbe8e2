#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xapian.h>

#include <atomic>
#include <future>
#include <mutex>

#include "lantai/base/error.h"
#include "manifest.h"
#include "posting_file.h"
#include "posting_list.h"
#include "segments.h"

namespace lantai::index {
namespace {

constexpr const char* kGrams = "grams";  // beside the files of Xapian

// Xapian's errors end here.
template <typename F>
auto translated(const std::filesystem::path& directory, F&& work) {
  try {
    return work();
  } catch (const Xapian::DatabaseCorruptError& error) {
    throw Error(ErrorCode::data_loss, fmt::format("index segment {}: {}", directory.string(), error.get_description()));
  } catch (const Xapian::DatabaseNotFoundError& error) {
    throw Error(ErrorCode::data_loss, fmt::format("index segment {}: {}", directory.string(), error.get_description()));
  } catch (const Xapian::DatabaseVersionError& error) {
    throw Error(ErrorCode::failed_precondition,
                fmt::format("index segment {}: {}", directory.string(), error.get_description()));
  } catch (const Xapian::Error& error) {
    const std::string description = error.get_description();
    const bool full = description.find("No space") != std::string::npos;
    throw Error(full ? ErrorCode::resource_exhausted : ErrorCode::unavailable,
                fmt::format("index segment {}: {}", directory.string(), description));
  }
}

class SettledSegment final : public Segment {
 public:
  explicit SettledSegment(std::filesystem::path directory) : directory_(std::move(directory)) {
    translated(directory_, [&] {
      auto database = std::make_unique<Xapian::Database>(directory_.string());
      const auto all = database->postlist_begin("");
      if (all != database->postlist_end("")) first_ = *all;
      last_ = database->get_lastdocid();
      idle_.push_back(std::move(database));
    });
    grams_ = std::make_unique<const PostingFile>(directory_ / kGrams, first_, last_);
  }
  ~SettledSegment() override {
    idle_.clear();
    std::error_code ignored;
    if (retired_) std::filesystem::remove_all(directory_, ignored);
  }
  SettledSegment(const SettledSegment&) = delete;
  SettledSegment& operator=(const SettledSegment&) = delete;
  void retire() const { retired_ = true; }
  std::unique_ptr<SegmentReader> reader() const override;
  DocId first() const override { return first_; }
  DocId last() const override { return last_; }

  std::unique_ptr<Xapian::Database> borrow() const {
    {
      std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto database = std::move(idle_.back());
        idle_.pop_back();
        return database;
      }
    }
    return translated(directory_, [&] { return std::make_unique<Xapian::Database>(directory_.string()); });
  }

  void give_back(std::unique_ptr<Xapian::Database> database) const {
    std::lock_guard lock(mutex_);
    if (idle_.size() < kIdle) idle_.push_back(std::move(database));
  }

  const std::filesystem::path& directory() const { return directory_; }
  const PostingFile& grams() const { return *grams_; }
  PostingLists& lists() const { return lists_; }

 private:
  static constexpr std::size_t kIdle = 16;
  std::filesystem::path directory_;
  DocId first_ = kNoDoc, last_ = 0;
  std::unique_ptr<const PostingFile> grams_;
  mutable std::atomic<bool> retired_{false};
  mutable PostingLists lists_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Xapian::Database>> idle_;  // handles nobody is using
};

// Of a list that is long enough to be worth unpacking one day.
class GramCursor final : public PackedCursor {
 public:
  GramCursor(const SettledSegment& segment, std::string term, const PostingFile::Postings& postings)
      : PackedCursor(segment.grams(), postings), segment_(segment), term_(std::move(term)) {}
  ~GramCursor() override { segment_.lists().note_walk(term_, steps()); }
  GramCursor(const GramCursor&) = delete;
  GramCursor& operator=(const GramCursor&) = delete;

 private:
  const SettledSegment& segment_;
  const std::string term_;
};

class XapianCursor final : public PostingCursor {
 public:
  XapianCursor(const SettledSegment& segment, std::string term, Xapian::PostingIterator at)
      : segment_(segment), term_(std::move(term)), at_(std::move(at)) {
    settle();
  }
  ~XapianCursor() override { segment_.lists().note_walk(term_, steps_); }
  XapianCursor(const XapianCursor&) = delete;
  XapianCursor& operator=(const XapianCursor&) = delete;
  void next() override {
    translated(segment_.directory(), [&] { ++at_; });
    ++steps_;
    settle();
  }
  void skip_to(DocId doc) override {
    if (doc_ >= doc) return;
    translated(segment_.directory(), [&] { at_.skip_to(doc); });
    steps_ += kStepsOfSkip;
    settle();
  }
  std::uint32_t wdf() const override { return std::min<std::uint32_t>(at_.get_wdf(), kMostCounted); }
  std::size_t fill(std::span<DocId> out, std::uint8_t* counts) override {
    std::size_t count = 0;
    translated(segment_.directory(), [&] {
      for (; count < out.size() && doc_ != kNoDoc; ++at_, settle()) {
        if (counts != nullptr) counts[count] = static_cast<std::uint8_t>(wdf());
        out[count++] = doc_;
      }
    });
    steps_ += count;
    return count;
  }

  static constexpr std::uint64_t kStepsOfSkip = 50;  // a search in the tree of blocks, against a step in a block

 private:
  void settle() { doc_ = at_ == Xapian::PostingIterator() ? kNoDoc : *at_; }
  const SettledSegment& segment_;
  const std::string term_;
  Xapian::PostingIterator at_;
  std::uint64_t steps_ = 0;
};

class SettledReader final : public SegmentReader {
 public:
  explicit SettledReader(const SettledSegment& segment) : segment_(segment) {}
  ~SettledReader() override {
    if (database_) segment_.give_back(std::move(database_));
  }
  SettledReader(const SettledReader&) = delete;
  SettledReader& operator=(const SettledReader&) = delete;

  std::unique_ptr<PostingCursor> open(const std::string& term, std::uint64_t skips) override {
    if (is_gram_term(term)) return open_gram(term, skips);
    return open_other(term, skips);
  }
  std::uint64_t frequency(const std::string& term) override {
    if (is_gram_term(term)) {
      const auto postings = segment_.grams().find(term);
      return postings ? postings->count : 0;
    }
    if (const auto known = segment_.lists().frequency(term)) return *known;
    const auto found = translated(segment_.directory(), [&] { return std::uint64_t{database().get_termfreq(term)}; });
    segment_.lists().note_frequency(term, found);
    return found;
  }
  void each_term(const std::string& prefix, const std::function<bool(const std::string&)>& visit) override {
    if (prefix.empty()) return each_of_all(visit);
    if (is_gram_term(prefix)) return segment_.grams().each_term(prefix, visit);
    translated(segment_.directory(), [&] {
      const auto end = database().allterms_end(prefix);
      for (auto at = database().allterms_begin(prefix); at != end; ++at) {
        if (!visit(*at)) return;
      }
    });
  }

 private:
  std::unique_ptr<PostingCursor> open_gram(const std::string& term, std::uint64_t skips) {
    const auto postings = segment_.grams().find(term);
    if (!postings) return nullptr;
    if (postings->count < PostingLists::kFewest) return std::make_unique<PackedCursor>(segment_.grams(), *postings);
    std::uint64_t walked = 0;
    if (auto list = segment_.lists().find(term, walked)) return open_list(std::move(list));
    auto cursor = std::make_unique<GramCursor>(segment_, term, *postings);
    if (!worth_unpacking(walked + skips * PackedCursor::kStepsOfBlock, postings->count)) return cursor;
    return unpacked(term, *cursor, postings->count);
  }
  std::unique_ptr<PostingCursor> open_other(const std::string& term, std::uint64_t skips) {
    std::uint64_t walked = 0;
    if (auto list = segment_.lists().find(term, walked)) return open_list(std::move(list));
    return translated(segment_.directory(), [&]() -> std::unique_ptr<PostingCursor> {
      auto at = database().postlist_begin(term);
      if (at == database().postlist_end(term)) return nullptr;
      auto cursor = std::make_unique<XapianCursor>(segment_, term, std::move(at));
      walked += skips * XapianCursor::kStepsOfSkip;
      if (walked < PostingLists::kFewest / 2) return cursor;
      const auto count = database().get_termfreq(term);
      if (!worth_unpacking(walked, count)) return cursor;
      return unpacked(term, *cursor, count);
    });
  }
  // Unpacking costs about as much as has been walked in vain then, or would be.
  static bool worth_unpacking(std::uint64_t walked, std::uint64_t count) {
    return count >= PostingLists::kFewest && walked >= count / 2;
  }
  std::unique_ptr<PostingCursor> unpacked(const std::string& term, PostingCursor& cursor, std::uint64_t count) {
    const auto list = std::make_shared<const PostingList>(cursor, count);
    segment_.lists().keep(term, list);
    return open_list(list);
  }
  // Kind by kind: each lies in one of the two.
  void each_of_all(const std::function<bool(const std::string&)>& visit) {
    bool goes_on = true;
    for (int kind = 1; kind < 256 && goes_on; ++kind)
      each_term(std::string(1, static_cast<char>(kind)), [&](const auto& term) { return goes_on = visit(term); });
  }
  Xapian::Database& database() {
    if (!database_) database_ = segment_.borrow();
    return *database_;
  }

  const SettledSegment& segment_;
  std::unique_ptr<Xapian::Database> database_;  // once it is needed
};

std::unique_ptr<SegmentReader> SettledSegment::reader() const { return std::make_unique<SettledReader>(*this); }

void sync_files(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!synced) throw Error(ErrorCode::unavailable, "index segment " + entry.path().string() + " cannot be synced");
  }
  sync_directory(directory);
}

// Blocks of a fresh database are half empty; of a compacted one they are full.
void compact(const Xapian::Database& source, const std::filesystem::path& target, unsigned flags) {
  Xapian::Database(source).compact(target.string(), Xapian::DBCOMPACT_NO_RENUMBER | flags);
}

// What Xapian makes at first: blocks half empty, not synced. Gone with this.
class LooseSegment {
 public:
  explicit LooseSegment(std::string directory) : directory_(std::move(directory)) {}
  ~LooseSegment() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  LooseSegment(const LooseSegment&) = delete;
  LooseSegment& operator=(const LooseSegment&) = delete;

  void write(const std::vector<NumberedDocument>& documents) const {
    Xapian::WritableDatabase database(directory_, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS |
                                                      Xapian::DB_NO_TERMLIST | Xapian::DB_NO_SYNC);
    database.begin_transaction();
    for (const auto& [doc, document] : documents) {
      Xapian::Document out;
      for (const auto& [term, wdf] : document->terms)
        if (!is_gram_term(term)) out.add_term(term, wdf);
      database.replace_document(doc, out);
    }
    database.commit_transaction();
    database.close();
  }
  Xapian::Database open() const { return Xapian::Database(directory_); }

 private:
  std::string directory_;
};

}  // namespace

void write_settled_segment(const std::filesystem::path& directory, const std::vector<NumberedDocument>& documents) {
  std::filesystem::create_directories(directory);
  auto beside = std::async(std::launch::async,
                           [&] { write_posting_file(directory / kGrams, PostingsByTerm(documents, is_gram_term)); });
  translated(directory, [&] {
    const LooseSegment loose(directory.string() + ".loose");
    loose.write(documents);
    compact(loose.open(), directory, 0);
  });
  beside.get();
  sync_files(directory);
}

void merge_settled_segments(const std::filesystem::path& target, const std::vector<std::filesystem::path>& sources) {
  std::filesystem::create_directories(target);
  std::vector<std::filesystem::path> grams;
  for (const auto& source : sources) grams.push_back(source / kGrams);
  merge_posting_files(target / kGrams, grams);
  translated(target, [&] {
    Xapian::Database all;
    for (const auto& source : sources) all.add_database(Xapian::Database(source.string()));
    compact(all, target, Xapian::DBCOMPACT_MULTIPASS);
  });
  sync_files(target);
}

std::shared_ptr<const Segment> open_settled_segment(const std::filesystem::path& directory) {
  return std::make_shared<SettledSegment>(directory);
}

void retire_segment(const Segment& segment) { dynamic_cast<const SettledSegment&>(segment).retire(); }

std::uint64_t segment_documents(const std::filesystem::path& directory) {
  return translated(directory, [&] { return std::uint64_t{Xapian::Database(directory.string()).get_doccount()}; });
}

}  // namespace lantai::index
