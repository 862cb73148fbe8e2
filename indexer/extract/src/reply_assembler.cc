#include "reply_assembler.h"

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

constexpr std::size_t kFrameOverhead = 64;  // charged per frame, so that many empty ones are not free
constexpr std::size_t kMaxWarnings = 1'000;

[[noreturn]] void out_of_order(const char* what) {
  throw Error(ErrorCode::data_loss, std::string("extraction worker out of order: ") + what);
}

}  // namespace

void ReplyAssembler::charge(std::size_t bytes) {
  charged_ += bytes;
  if (charged_ > limits_.output_bytes) throw Error(ErrorCode::resource_exhausted, "extraction output limit");
}

void ReplyAssembler::accept(const Frame& frame) {
  std::size_t size = kFrameOverhead;
  for (const auto& field : frame.fields) size += field.size();
  charge(size);
  if (frame.kind != FrameKind::text) open_page_ = nullptr;
  switch (frame.kind) {
    case FrameKind::identified:
      result_.media_type = frame.text(0);
      result_.format = frame.text(1);
      if (auto evidence = frame.text(2); !evidence.empty()) result_.evidence = std::move(evidence);
      return;
    case FrameKind::title:
      result_.title = frame.text(0);
      return;
    case FrameKind::metadata:
      result_.metadata[frame.text(0)] = frame.text(1);
      return;
    case FrameKind::page:
      return begin_page(frame);
    case FrameKind::text:
      return add_text(frame);
    case FrameKind::embedded:
      return begin_embedded(frame);
    case FrameKind::embedded_end:
      return end_embedded(frame);
    case FrameKind::warning:
      if (result_.warnings.size() < kMaxWarnings) result_.warnings.push_back({frame.text(0), frame.text(1)});
      return;
    case FrameKind::failure:
      if (!result_.failure) result_.failure = Failure{frame.text(0), frame.text(1)};
      return;
    case FrameKind::ocr_wanted:
      if (ocr_wanted_.size() >= limits_.pages) out_of_order("more pages than the limit");
      ocr_wanted_.push_back(static_cast<std::uint32_t>(frame.number(0)));
      return;
    case FrameKind::convert_wanted:
      return want_conversion(frame);
    case FrameKind::data: {
      if (conversions_wanted_.empty() || conversions_wanted_.back().target == 0) out_of_order("bytes of nothing");
      auto& bytes = conversions_wanted_.back().bytes;
      bytes.insert(bytes.end(), frame.bytes(0).begin(), frame.bytes(0).end());
      return;
    }
    case FrameKind::unread:
      read_wanted_ = true;
      return;
    case FrameKind::placed:
      return place(frame);
    case FrameKind::progress:
      return;
    default:
      out_of_order("a frame that does not belong here");
  }
}

void ReplyAssembler::place(const Frame& frame) {
  constexpr std::size_t kMaxCharacters = 200'000;  // of a page
  constexpr std::uint64_t kWhole = 10'000;
  if (layout_.characters.size() >= kMaxCharacters) out_of_order("too many characters on a page");
  const auto fraction = [&](std::size_t index) {
    return static_cast<double>(std::min(frame.number(index), kWhole)) / static_cast<double>(kWhole);
  };
  layout_.from_ocr = frame.number(5) != 0;
  layout_.characters.push_back({frame.text(0),
                                frame.text(1),
                                {fraction(0), fraction(1), fraction(2), fraction(3)},
                                static_cast<std::uint32_t>(std::min<std::uint64_t>(frame.number(4), 100))});
}

void ReplyAssembler::want_conversion(const Frame& frame) {
  const auto target = frame.number(0);
  if (target > result_.embedded.size()) out_of_order("a conversion of nothing");
  if (target == 0 && !conversions_wanted_.empty()) out_of_order("a second conversion of the file");
  conversions_wanted_.push_back({target, frame.text(0), frame.text(1), {}});
}

void ReplyAssembler::begin_page(const Frame& frame) {
  const auto target = frame.number(0);
  if (target > result_.embedded.size()) out_of_order("a page of nothing");
  if (++pages_ > static_cast<std::uint64_t>(limits_.pages) + limits_.entries)
    throw Error(ErrorCode::resource_exhausted, "extraction page limit");
  auto& pages = target == 0 ? result_.pages : result_.embedded[target - 1].pages;
  PageText page;
  page.number = static_cast<std::uint32_t>(frame.number(1));
  page.from_ocr = frame.number(2) != 0;
  if (page.number == 0) out_of_order("page numbers start at 1");
  pages.push_back(std::move(page));
  open_page_ = &pages.back();
}

void ReplyAssembler::add_text(const Frame& frame) {
  if (open_page_ == nullptr) out_of_order("text outside a page");
  open_page_->text += frame.text(0);
}

void ReplyAssembler::begin_embedded(const Frame& frame) {
  if (result_.embedded.size() >= limits_.entries) throw Error(ErrorCode::resource_exhausted, "extraction entry limit");
  Embedded embedded;
  embedded.path = frame.text(0);
  embedded.raw_name = frame.bytes(1);
  result_.embedded.push_back(std::move(embedded));
}

void ReplyAssembler::end_embedded(const Frame& frame) {
  const auto target = frame.number(0);
  if (target == 0 || target > result_.embedded.size()) out_of_order("the end of nothing");
  auto& embedded = result_.embedded[target - 1];
  embedded.size = frame.number(1);
  embedded.media_type = frame.text(0);
  embedded.error = frame.text(1);
}

}  // namespace lantai::extract
