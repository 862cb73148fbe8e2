#include "posting_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "encoding.h"

namespace lantai::index {
namespace {

constexpr std::string_view kMagic = "lantai-pairs 1\n";
constexpr std::size_t kTermsInBlock = 16;
constexpr std::size_t kFooter = 3 * sizeof(std::uint64_t);  // begin of dictionary, begin of offsets, blocks
constexpr std::size_t kWrittenAtOnce = 1U << 20U;
constexpr std::size_t kTableEntry = 2 * sizeof(std::uint32_t);  // first document of a block, its place
constexpr std::size_t kBlockHead = 3;                           // width of gaps, width of counts, least count

static_assert(std::endian::native == std::endian::little, "numbers in the file are little-endian");

template <typename T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
void put_fixed(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

[[noreturn]] void damaged(const char* what) {
  throw Error(ErrorCode::data_loss, std::string("index file of pairs: ") + what);
}

constexpr std::size_t packed_bytes(std::size_t count, unsigned width) { return (count * width + 7) / 8; }

// Numbers of `width` bits, the first in the lowest bits.
template <typename T>
void pack(std::span<const T> values, unsigned width, std::string& out) {
  std::uint64_t bits = 0;
  unsigned filled = 0;
  for (const T value : values) {
    bits |= static_cast<std::uint64_t>(value) << filled;
    for (filled += width; filled >= 8; filled -= 8, bits >>= 8U) out.push_back(static_cast<char>(bits & 0xFFU));
  }
  if (filled > 0) out.push_back(static_cast<char>(bits));
}

// Each is read with what lies behind it, up to eight bytes; the footer lies behind all.
template <typename T, typename Take>
void unpack(const char* from, std::size_t count, unsigned width, Take&& take) {
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  std::size_t bit = 0;
  for (std::size_t i = 0; i < count; ++i, bit += width)
    take(i, static_cast<T>(load<std::uint64_t>(from + (bit >> 3U)) >> (bit & 7U) & mask));
}

void encode_block(std::span<const Posting> postings, std::string& out) {
  std::array<std::uint32_t, kPostingsInBlock> gaps;
  std::array<std::uint8_t, kPostingsInBlock> counts;
  std::uint32_t widest = 0;
  std::uint8_t least = 255, most = 0;
  for (std::size_t i = 0; i < postings.size(); ++i) {
    if (i > 0) widest |= gaps[i - 1] = postings[i].doc - postings[i - 1].doc - 1;
    counts[i] = static_cast<std::uint8_t>(std::min(postings[i].wdf, kMostCounted));
    least = std::min(least, counts[i]);
    most = std::max(most, counts[i]);
  }
  for (std::size_t i = 0; i < postings.size(); ++i) counts[i] = static_cast<std::uint8_t>(counts[i] - least);
  const auto gap_width = static_cast<unsigned>(std::bit_width(widest));
  const auto count_width = static_cast<unsigned>(std::bit_width(static_cast<unsigned>(most - least)));
  out.push_back(static_cast<char>(gap_width));
  out.push_back(static_cast<char>(count_width));
  out.push_back(static_cast<char>(least));
  pack(std::span<const std::uint32_t>(gaps).first(postings.size() - 1), gap_width, out);
  pack(std::span<const std::uint8_t>(counts).first(postings.size()), count_width, out);
}

std::string encode_list(std::span<const Posting> postings) {
  std::string out;
  if (postings.size() <= kPostingsInBlock) {
    put_number(postings.front().doc, out);
    encode_block(postings, out);
    return out;
  }
  std::string blocks;
  for (std::size_t at = 0; at < postings.size(); at += kPostingsInBlock) {
    const auto some = postings.subspan(at, std::min(kPostingsInBlock, postings.size() - at));
    put_fixed(some.front().doc, out);
    put_fixed(static_cast<std::uint32_t>(blocks.size()), out);
    encode_block(some, blocks);
  }
  return out + blocks;
}

}  // namespace

PostingFile::PostingFile(const std::filesystem::path& file, DocId first, DocId last) : first_(first), last_(last) {
  const std::string name = file.string();
  const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0 && errno == ENOENT) throw Error(ErrorCode::data_loss, name + " is missing");
  if (handle < 0) throw system_error(name, errno);
  struct stat status {};
  const bool told = ::fstat(handle, &status) == 0;
  const bool enough = told && status.st_size >= static_cast<off_t>(kMagic.size() + kFooter);
  void* const map =
      enough ? ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, handle, 0) : MAP_FAILED;
  const int error = errno;
  ::close(handle);
  if (told && !enough) damaged("cut off");
  if (map == MAP_FAILED) throw system_error(name, error);
  all_ = {static_cast<const char*>(map), static_cast<std::size_t>(status.st_size)};
  const char* const footer = all_.data() + all_.size() - kFooter;
  const auto dictionary = load<std::uint64_t>(footer), offsets = load<std::uint64_t>(footer + 8);
  const auto blocks = load<std::uint64_t>(footer + 16), end = std::uint64_t{all_.size() - kFooter};
  const bool whole = all_.starts_with(kMagic) && kMagic.size() <= dictionary && dictionary <= offsets &&
                     offsets <= end && blocks == (end - offsets) / sizeof(std::uint32_t);
  if (!whole) {
    ::munmap(map, all_.size());
    damaged("its parts do not fit");
  }
  postings_ = all_.substr(kMagic.size(), dictionary - kMagic.size());
  dictionary_ = all_.substr(dictionary, offsets - dictionary);
  offsets_ = all_.substr(offsets, end - offsets);
  blocks_ = blocks;
}

