#include "cursors.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "lantai/text/folding.h"
#include "lantai/text/mention.h"

namespace lantai::search {
namespace {

DocId move_to(index::PostingCursor& postings, DocId target) {
  if (postings.doc() < target) postings.skip_to(target);
  return postings.doc();
}
DocId move_to(Cursor& cursor, DocId target) {
  cursor.advance(target);
  return cursor.doc();
}

// From where the first stands to where all stand together, or to its end.
template <typename Cursors>
DocId meet(Cursors& cursors, index::Effort& effort) {
  auto& lead = *cursors.front();
  for (std::size_t i = 1; lead.doc() != kNoDoc && i < cursors.size();) {
    effort.spend();
    const DocId at = move_to(*cursors[i], lead.doc());
    if (at == lead.doc()) {
      ++i;
      continue;
    }
    move_to(lead, at);
    i = 1;
  }
  return lead.doc();
}

// Of the documents those that all cursors keep, from the one at `first` on, moved to the front; how many.
template <typename Cursors>
std::size_t keep_in_all(const Cursors& cursors, std::size_t first, std::span<DocId> docs) {
  std::size_t count = docs.size();
  for (std::size_t i = first; i < cursors.size() && count > 0; ++i) count = cursors[i]->keep(docs.first(count));
  return count;
}

// What the lead gives and the others keep, until half of the room is taken; 0 only when it gives no more.
template <typename Cursors, typename Lead>
std::size_t take_together(const Cursors& cursors, std::span<DocId> out, Lead&& lead) {
  std::size_t taken = 0;
  while (taken <= out.size() / 2) {
    const auto room = out.subspan(taken);
    const std::size_t count = lead(room);
    if (count == 0) break;
    taken += keep_in_all(cursors, 1, room.first(count));
  }
  return taken;
}

// The postings stand in the order in which they are asked: the fewest first.
class AllTerms final : public Cursor {
 public:
  AllTerms(std::vector<std::unique_ptr<index::PostingCursor>> postings, std::uint64_t fewest, index::Effort& effort)
      : postings_(std::move(postings)), fewest_(fewest), effort_(effort) {
    meet(postings_, effort_);
  }
  DocId doc() const override { return postings_.front()->doc(); }
  void advance(DocId target) override {
    if (doc() >= target) return;
    postings_.front()->skip_to(target);
    meet(postings_, effort_);
  }
  std::size_t take(DocId from, std::span<DocId> out) override {
    auto& lead = *postings_.front();
    if (lead.doc() < from) lead.skip_to(from);
    return take_together(postings_, out, [&](std::span<DocId> room) {
      const std::size_t count = lead.fill(room);
      if (count > 0) effort_.spend(count);
      return count;
    });
  }
  std::size_t keep(std::span<DocId> docs) override {
    effort_.spend(docs.size());
    return keep_in_all(postings_, 0, docs);
  }
  std::uint64_t cost() const override { return fewest_; }

 private:
  std::vector<std::unique_ptr<index::PostingCursor>> postings_;
  const std::uint64_t fewest_;
  index::Effort& effort_;
};

class EmptyCursor final : public Cursor {
 public:
  DocId doc() const override { return kNoDoc; }
  void advance(DocId) override {}
  std::uint64_t cost() const override { return 0; }
};

class RangeCursor final : public Cursor {
 public:
  RangeCursor(DocId first, DocId last) : at_(first), last_(last) { advance(first); }
  DocId doc() const override { return at_; }
  void advance(DocId target) override {
    at_ = std::max(at_, target);
    if (at_ > last_) at_ = kNoDoc;
  }
  std::size_t take(DocId from, std::span<DocId> out) override {
    advance(from);
    const std::size_t count = std::min<std::size_t>(cost(), out.size());
    std::iota(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count), at_);
    return count;
  }
  std::size_t keep(std::span<DocId> docs) override { return docs.size(); }
  std::uint64_t cost() const override { return at_ == kNoDoc ? 0 : last_ - at_ + 1; }

