#include "yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <charconv>
#include <set>
#include <sstream>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"

namespace lantai::schema {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;

std::string place_of(const std::string& file, const YAML::Mark& mark) {
  return fmt::format("{}:{}", file, mark.is_null() ? 1 : mark.line + 1);
}

// Hears a document without building it.
class Listener final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
  const YAML::Mark& start() const { return start_; }

 private:
  YAML::Mark start_;
};

// YAML::LoadAll never ends on some malformed input, and YAML::Load forgets what stands behind the first document.
void require_one_document(const std::string& file, const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  Listener listener;
  if (!parser.HandleNextDocument(listener)) fail_at(file + ":1", "there is nothing in it");
  if (parser.HandleNextDocument(listener)) fail_at(place_of(file, listener.start()), "a second document begins");
}

}  // namespace

void fail_at(const std::string& place, std::string_view what) {
  throw Error(ErrorCode::invalid_argument, fmt::format("{}: {}", place, what));
}

std::string Placed::place() const { return place_of(file, node.Mark()); }

Placed parse_yaml(const std::string& file, const std::string& text) {
  if (text.size() > kMaxFileBytes) fail_at(file + ":1", "larger than 4 MiB");
  if (!is_valid_utf8(text)) fail_at(file + ":1", "not valid UTF-8");
  try {
    require_one_document(file, text);
    return {YAML::Load(text), file};
  } catch (const YAML::Exception& e) {
    fail_at(place_of(file, e.mark), e.msg);
  }
}

std::string scalar(const Placed& value) {
  if (!value.node.IsScalar()) fail_at(value.place(), "a single value is expected");
  return value.node.Scalar();
}

bool boolean(const Placed& value) {
  const auto text = scalar(value);
  if (text != "true" && text != "false")
    fail_at(value.place(), fmt::format("true or false is expected, not `{}`", text));
  return text == "true";
}

std::int64_t integer(const Placed& value) {
  const auto text = scalar(value);
  std::int64_t result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    fail_at(value.place(), fmt::format("a whole number is expected, not `{}`", text));
  return result;
}

double number(const Placed& value) {
  const auto text = scalar(value);
  double result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    fail_at(value.place(), fmt::format("a number is expected, not `{}`", text));
  return result;
}

Label label(const Placed& value) {
  if (!value.node.IsSequence() || value.node.size() != 3)
    fail_at(value.place(), "three names are expected: [简体, 繁體, English]");
  const auto names = strings(value);
  for (const auto& name : names)
    if (name.empty()) fail_at(value.place(), "a name is empty");
  return {names[0], names[1], names[2]};
}

std::vector<std::string> strings(const Placed& value) {
  std::vector<std::string> result;
  for (const auto& element : sequence(value)) result.push_back(scalar(element));
  return result;
}

std::vector<Placed> sequence(const Placed& value) {
  if (!value.node.IsSequence()) fail_at(value.place(), "a list is expected");
  std::vector<Placed> result;
  for (const auto& element : value.node) result.push_back({element, value.file});
  return result;
}

std::vector<std::pair<std::string, Placed>> mapping(const Placed& value) {
  if (!value.node.IsMap()) fail_at(value.place(), "a mapping of keys to values is expected");
  std::vector<std::pair<std::string, Placed>> result;
  std::set<std::string> seen;
  for (const auto& entry : value.node) {
    const Placed key{entry.first, value.file};
    auto name = scalar(key);
    if (!seen.insert(name).second) fail_at(key.place(), fmt::format("`{}` stands twice", name));
    result.emplace_back(std::move(name), Placed{entry.second, value.file});
  }
  return result;
}

MappingReader::MappingReader(const Placed& source) : place_(source.place()) {
  for (auto& [key, value] : mapping(source)) entries_.push_back({key, value});
}

std::optional<Placed> MappingReader::take(std::string_view key) {
  for (auto& entry : entries_) {
    if (entry.key != key) continue;
    entry.taken = true;
    return entry.value;
  }
  return std::nullopt;
}

Placed MappingReader::require(std::string_view key) {
  auto value = take(key);
  if (!value) fail_at(place_, fmt::format("`{}` is missing", key));
  return *value;
}

std::string MappingReader::text(std::string_view key) {
  const auto value = take(key);
  return value ? scalar(*value) : std::string{};
}

bool MappingReader::flag(std::string_view key, bool otherwise) {
  const auto value = take(key);
  return value ? boolean(*value) : otherwise;
}

std::optional<std::int64_t> MappingReader::whole(std::string_view key) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  return integer(*value);
}

Label MappingReader::optional_label(std::string_view key) {
  const auto value = take(key);
  return value ? label(*value) : Label{};
}

std::vector<std::string> MappingReader::list(std::string_view key) {
  const auto value = take(key);
  return value ? strings(*value) : std::vector<std::string>{};
}

void MappingReader::finish() const {
  for (const auto& entry : entries_)
    if (!entry.taken) fail_at(entry.value.place(), fmt::format("unknown key `{}`", entry.key));
}

}  // namespace lantai::schema