PostingFile::~PostingFile() { ::munmap(const_cast<char*>(all_.data()), all_.size()); }

std::string_view PostingFile::block(std::size_t number) const {
  const auto offset = [&](std::size_t i) { return load<std::uint32_t>(offsets_.data() + i * sizeof(std::uint32_t)); };
  const std::uint64_t begin = offset(number), end = number + 1 < blocks_ ? offset(number + 1) : dictionary_.size();
  if (begin > end || end > dictionary_.size()) damaged("a block of terms lies outside");
  return dictionary_.substr(begin, end - begin);
}

// A block: the place of its first postings; of each term how much it shares with the one before, the rest of it, how
// many postings, how many bytes they take.
std::string_view PostingFile::first_term(std::size_t number) const {
  std::string_view rest = block(number);
  get_number(rest);
  if (get_number(rest) != 0) damaged("a first term lacks its beginning");
  return get_text(rest);
}

PostingFile::Walk::Walk(const PostingFile& file, std::size_t block) : file_(&file), block_(block) {
  if (block_ >= file.blocks_) {
    at_end_ = true;
    return;
  }
  rest_ = file.block(block_);
  place_ = get_number(rest_);
  next();
}

void PostingFile::Walk::next() {
  while (rest_.empty()) {
    if (++block_ >= file_->blocks_) {
      at_end_ = true;
      return;
    }
    rest_ = file_->block(block_);
    place_ = get_number(rest_);
  }
  const std::uint64_t shared = get_number(rest_);
  if (shared > term_.size()) damaged("a term shares more than there is");
  term_.resize(shared);
  term_ += get_text(rest_);
  const std::uint64_t count = get_number(rest_), bytes = get_number(rest_);
  const auto& all = file_->postings_;
  if (count == 0 || place_ > all.size() || bytes > all.size() - place_) damaged("postings lie outside");
  postings_ = {count, all.substr(place_, bytes)};
  place_ += bytes;
}

PostingFile::Walk PostingFile::from(std::string_view term) const {
  std::size_t begin = 0, end = blocks_;  // the last block whose first term is not above, or the first block
  while (end - begin > 1) {
    const std::size_t middle = begin + (end - begin) / 2;
    (first_term(middle) <= term ? begin : end) = middle;
  }
  Walk walk(*this, begin);
  while (!walk.at_end() && walk.term() < term) walk.next();
  return walk;
}

std::optional<PostingFile::Postings> PostingFile::find(std::string_view term) const {
  const Walk walk = from(term);
  return walk.at_end() || walk.term() != term ? std::nullopt : std::optional(walk.postings());
}

void PostingFile::each_term(std::string_view prefix, const std::function<bool(const std::string&)>& visit) const {
  for (Walk walk = from(prefix); !walk.at_end() && walk.term().starts_with(prefix); walk.next())
    if (!visit(walk.term())) return;
}