 private:
  DocId at_, last_;
};

class ListCursor final : public Cursor {
 public:
  explicit ListCursor(std::vector<DocId> documents) : documents_(std::move(documents)) {}
  DocId doc() const override { return at_ == documents_.size() ? kNoDoc : documents_[at_]; }
  void advance(DocId target) override {
    const auto from = documents_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ = static_cast<std::size_t>(std::lower_bound(from, documents_.end(), target) - documents_.begin());
  }
  std::uint64_t cost() const override { return documents_.size() - at_; }

 private:
  const std::vector<DocId> documents_;
  std::size_t at_ = 0;
};

class ColumnCursor final : public Cursor {
 public:
  ColumnCursor(DocId first, DocId last, const index::FieldColumn& column, std::shared_ptr<const ValueTest> test,
               index::Effort& effort)
      : at_(first), last_(last), column_(column), test_(std::move(test)), effort_(effort) {
    settle();
  }
  DocId doc() const override { return at_; }
  void advance(DocId target) override {
    if (target <= at_) return;
    at_ = target;
    settle();
  }
  std::size_t keep(std::span<DocId> docs) override {
    effort_.spend(docs.size());
    std::size_t kept = 0;
    for (const DocId doc : docs) {
      docs[kept] = doc;
      kept += passes(doc) ? 1 : 0;
    }
    return kept;
  }
  std::uint64_t cost() const override { return at_ == kNoDoc ? 0 : last_ - at_ + 1; }

 private:
  void settle() {
    for (; at_ <= last_; ++at_) {
      effort_.spend();
      if (passes(at_)) return;
    }
    at_ = kNoDoc;
  }
  bool passes(DocId doc) const {
    bool found = false;
    column_.each(doc, [&](std::uint32_t value) { found = found || (value < test_->size() && (*test_)[value]); });
    return found;
  }
  DocId at_, last_;
  const index::FieldColumn& column_;
  std::shared_ptr<const ValueTest> test_;
  index::Effort& effort_;
};

using Children = std::vector<std::unique_ptr<Cursor>>;

bool all_exact(const Children& children) {
  return std::all_of(children.begin(), children.end(), [](const auto& child) { return child->exact(); });
}

class AllOf final : public Cursor {
 public:
  AllOf(Children children, index::Effort& effort)
      : children_(std::move(children)),
        effort_(effort),
        exact_(all_exact(children_)),
        later_(std::all_of(children_.begin(), children_.end(), [](const auto& one) { return one->confirms_later(); })) {
    std::sort(children_.begin(), children_.end(), [](const auto& a, const auto& b) { return a->cost() < b->cost(); });
    at_ = meet(children_, effort_);
  }
  DocId doc() const override { return at_; }
  void advance(DocId target) override {
    if (at_ >= target) return;
    children_.front()->advance(target);
    at_ = meet(children_, effort_);
  }
  std::size_t take(DocId from, std::span<DocId> out) override {
    if (!later_) return Cursor::take(from, out);
    return take_together(children_, out, [&](std::span<DocId> room) {
      const std::size_t count = children_.front()->take(from, room);
      if (count > 0) from = room[count - 1] + 1;
      return count;
    });
  }
  std::size_t keep(std::span<DocId> docs) override { return keep_in_all(children_, 0, docs); }
  bool confirm(DocId doc) override {
    return std::all_of(children_.begin(), children_.end(), [doc](const auto& child) { return child->confirm(doc); });
  }
  bool certain(DocId doc) override {
    return std::all_of(children_.begin(), children_.end(), [doc](const auto& child) { return child->certain(doc); });
  }
  bool exact() const override { return exact_; }
  bool never_certain() const override {
    return std::any_of(children_.begin(), children_.end(), [](const auto& one) { return one->never_certain(); });
  }
  bool confirms_later() const override { return later_; }
  std::uint64_t cost() const override { return children_.front()->cost(); }

