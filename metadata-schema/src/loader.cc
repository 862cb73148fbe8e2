#include "loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace lantai::schema {
namespace {

namespace fs = std::filesystem;

void fnv1a(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash = (hash ^ 0xFFU) * 0x100000001b3ULL;
}

std::string folder_of(const std::string& name) { return fs::path(name).parent_path().filename().string(); }

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw Error(ErrorCode::unavailable, fmt::format("{}: cannot be read", path.string()));
  return text.str();
}

Term load_term(const std::string& code, const Placed& value) {
  MappingReader reader(value);
  Term term;
  term.code = code;
  term.label = label(reader.require("label"));
  term.aliases = reader.list("aliases");
  term.written = reader.text("written");
  term.rank = static_cast<int>(std::clamp<std::int64_t>(reader.whole("rank").value_or(0), -1'000'000, 1'000'000));
  term.parent = reader.text("parent");
  reader.finish();
  if (code.empty() || code.size() > 100) fail_at(value.place(), "a code has 1 to 100 bytes");
  return term;
}

ElementForm element_form(const Placed& value) {
  const auto text = scalar(value);
  if (text == "text") return ElementForm::text;
  if (text == "letters") return ElementForm::letters;
  if (text == "year") return ElementForm::year;
  if (text == "number") return ElementForm::number;
  fail_at(value.place(), fmt::format("unknown form `{}`: text, letters, year or number", text));
}

NumberingElement load_element(const Placed& value) {
  MappingReader reader(value);
  NumberingElement element;
  element.name = scalar(reader.require("name"));
  element.field = reader.text("field");
  element.separator = reader.text("separator");
  element.vocabulary = reader.text("vocabulary");
  element.open = reader.flag("open");
  element.prefix = reader.text("prefix");
  const auto width = reader.whole("width").value_or(0);
  if (width < 0 || width > 12) fail_at(value.place(), "width is 0 to 12");
  element.width = static_cast<unsigned>(width);
  if (const auto form = reader.take("form")) element.form = element_form(*form);
  element.optional = reader.flag("optional");
  element.repeat = reader.flag("repeat");
  reader.finish();
  check_name(value.place(), element.name);
  return element;
}

}  // namespace

void check_name(const std::string& place, const std::string& name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || name[0] < 'a' || name[0] > 'z' || !std::all_of(name.begin(), name.end(), fits))
    fail_at(place, fmt::format("`{}` is not a name in snake_case", name));
}

void SchemaLoader::add(const DeclarationSource& source) {
  const auto kind = folder_of(source.name);
  const auto root = parse_yaml(source.name, source.text);
  if (kind == "types") {
    add_type(root);
  } else if (kind == "vocabularies") {
    add_vocabulary(root);
  } else if (kind == "numbering") {
    add_numbering(root);
  } else if (kind == "messages") {
    add_messages(root);
  } else {
    fail_at(source.name + ":1", "declarations stand in types, vocabularies, numbering or messages");
  }
  const auto name = kind + "/" + fs::path(source.name).filename().string();
  fnv1a(hash_, name);
  fnv1a(hash_, source.text);
  if (kind != "messages" && kind != "numbering") {
    fnv1a(structure_hash_, name);
    fnv1a(structure_hash_, source.text);
  }
}

void SchemaLoader::add_type(const Placed& root) {
  MappingReader reader(root);
  if (const auto extended = reader.take("extends")) {
    const auto name = scalar(*extended);
    const auto at = std::find_if(schema_->types_.begin(), schema_->types_.end(),
                                 [&](const auto& type) { return type.name == name; });
    if (at == schema_->types_.end()) fail_at(extended->place(), fmt::format("no type `{}` to extend", name));
    load_additions(*at, reader, places_);
    return;
  }
  const auto name = reader.require("type");
  TypeDecl type;
  type.name = scalar(name);
  check_name(name.place(), type.name);
  if (!places_.emplace(type.name, name.place()).second)
    fail_at(name.place(), fmt::format("type `{}` is already declared at {}", type.name, places_[type.name]));
  type.label = label(reader.require("label"));
  type.plural = label(reader.require("plural"));
  load_type_body(type, reader, places_);
  schema_->types_.push_back(std::move(type));
}

