#include "lantai/schema/schema.h"

#include <fmt/format.h>

#include <algorithm>

namespace lantai::schema {
namespace {

template <typename Map>
const typename Map::mapped_type* find_in(const Map& map, std::string_view name) {
  const auto at = map.find(name);
  return at == map.end() ? nullptr : &at->second;
}

std::string filled(const std::string& text, const std::map<std::string, std::string>& arguments) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto close = text[at] == '{' ? text.find('}', at) : std::string::npos;
    const auto argument =
        close == std::string::npos ? arguments.end() : arguments.find(text.substr(at + 1, close - at - 1));
    if (argument == arguments.end()) {
      result.push_back(text[at++]);
    } else {
      result += argument->second;
      at = close + 1;
    }
  }
  return result;
}

}  // namespace

const TypeDecl* Schema::find_type(std::string_view name) const {
  const auto at = std::find_if(types_.begin(), types_.end(), [&](const auto& type) { return type.name == name; });
  return at == types_.end() ? nullptr : &*at;
}

const TypeDecl& Schema::type(std::string_view name) const {
  if (const auto* found = find_type(name)) return *found;
  throw Error(ErrorCode::not_found, fmt::format("no record type `{}`", name), "record.unknown_type",
              {{"type", std::string(name)}});
}

const Vocabulary* Schema::find_vocabulary(std::string_view name) const { return find_in(vocabularies_, name); }

const NumberingTemplate* Schema::find_numbering(std::string_view name) const { return find_in(numberings_, name); }

std::string Schema::message(std::string_view id, Language language,
                            const std::map<std::string, std::string>& arguments) const {
  const auto* text = find_in(messages_, id);
  return text ? filled(text->in(language), arguments) : std::string(id);
}

std::string Schema::message(const Error& error, Language language) const {
  if (error.message_id().empty() || !find_in(messages_, error.message_id())) return error.message();
  return message(error.message_id(), language, error.arguments());
}

}  // namespace lantai::schema