 private:
  Children children_;
  index::Effort& effort_;
  const bool exact_, later_;
  DocId at_ = kNoDoc;
};

class AnyOf final : public Cursor {
 public:
  AnyOf(Children children, index::Effort& effort)
      : children_(std::move(children)), effort_(effort), exact_(all_exact(children_)) {
    for (const auto& child : children_) cost_ += child->cost();
    settle();
  }
  DocId doc() const override { return at_; }
  void advance(DocId target) override {
    if (at_ >= target) return;
    for (const auto& child : children_) {
      if (child->doc() < target) child->advance(target);
    }
    settle();
  }
  bool confirm(DocId doc) override {
    return certain(doc) || std::any_of(children_.begin(), children_.end(),
                                       [doc](const auto& child) { return child->doc() == doc && child->confirm(doc); });
  }
  bool certain(DocId doc) override {
    return exact_ || std::any_of(children_.begin(), children_.end(),
                                 [doc](const auto& child) { return child->doc() == doc && child->certain(doc); });
  }
  bool exact() const override { return exact_; }
  bool confirms_later() const override { return exact_; }  // else it has to see which of them stand there
  std::uint64_t cost() const override { return cost_; }

 private:
  void settle() {
    effort_.spend(children_.size());
    at_ = kNoDoc;
    for (const auto& child : children_) at_ = std::min(at_, child->doc());
  }
  Children children_;
  index::Effort& effort_;
  const bool exact_;
  DocId at_ = kNoDoc;
  std::uint64_t cost_ = 0;
};

class Minus final : public Cursor {
 public:
  Minus(std::unique_ptr<Cursor> wanted, std::unique_ptr<Cursor> unwanted)
      : wanted_(std::move(wanted)), unwanted_(std::move(unwanted)) {}
  DocId doc() const override { return wanted_->doc(); }
  void advance(DocId target) override { wanted_->advance(target); }
  std::size_t take(DocId from, std::span<DocId> out) override { return wanted_->take(from, out); }
  std::size_t keep(std::span<DocId> docs) override { return wanted_->keep(docs); }
  bool confirm(DocId doc) override {
    if (!wanted_->confirm(doc)) return false;
    unwanted_->advance(doc);
    return unwanted_->doc() != doc || !unwanted_->confirm(doc);
  }
  bool certain(DocId doc) override {
    if (!wanted_->certain(doc)) return false;
    unwanted_->advance(doc);
    return unwanted_->doc() != doc;
  }
  bool confirms_later() const override { return wanted_->confirms_later(); }
  bool exact() const override { return false; }
  bool never_certain() const override { return wanted_->never_certain(); }
  std::uint64_t cost() const override { return wanted_->cost(); }

 private:
  std::unique_ptr<Cursor> wanted_, unwanted_;
};

class Verified final : public Cursor {
 public:
  using Passes = std::function<bool(std::string_view)>;
  Verified(std::unique_ptr<Cursor> candidates, Passes passes, QueryRun& run)
      : candidates_(std::move(candidates)), passes_(std::move(passes)), run_(run) {}
  DocId doc() const override { return candidates_->doc(); }
  void advance(DocId target) override { candidates_->advance(target); }
  std::size_t take(DocId from, std::span<DocId> out) override { return candidates_->take(from, out); }
  std::size_t keep(std::span<DocId> docs) override { return candidates_->keep(docs); }
  bool confirm(DocId doc) override {
    if (!candidates_->confirm(doc)) return false;
    const auto text = run_.read(doc);
    if (!text) return false;
    run_.effort.spend(1 + text->size() / kBytesPerStep);
    return passes_(*text);
  }
  bool certain(DocId) override { return false; }
  bool exact() const override { return false; }
  bool never_certain() const override { return true; }
  bool confirms_later() const override { return candidates_->confirms_later(); }
  std::uint64_t cost() const override { return candidates_->cost(); }

 private:
  std::unique_ptr<Cursor> candidates_;
  const Passes passes_;
  QueryRun& run_;
};

char32_t last_character(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && !begins_character(text[at - 1])) --at;
  return at == 0 ? 0 : text::to_utf32(text.substr(at - 1)).front();
}

char32_t first_character(std::string_view text) {
  return text.empty() ? 0 : text::to_utf32(text.substr(0, std::min<std::size_t>(4, text.size()))).front();
}