PackedCursor::PackedCursor(const PostingFile& file, const PostingFile::Postings& postings)
    : lowest_(file.first()),
      highest_(file.last()),
      blocks_(postings.bytes),
      count_(postings.count),
      block_count_((postings.count + kPostingsInBlock - 1) / kPostingsInBlock) {
  if (block_count_ == 1) {
    only_first_ = static_cast<DocId>(get_number(blocks_));
  } else {
    if (blocks_.size() / kTableEntry < block_count_) damaged("a list is shorter than its table");
    table_ = blocks_.substr(0, block_count_ * kTableEntry);
    blocks_.remove_prefix(table_.size());
  }
  load(0);
}

DocId PackedCursor::first_of(std::size_t block) const {
  return table_.empty() ? only_first_ : index::load<DocId>(table_.data() + block * kTableEntry);
}

void PackedCursor::load(std::size_t block) {
  block_ = block;
  at_ = 0;
  size_ = std::min<std::uint64_t>(kPostingsInBlock, count_ - block * kPostingsInBlock);
  counts_loaded_ = false;
  std::string_view rest = blocks_;
  if (!table_.empty()) {
    const auto place = index::load<std::uint32_t>(table_.data() + block * kTableEntry + sizeof(DocId));
    if (place > rest.size()) damaged("a block lies outside");
    rest.remove_prefix(place);
  }
  if (rest.size() < kBlockHead) damaged("a block is cut off");
  const auto gap_width = static_cast<unsigned char>(rest[0]);
  count_width_ = static_cast<unsigned char>(rest[1]);
  least_count_ = static_cast<std::uint8_t>(rest[2]);
  rest.remove_prefix(kBlockHead);
  const std::size_t gaps = packed_bytes(size_ - 1, gap_width), counts = packed_bytes(size_, count_width_);
  if (gap_width > 32 || count_width_ > 8 || gaps + counts > rest.size()) damaged("a block is cut off");
  packed_counts_ = rest.substr(gaps, counts);
  std::uint64_t doc = first_of(block);
  docs_[0] = static_cast<DocId>(doc);
  unpack<std::uint32_t>(rest.data(), size_ - 1, gap_width, [&](std::size_t i, std::uint32_t gap) {
    doc += std::uint64_t{gap} + 1;
    docs_[i + 1] = static_cast<DocId>(doc);
  });
  if (docs_[0] < lowest_ || doc > highest_) damaged("a document lies outside");
  if (block + 1 < block_count_ && first_of(block + 1) <= doc) damaged("documents are out of order");
  doc_ = docs_[0];
  steps_ += kStepsOfBlock;
}

void PackedCursor::load_counts() const {
  unpack<std::uint8_t>(packed_counts_.data(), size_, count_width_, [&](std::size_t i, std::uint8_t count) {
    counts_[i] = static_cast<std::uint8_t>(count + least_count_);
  });
  counts_loaded_ = true;
}

void PackedCursor::next() {
  if (++at_ < size_) {
    doc_ = docs_[at_];
  } else if (block_ + 1 < block_count_) {
    load(block_ + 1);
  } else {
    doc_ = kNoDoc;
  }
}

std::uint32_t PackedCursor::wdf() const {
  if (!counts_loaded_) load_counts();
  return counts_[at_];
}

void PackedCursor::skip_to(DocId doc) {
  if (doc_ >= doc) return;
  if (docs_[size_ - 1] < doc) {
    // The last block that begins at or below it, if that is a later one: near by most of the time.
    std::size_t begin = block_, step = 1;
    while (begin + step < block_count_ && first_of(begin + step) <= doc) {
      begin += step;
      step *= 2;
    }
    for (std::size_t end = std::min(begin + step, block_count_); end - begin > 1;) {
      const std::size_t middle = begin + (end - begin) / 2;
      (first_of(middle) <= doc ? begin : end) = middle;
    }
    if (begin != block_) load(begin);
    if (docs_[size_ - 1] < doc) {
      if (block_ + 1 < block_count_) return load(block_ + 1);
      at_ = size_;
      doc_ = kNoDoc;
      return;
    }
  }
  at_ = static_cast<std::size_t>(std::lower_bound(docs_ + at_, docs_ + size_, doc) - docs_);
  doc_ = docs_[at_];
}