void SchemaLoader::add_vocabulary(const Placed& root) {
  MappingReader reader(root);
  Vocabulary* vocabulary = nullptr;
  if (const auto extended = reader.take("extends")) {
    const auto at = schema_->vocabularies_.find(scalar(*extended));
    if (at == schema_->vocabularies_.end()) fail_at(extended->place(), "no such vocabulary to extend");
    vocabulary = &at->second;
  } else {
    const auto name = reader.require("vocabulary");
    check_name(name.place(), scalar(name));
    const auto [at, fresh] = schema_->vocabularies_.try_emplace(scalar(name));
    if (!fresh) fail_at(name.place(), fmt::format("vocabulary `{}` is already declared", scalar(name)));
    vocabulary = &at->second;
    vocabulary->name = scalar(name);
    vocabulary->label = label(reader.require("label"));
    places_["vocabulary " + vocabulary->name] = name.place();
  }
  for (const auto& [code, value] : mapping(reader.require("terms"))) {
    if (vocabulary->find(code)) fail_at(value.place(), fmt::format("term `{}` is already declared", code));
    vocabulary->terms.push_back(load_term(code, value));
    places_["term " + vocabulary->name + " " + code] = value.place();
  }
  reader.finish();
}

void SchemaLoader::add_numbering(const Placed& root) {
  MappingReader reader(root);
  NumberingTemplate numbering;
  const auto name = reader.require("numbering");
  numbering.name = scalar(name);
  check_name(name.place(), numbering.name);
  numbering.label = label(reader.require("label"));
  numbering.standard = reader.text("standard");
  numbering.types = reader.list("types");
  for (const auto& element : sequence(reader.require("elements"))) numbering.elements.push_back(load_element(element));
  reader.finish();
  places_["numbering " + numbering.name] = name.place();
  if (!schema_->numberings_.emplace(numbering.name, numbering).second)
    fail_at(name.place(), fmt::format("numbering `{}` is already declared", numbering.name));
}

void SchemaLoader::add_messages(const Placed& root) {
  for (const auto& [id, value] : mapping(root)) {
    if (id.find('.') == std::string::npos)
      fail_at(value.place(), fmt::format("`{}`: an id has the form area.what", id));
    if (!schema_->messages_.emplace(id, label(value)).second)
      fail_at(value.place(), fmt::format("message `{}` is already declared", id));
  }
}

// Fields that choose a template do so by a vocabulary that nobody has to write.
void SchemaLoader::add_numbering_vocabulary() {
  const auto [at, fresh] = schema_->vocabularies_.try_emplace("numbering");
  if (!fresh) fail_at(places_["vocabulary numbering"], "the vocabulary `numbering` is made of the templates");
  at->second.name = "numbering";
  at->second.label = {"档号模板", "檔號範本", "Numbering template"};
  for (const auto& [name, numbering] : schema_->numberings_) {
    Term term;
    term.code = name;
    term.label = numbering.label;
    at->second.terms.push_back(std::move(term));
  }
}

std::shared_ptr<const Schema> SchemaLoader::finish() {
  add_numbering_vocabulary();
  for (auto& [name, vocabulary] : schema_->vocabularies_) vocabulary.index_names();
  check_vocabularies();
  check_numberings();
  for (auto& type : schema_->types_) type_conditions_of(type);
  for (const auto& type : schema_->types_) check_type(type);
  schema_->hash_ = fmt::format("{:016x}", hash_);
  schema_->structure_hash_ = fmt::format("{:016x}", structure_hash_);
  return std::move(schema_);
}

std::shared_ptr<const Schema> Schema::parse(const std::vector<DeclarationSource>& sources) {
  SchemaLoader loader;
  for (const auto& source : sources) loader.add(source);
  return loader.finish();
}

std::shared_ptr<const Schema> Schema::load(const std::vector<fs::path>& directories) {
  std::vector<DeclarationSource> sources;
  for (const auto& directory : directories) {
    if (!fs::is_directory(directory))
      throw Error(ErrorCode::invalid_argument, fmt::format("{}: no such directory", directory.string()));
    for (const auto* folder : {"vocabularies", "numbering", "messages", "types"}) {
      std::vector<fs::path> files;
      if (fs::is_directory(directory / folder))
        for (const auto& entry : fs::directory_iterator(directory / folder))
          if (entry.path().extension() == ".yaml") files.push_back(entry.path());
      std::sort(files.begin(), files.end());
      for (const auto& file : files) sources.push_back({file.string(), read_file(file)});
    }
  }
  return parse(sources);
}

}  // namespace lantai::schema