bool is_latin(char32_t c) { return c != 0 && !text::is_han(c) && text::is_word_char(c); }
bool is_joiner(char32_t c) { return c == U'-' || c == U'.'; }

// Does a code go on in `right`? Not with a file name's ending: .pdf
bool goes_on(std::string_view right) {
  if (right.empty() || !is_joiner(first_character(right)) || !is_latin(first_character(right.substr(1)))) return false;
  std::size_t end = 1;
  while (end < right.size() && ((right[end] >= 'a' && right[end] <= 'z') || (right[end] >= '0' && right[end] <= '9'))) {
    ++end;
  }
  const bool letter_first = right[1] >= 'a' && right[1] <= 'z';
  const bool ending = right[0] == '.' && letter_first && end <= 5 && !is_joiner(first_character(right.substr(end)));
  return !ending;
}

bool bounded(const Needle& needle, std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view left = text.substr(0, begin);
  const std::string_view right = text.substr(end);
  const bool latin_first = is_latin(first_character(needle.text));
  const bool latin_last = is_latin(last_character(needle.text));
  if (latin_first && is_latin(last_character(left))) return false;
  if (latin_last && is_latin(first_character(right))) return false;
  if (needle.form == Needle::Form::word) return true;
  const bool left_joined = latin_first && is_joiner(last_character(left)) && left.size() > 1 &&
                           is_latin(last_character(left.substr(0, left.size() - 1)));
  return !left_joined && !(latin_last && goes_on(right));
}

bool is_number(const Needle& needle, std::string_view text, const text::NumberMention& found) {
  const std::string_view before = text.substr(0, found.begin);
  if (found.year != needle.year || found.serial != needle.serial || !before.ends_with(needle.organ)) return false;
  const std::string_view left = before.substr(0, before.size() - needle.organ.size());
  if (is_latin(first_character(needle.organ)) && is_latin(last_character(left))) return false;
  return std::none_of(needle.longer.begin(), needle.longer.end(),
                      [&](const std::string& more) { return left.ends_with(more); });
}