std::size_t PackedCursor::fill(std::span<DocId> out, std::uint8_t* counts) {
  std::size_t filled = 0;
  while (filled < out.size() && doc_ != kNoDoc) {
    const std::size_t some = std::min(out.size() - filled, size_ - at_);
    std::copy_n(docs_ + at_, some, out.data() + filled);
    if (counts != nullptr) {
      if (!counts_loaded_) load_counts();
      std::copy_n(counts_ + at_, some, counts + filled);
    }
    filled += some;
    at_ += some - 1;
    next();
  }
  return filled;
}

PostingFileWriter::PostingFileWriter(const std::filesystem::path& file) : name_(file.string()) {
  file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file_ < 0) throw system_error(name_, errno);
  waiting_ = kMagic;
}

PostingFileWriter::~PostingFileWriter() { ::close(file_); }

void PostingFileWriter::write_out(std::size_t beyond) {
  if (waiting_.size() < beyond) return;
  for (std::size_t done = 0; done < waiting_.size();) {
    const ssize_t size = ::write(file_, waiting_.data() + done, waiting_.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw system_error(name_, errno);
    done += static_cast<std::size_t>(size);
  }
  written_ += waiting_.size();
  waiting_.clear();
}

void PostingFileWriter::add(std::string_view term, std::span<const Posting> postings) {
  const std::string bytes = encode_list(postings);
  if (terms_++ % kTermsInBlock == 0) {
    put_fixed(static_cast<std::uint32_t>(dictionary_.size()), offsets_);
    put_number(postings_end_, dictionary_);
    before_.clear();
  }
  const auto shared = static_cast<std::size_t>(
      std::mismatch(before_.begin(), before_.end(), term.begin(), term.end()).first - before_.begin());
  put_number(shared, dictionary_);
  put_text(term.substr(shared), dictionary_);
  put_number(postings.size(), dictionary_);
  put_number(bytes.size(), dictionary_);
  if (dictionary_.size() > ~std::uint32_t{0}) throw Error(ErrorCode::resource_exhausted, name_ + ": too many terms");
  before_ = term;
  waiting_ += bytes;
  postings_end_ += bytes.size();
  write_out(kWrittenAtOnce);
}

void PostingFileWriter::finish() {
  const std::uint64_t dictionary = written_ + waiting_.size(), offsets = dictionary + dictionary_.size();
  waiting_ += dictionary_;
  waiting_ += offsets_;
  put_fixed(dictionary, waiting_);
  put_fixed(offsets, waiting_);
  put_fixed(static_cast<std::uint64_t>(offsets_.size() / sizeof(std::uint32_t)), waiting_);
  write_out(0);
}

void write_posting_file(const std::filesystem::path& file, const PostingsByTerm& postings) {
  PostingFileWriter out(file);
  for (std::size_t i = 0; i < postings.size(); ++i) out.add(postings.term(i), postings.postings(i));
  out.finish();
}

void merge_posting_files(const std::filesystem::path& target, const std::vector<std::filesystem::path>& sources) {
  std::vector<std::unique_ptr<const PostingFile>> files;
  std::vector<PostingFile::Walk> walks;
  for (const auto& source : sources) {
    files.push_back(std::make_unique<const PostingFile>(source, 0, kNoDoc));
    walks.emplace_back(*files.back());
  }
  PostingFileWriter out(target);
  std::vector<Posting> postings;
  std::array<DocId, kPostingsInBlock> docs;
  std::array<std::uint8_t, kPostingsInBlock> counts;
  for (;;) {
    const std::string* least = nullptr;
    for (const auto& walk : walks)
      if (!walk.at_end() && (least == nullptr || walk.term() < *least)) least = &walk.term();
    if (least == nullptr) break;
    const std::string term = *least;
    postings.clear();
    for (std::size_t i = 0; i < walks.size(); ++i) {
      if (walks[i].at_end() || walks[i].term() != term) continue;
      PackedCursor cursor(*files[i], walks[i].postings());
      while (const std::size_t some = cursor.fill(docs, counts.data()))
        for (std::size_t k = 0; k < some; ++k) postings.push_back({docs[k], counts[k]});
      walks[i].next();
    }
    out.add(term, postings);
  }
  out.finish();
}

}  // namespace lantai::index
