#include "lantai/archive/text_store.h"

#include <nlohmann/json.hpp>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::archive {
namespace {

using nlohmann::json;
using storage::KeySpace;
using storage::KeyWriter;

// Larger extractions become blobs: a value may have 1 MiB, and a commit that carries many of them 8 MiB.
constexpr std::size_t kSmallText = 256U << 10U;

Bytes key_of(ByteView digest, std::string_view version) {
  return KeyWriter().text(as_chars(digest)).text(version).take();
}

// The pages of OCR of a reading that is under way.
KeyWriter pages_of(ByteView digest, std::string_view version) {
  KeyWriter key;
  key.text(as_chars(digest)).text(version).text("page");
  return key;
}

std::string owner_of(ByteView digest, std::string_view version) {
  return "derived/text/" + to_hex(digest) + "/" + std::string(version);
}

struct Stored {
  TextSummary summary;
  Bytes blob;
};

Bytes encode(const TextSummary& summary, ByteView blob) {
  json j = {{"state", name(summary.state)}, {"version", summary.extractor_version}};
  if (!summary.media_type.empty()) j["media_type"] = summary.media_type;
  if (!summary.format.empty()) j["format"] = summary.format;
  if (!summary.puid.empty()) j["puid"] = summary.puid;
  if (summary.pages != 0) j["pages"] = summary.pages;
  if (!summary.error_code.empty()) j["error"] = {{"code", summary.error_code}, {"detail", summary.error_detail}};
  if (summary.attempts != 0) j["attempts"] = summary.attempts;
  if (!summary.record.empty()) j["record"] = summary.record;
  if (!blob.empty()) j["blob"] = to_hex(blob);
  return json::to_cbor(j);
}

TextState state_of(const std::string& text) {
  return text == "done" ? TextState::done : text == "failed" ? TextState::failed : TextState::waiting;
}

Stored decode(ByteView bytes) {
  try {
    const json j = json::from_cbor(bytes.begin(), bytes.end());
    Stored stored;
    TextSummary& summary = stored.summary;
    summary.state = state_of(j.at("state").get<std::string>());
    summary.extractor_version = j.at("version").get<std::string>();
    summary.media_type = j.value("media_type", "");
    summary.format = j.value("format", "");
    summary.puid = j.value("puid", "");
    summary.pages = j.value("pages", std::uint64_t{0});
    if (j.contains("error")) {
      summary.error_code = j["error"].at("code").get<std::string>();
      summary.error_detail = j["error"].at("detail").get<std::string>();
    }
    summary.attempts = j.value("attempts", 0U);
    summary.record = j.value("record", "");
    if (j.contains("blob")) stored.blob = from_hex(j["blob"].get<std::string>());
    return stored;
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("extraction state is not readable: ") + error.what());
  }
}

// The state of the current version, else the latest of an earlier one that gave something.
std::optional<Stored> find_stored(const storage::ReadView& view, ByteView digest, std::string_view version) {
  const auto exact = view.get(KeySpace::extractions, key_of(digest, version));
  if (exact) {
    Stored stored = decode(*exact);
    if (stored.summary.state != TextState::waiting) return stored;
  }
  const Bytes prefix = KeyWriter().text(as_chars(digest)).take();
  const auto page = view.scan(KeySpace::extractions, {prefix, storage::after_prefix(prefix), 100, true});
  for (const auto& entry : page.entries) {
    Stored stored = decode(entry.value);
    if (stored.summary.state == TextState::done) return stored;
  }
  if (exact) return decode(*exact);
  return std::nullopt;
}

// Calls on_entry for everything below a prefix. `Reader`: a view or a transaction.
template <typename Reader, typename OnEntry>
void for_each(Reader& reader, KeySpace space, const Bytes& prefix, const OnEntry& on_entry) {
  storage::ScanRange range{prefix, storage::after_prefix(prefix), 1000};
  for (;;) {
    const auto page = reader.scan(space, range);
    for (const auto& entry : page.entries) on_entry(entry);
    if (!page.more) return;
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
}

void erase_version(storage::Transaction& transaction, ByteView digest, const Stored& stored) {
  const std::string& version = stored.summary.extractor_version;
  for_each(transaction, KeySpace::texts, pages_of(digest, version).take(),
           [&](const storage::Entry& entry) { transaction.erase(KeySpace::texts, entry.key); });
  const Bytes key = key_of(digest, version);
  transaction.erase(KeySpace::extractions, key);
  transaction.erase(KeySpace::texts, key);
  if (!stored.blob.empty()) transaction.remove_blob_owner(stored.blob, owner_of(digest, version));
}

// How many members of a container gave nothing, and the first of them.
std::string unread_members(const extract::Extraction& extraction) {
  constexpr std::size_t kNamed = 3;
  std::size_t count = 0;
  std::string named;
  for (const auto& member : extraction.embedded) {
    if (member.error.empty() || ++count > kNamed) continue;
    named += (named.empty() ? "" : ", ") + member.path + " (" + member.error + ")";
  }
  return count == 0 ? "" : std::to_string(count) + ": " + named + (count > kNamed ? ", …" : "");
}

TextSummary summarise(const extract::Extraction& extraction) {
  TextSummary summary;
  // A file that gave text is done, even if its reading ended early: what there is can be found.
  bool gave = !extraction.pages.empty() || !extraction.embedded.empty();
  summary.state = extraction.failure && !gave ? TextState::failed : TextState::done;
  summary.media_type = extraction.media_type;
  summary.format = extraction.format;
  summary.puid = extraction.puid;
  summary.pages = extraction.pages.size();
  if (extraction.failure) {
    summary.error_code = extraction.failure->code;
    summary.error_detail = extraction.failure->detail;
  } else if (std::string unread = unread_members(extraction); !unread.empty()) {
    summary.error_code = "members_unread";
    summary.error_detail = std::move(unread);
  }
  return summary;
}

}  // namespace