// Twice as fast as string_view::find with Han characters, of which many begin with the same byte.
std::size_t find_bytes(std::string_view needle, std::string_view text, std::size_t from) {
  if (from > text.size()) return std::string_view::npos;
  const void* found = ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::optional<Found> find_number(const Needle& needle, std::string_view text, std::size_t from) {
  for (auto found = text::next_number(text, from); found; found = text::next_number(text, found->end)) {
    if (found->begin >= from + needle.organ.size() && is_number(needle, text, *found)) {
      return Found{found->begin - needle.organ.size(), found->end};
    }
  }
  return std::nullopt;
}

std::optional<Found> find_date(const Needle& needle, std::string_view text, std::size_t from) {
  for (auto found = text::next_date(text, from); found; found = text::next_date(text, found->end)) {
    if (found->date.starts_with(needle.text)) return Found{found->begin, found->end};
  }
  return std::nullopt;
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

// Where the last so many characters before `end` begin.
std::size_t back_from(std::string_view text, std::size_t end, std::size_t characters) {
  for (; end > 0 && characters > 0; characters -= begins_character(text[end]) ? 1 : 0) --end;
  return end;
}

// From the foremost piece on, each stands where it comes first: no nearer ones begin there. Whatever begins too far
// before the end of the last is passed over at once, so that it is linear in the text.
std::optional<Found> find_near(const Needle& needle, std::string_view text, std::size_t from) {
  std::vector<Found> places;
  for (const auto& piece : needle.pieces) {
    const auto found = find_needle(piece, text, from);
    if (!found) return std::nullopt;
    places.push_back(*found);
  }
  if (places.empty()) return std::nullopt;
  while (true) {
    const auto first = std::min_element(places.begin(), places.end(),
                                        [](const Found& a, const Found& b) { return a.begin < b.begin; });
    std::size_t most = needle.distance, end = 0;
    for (const auto& place : places) {
      most += characters_in(text.substr(place.begin, place.end - place.begin));
      end = std::max(end, place.end);
    }
    const std::size_t near = back_from(text, end, most);
    if (first->begin >= near) return Found{first->begin, end};
    const auto next = find_needle(needle.pieces[static_cast<std::size_t>(first - places.begin())], text, near);
    if (!next) return std::nullopt;
    *first = *next;
  }
}

}  // namespace

std::size_t Cursor::take(DocId from, std::span<DocId> out) {
  const std::size_t most = confirms_later() ? out.size() : std::min<std::size_t>(1, out.size());
  std::size_t count = 0;
  for (advance(from); count < most && doc() != kNoDoc;) {
    out[count++] = doc();
    if (count < most) advance(doc() + 1);
  }
  return count;
}

std::size_t Cursor::keep(std::span<DocId> docs) {
  std::size_t kept = 0;
  for (const DocId one : docs) {
    advance(one);
    docs[kept] = one;
    kept += doc() == one ? 1 : 0;
  }
  return kept;
}

std::optional<Found> find_needle(const Needle& needle, std::string_view text, std::size_t from) {
  using Form = Needle::Form;
  if (needle.form == Form::number) return find_number(needle, text, from);
  if (needle.form == Form::date) return find_date(needle, text, from);
  if (needle.form == Form::near) return find_near(needle, text, from);
  if (needle.form == Form::value && (from > 0 || text != needle.text)) return std::nullopt;
  for (std::size_t at = find_bytes(needle.text, text, from); at != std::string_view::npos;
       at = find_bytes(needle.text, text, at + 1)) {
    const std::size_t end = at + needle.text.size();
    const bool anywhere = needle.form != Form::word && needle.form != Form::code;
    if (anywhere || bounded(needle, text, at, end)) return Found{at, end};
  }
  return std::nullopt;
}

bool occurs(const Needle& needle, std::string_view streams) {
  index::StreamReader reader(streams);
  index::TextStream stream;
  while (reader.next(stream)) {
    if (!needle.field.empty() && stream.field != needle.field) continue;
    if (stream.code && (needle.form == Needle::Form::code || needle.form == Needle::Form::number)) continue;
    if (find_needle(needle, stream.text, 0)) return true;
  }
  return false;
}

std::unique_ptr<Cursor> make_all_terms(std::vector<std::unique_ptr<index::PostingCursor>> postings,
                                       std::uint64_t fewest, index::Effort& effort) {
  if (postings.empty()) return make_empty_cursor();
  return std::make_unique<AllTerms>(std::move(postings), fewest, effort);
}
std::unique_ptr<Cursor> make_empty_cursor() { return std::make_unique<EmptyCursor>(); }
std::unique_ptr<Cursor> make_range_cursor(DocId first, DocId last) {
  return std::make_unique<RangeCursor>(first, last);
}
std::unique_ptr<Cursor> make_column_cursor(DocId first, DocId last, const index::FieldColumn& column,
                                           std::shared_ptr<const ValueTest> test, index::Effort& effort) {
  return std::make_unique<ColumnCursor>(first, last, column, std::move(test), effort);
}
std::unique_ptr<Cursor> make_all_of(Children children, index::Effort& effort) {
  if (children.empty()) return make_empty_cursor();
  if (children.size() == 1) return std::move(children.front());
  return std::make_unique<AllOf>(std::move(children), effort);
}
std::unique_ptr<Cursor> make_any_of(Children children, index::Effort& effort) {
  if (children.empty()) return make_empty_cursor();
  if (children.size() == 1) return std::move(children.front());
  return std::make_unique<AnyOf>(std::move(children), effort);
}
std::unique_ptr<Cursor> make_minus(std::unique_ptr<Cursor> wanted, std::unique_ptr<Cursor> unwanted) {
  return std::make_unique<Minus>(std::move(wanted), std::move(unwanted));
}
std::unique_ptr<Cursor> make_list_cursor(std::vector<DocId> documents) {
  return std::make_unique<ListCursor>(std::move(documents));
}
std::unique_ptr<Cursor> make_verified(std::unique_ptr<Cursor> candidates, std::function<bool(std::string_view)> passes,
                                      QueryRun& run) {
  return std::make_unique<Verified>(std::move(candidates), std::move(passes), run);
}

}  // namespace lantai::search