std::string_view name(TextState state) {
  switch (state) {
    case TextState::waiting:
      return "waiting";
    case TextState::done:
      return "done";
    case TextState::failed:
      return "failed";
  }
  return "waiting";
}

std::optional<extract::Extraction> TextStore::find(ByteView digest) const { return known(digest).text; }

TextStore::Known TextStore::known(ByteView digest) const {
  const auto view = store_.read_view();
  const auto stored = find_stored(*view, digest, version_);
  if (!stored || stored->summary.state == TextState::waiting) return {};
  Known known{std::nullopt, stored->summary.extractor_version == version_};
  if (!stored->blob.empty()) {
    known.text = extract::from_json(as_chars(store_.blobs().get(stored->blob)));
  } else if (const auto text = view->get(KeySpace::texts, key_of(digest, stored->summary.extractor_version))) {
    known.text = extract::from_json(as_chars(*text));
  }
  return known;
}

TextSummary TextStore::summary(ByteView digest) const {
  auto stored = find_stored(*store_.read_view(), digest, version_);
  return stored ? std::move(stored->summary) : TextSummary{};
}

RecordReading TextStore::reading(const records::Record& record) const {
  RecordReading reading;
  for (const auto& file : record.files) {
    if (file.removed || file.versions.empty()) continue;
    const TextSummary known = summary(file.current().digest);
    reading.waiting = reading.waiting || known.state == TextState::waiting;
    if (!reading.error_code.empty() || known.error_code.empty()) continue;
    reading.error_code = "extract." + known.error_code;
    reading.error_detail = known.error_detail;
  }
  return reading;
}

bool TextStore::is_current(ByteView digest) const {
  const auto value = store_.read_view()->get(KeySpace::extractions, key_of(digest, version_));
  return value && decode(*value).summary.state != TextState::waiting;
}

PreparedText TextStore::prepare(const extract::Extraction& extraction, std::uint32_t attempts,
                                std::string record) const {
  PreparedText prepared;
  prepared.summary = summarise(extraction);
  prepared.summary.extractor_version = version_;
  prepared.summary.attempts = attempts;
  prepared.summary.record = std::move(record);
  const std::string text = extract::to_json(extraction);
  if (text.size() <= kSmallText) {
    prepared.json = to_bytes(text);
  } else {
    prepared.blob = store_.blobs().put(as_bytes(text)).digest;
  }
  return prepared;
}

void TextStore::put(storage::Transaction& transaction, ByteView digest, const PreparedText& text) const {
  const Bytes prefix = KeyWriter().text(as_chars(digest)).take();
  const auto page = transaction.scan(KeySpace::extractions, {prefix, storage::after_prefix(prefix), 100});
  for (const auto& entry : page.entries) erase_version(transaction, digest, decode(entry.value));
  const Bytes key = key_of(digest, version_);
  transaction.put(KeySpace::extractions, key, encode(text.summary, text.blob));
  if (text.blob.empty()) {
    transaction.put(KeySpace::texts, key, text.json);
  } else {
    transaction.add_blob_owner(text.blob, owner_of(digest, version_));
  }
}

void TextStore::put_attempt(storage::Transaction& transaction, ByteView digest, std::uint32_t attempts,
                            const std::string& record) const {
  TextSummary summary;
  summary.attempts = attempts;
  summary.record = record;
  summary.extractor_version = version_;
  transaction.put(KeySpace::extractions, key_of(digest, version_), encode(summary, {}));
}

std::uint32_t TextStore::attempts(ByteView digest) const {
  const auto value = store_.read_view()->get(KeySpace::extractions, key_of(digest, version_));
  return value ? decode(*value).summary.attempts : 0;
}

void TextStore::keep_page(storage::Transaction& transaction, ByteView digest, const extract::PageText& page,
                          const std::string& record) const {
  if (page.text.size() > kSmallText) return;
  put_attempt(transaction, digest, 1, record);
  transaction.put(KeySpace::texts, pages_of(digest, version_).number(page.number).take(), to_bytes(page.text));
}

std::map<std::uint32_t, extract::PageText> TextStore::kept_pages(ByteView digest) const {
  std::map<std::uint32_t, extract::PageText> pages;
  const Bytes prefix = pages_of(digest, version_).take();
  for_each(*store_.read_view(), KeySpace::texts, prefix, [&](const storage::Entry& entry) {
    const auto number =
        static_cast<std::uint32_t>(storage::KeyReader(ByteView(entry.key).subspan(prefix.size())).number());
    pages[number] = {number, std::string(as_chars(entry.value)), true};
  });
  return pages;
}

void TextStore::forget(storage::Transaction& transaction, ByteView digest) const {
  const Bytes prefix = KeyWriter().text(as_chars(digest)).take();
  const auto page = transaction.scan(KeySpace::extractions, {prefix, storage::after_prefix(prefix), 100});
  for (const auto& entry : page.entries) erase_version(transaction, digest, decode(entry.value));
}

std::vector<FailedText> TextStore::failed(std::size_t limit) const {
  const auto view = store_.read_view();
  std::vector<FailedText> found;
  storage::ScanRange range{{}, {}, 1000};
  for (;;) {
    const auto page = view->scan(KeySpace::extractions, range);
    for (const auto& entry : page.entries) {
      Stored stored = decode(entry.value);
      if (stored.summary.state != TextState::failed) continue;
      if (found.size() == limit) return found;
      found.push_back({to_bytes(storage::KeyReader(entry.key).text()), std::move(stored.summary)});
    }
    if (!page.more) return found;
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
}

}  // namespace lantai::archive
