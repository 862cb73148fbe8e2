#include "holdings_source.h"

#include <algorithm>
#include <set>

#include "format_family.h"
#include "lantai/archive/catalogue_tree.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/identity/accounts.h"

namespace lantai::app {
namespace {

using schema::FieldDecl;
using schema::FieldKind;
using schema::Json;

// Changes whenever documents are made differently from the same records.
constexpr std::string_view kMaking = "5";

std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::vector<std::string> texts_of(const Json& value) {
  std::vector<std::string> texts;
  if (value.is_null()) return texts;
  if (!value.is_array()) return {as_text(value)};
  for (const auto& one : value) texts.push_back(as_text(one));
  return texts;
}

std::string text_field(const records::Record& record, const std::string& name) {
  const auto at = name.empty() ? record.fields.end() : record.fields.find(name);
  return at == record.fields.end() || at->is_null() ? "" : as_text(*at);
}

// What people wrote about a file into the file: the caption of a photo, the keywords of a document.
std::string written_about(const extract::Extraction& text) {
  std::string all;
  for (const char* key : {"author", "subject", "keywords", "description", "album", "publisher"}) {
    const auto value = text.metadata.find(key);
    if (value != text.metadata.end()) all += value->second + '\n';
  }
  return all;
}

// What holds for it by what it lies in, when it says nothing itself; empty: nothing.
std::string inherited_by(const schema::TypeDecl& type, const FieldDecl& field, const records::Standing& standing) {
  if (field.name == type.level_field) return standing.level;
  return field.name == type.department_field ? standing.department : std::string();
}

bool is_indexed(const FieldDecl& field) {
  return field.searchable || field.facet || field.sortable || field.indexed || field.unique;
}

}  // namespace

HoldingsSource::HoldingsSource(const records::RecordEngine& engine, const archive::TextStore& texts)
    : engine_(engine), texts_(texts), principal_(identity::service_principal("indexer")) {}

std::optional<index::Document> HoldingsSource::find(const std::string& type, const std::string& id) const {
  return make(type, id, Wanted::all);
}

std::optional<index::Document> HoldingsSource::find_shown(const std::string& type, const std::string& id) const {
  return make(type, id, Wanted::what_is_shown);
}

std::optional<index::Document> HoldingsSource::make(const std::string& type_name, const std::string& id,
                                                    Wanted wanted) const {
  const schema::TypeDecl* type = engine_.schema().find_type(type_name);
  if (type == nullptr || !type->searchable) return std::nullopt;
  const auto record = engine_.find(principal_, type_name, id);
  if (!record || record->deleted) return std::nullopt;
  const records::Standing standing = engine_.standing(*record);
  index::Document document;
  document.type = record->type;
  document.id = record->id;
  document.version = record->version;
  document.title = text_field(*record, type->title_field);
  document.reference_code = text_field(*record, type->code_field);
  document.date = text_field(*record, type->date_field);
  if (const auto* department = type->find_field(type->department_field)) {
    document.department = department->kind == FieldKind::link
                              ? title_of_linked(*department, standing.department, standing)
                              : standing.department;
  }
  add_fields(*type, *record, standing, wanted, document);
  if (wanted == Wanted::all) add_place(*type, *record, document);
  add_lies_in(standing, document);
  add_files(*record, document);
  document.access = records::access_terms(*type, standing);
  return document;
}

void HoldingsSource::add_fields(const schema::TypeDecl& type, const records::Record& record,
                                const records::Standing& standing, Wanted wanted, index::Document& document) const {
  for (const auto& field : type.fields) {
    if (field.sensitivity == schema::Sensitivity::personal || !is_indexed(field)) continue;
    if (const auto own = record.fields.find(field.name); own != record.fields.end())
      add_field(field, *own, standing, wanted, document);
    else if (const auto value = inherited_by(type, field, standing); !value.empty())
      add_field(field, value, standing, wanted, document);
  }
}

void HoldingsSource::add_field(const FieldDecl& field, const Json& value, const records::Standing& standing,
                               Wanted wanted, index::Document& document) const {
  if (field.kind == FieldKind::table || value.is_null()) return;
  const bool labelled = field.kind == FieldKind::term || field.kind == FieldKind::link;
  const bool text = field.searchable && (field.kind == FieldKind::text || field.kind == FieldKind::long_text);
  if (wanted == Wanted::what_is_shown && !text && !field.code && !labelled) return;
  index::FieldValue indexed;
  indexed.name = field.name;
  indexed.values = texts_of(value);
  indexed.text = text;
  indexed.facet = field.facet;
  indexed.sortable = field.sortable;
  indexed.weight = field.weight;
  indexed.code = field.code;
  // What people call the values: 永久 for Y, 教务处 for the id of its record.
  index::FieldValue labels;
  labels.name = field.name;
  labels.text = true;
  labels.weight = field.weight;
  if (field.kind == FieldKind::term) {
    const auto* vocabulary = engine_.schema().find_vocabulary(field.vocabulary);
    for (const auto& code : indexed.values) {
      const auto* term = vocabulary == nullptr ? nullptr : vocabulary->find(code);
      if (term != nullptr && term->label.zh_hans != code) labels.values.push_back(term->label.zh_hans);
    }
  } else if (field.kind == FieldKind::link) {
    for (const auto& id : indexed.values) {
      auto title = title_of_linked(field, id, standing);
      if (!title.empty()) labels.values.push_back(std::move(title));
    }
  }
  if (wanted == Wanted::all || text || field.code) document.fields.push_back(std::move(indexed));
  if (!labels.values.empty()) document.fields.push_back(std::move(labels));
}

void HoldingsSource::add_place(const schema::TypeDecl& type, const records::Record& record,
                               index::Document& document) const {
  const bool volume = type.name == "volume";  // stands in the tree before anything is put into it
  if (!volume && type.name != "item") return;
  const auto either = [&](const char* field, const char* link) {
    const std::string own = text_field(record, field);
    return own.empty() ? code_of_linked(type, record, link) : own;
  };
  const std::string levels[] = {either("fonds_code", "fonds"), either("class_code", "class"),
                                text_field(record, "fiscal_year"), text_field(record, "retention"),
                                volume ? record.id : text_field(record, "volume")};
  for (std::size_t i = 0; i < std::size(levels); ++i) {
    index::FieldValue level;
    level.name = archive::kTreeFields[i];
    level.values = {levels[i].empty() ? std::string(archive::kNowhere) : levels[i]};
    level.facet = true;
    document.fields.push_back(std::move(level));
  }
}

void HoldingsSource::add_lies_in(const records::Standing& standing, index::Document& document) {
  if (standing.within.size() < 2) return;
  index::FieldValue place;
  place.name = index::kLiesIn;
  place.facet = true;
  place.values.emplace_back();
  for (auto name = standing.within.begin() + 1; name != standing.within.end(); ++name)
    place.values.front() += (place.values.front().empty() ? "" : " ") + *name;
  document.fields.push_back(std::move(place));
}

void HoldingsSource::add_files(const records::Record& record, index::Document& document) const {
  std::set<std::string> formats;
  for (const auto& file : record.files) {
    if (file.removed || file.versions.empty()) continue;
    const records::FileVersion& current = file.current();
    document.files.push_back({file.number, current.name});
    std::string media_type = current.media_type;
    try {
      const auto known = texts_.known(current.digest);
      document.whole = document.whole && known.current;
      if (const auto& text = known.text) {
        if (!text->media_type.empty()) media_type = text->media_type;
        add_text(file.number, *text, document);
      }
    } catch (const Error& error) {
      document.whole = false;
      if (error.code() != ErrorCode::data_loss) throw;
      log::error("text of {}/{} file {} is damaged: {}", record.type, record.id, file.number, error.message());
    }
    if (auto format = format_family(media_type); !format.empty()) formats.insert(std::move(format));
  }
  if (formats.empty()) return;
  index::FieldValue format;
  format.name = "format";
  format.values.assign(formats.begin(), formats.end());
  format.facet = true;
  const auto same = [](const index::FieldValue& field) { return field.name == "format"; };
  document.fields.erase(std::remove_if(document.fields.begin(), document.fields.end(), same), document.fields.end());
  document.fields.push_back(std::move(format));
}

void HoldingsSource::add_text(std::uint32_t number, const extract::Extraction& text, index::Document& document) const {
  if (!text.title.empty()) document.pages.push_back({number, 0, text.title});
  if (auto written = written_about(text); !written.empty()) document.pages.push_back({number, 0, std::move(written)});
  for (const auto& page : text.pages) document.pages.push_back({number, page.number, page.text});
  for (const auto& member : text.embedded) {
    document.files.push_back({number, member.path});
    for (const auto& page : member.pages) document.pages.push_back({number, page.number, page.text, member.path});
  }
}

std::string HoldingsSource::code_of_linked(const schema::TypeDecl& type, const records::Record& record,
                                           const char* link) const {
  const auto* field = type.find_field(link);
  const std::string id = text_field(record, link);
  if (field == nullptr || id.empty()) return {};
  const auto linked = engine_.find(principal_, field->target, id);
  return linked ? text_field(*linked, engine_.schema().type(field->target).code_field) : "";
}

// Whoever finds the record finds it by this title: it is left out where the linked record asks for more clearance.
std::string HoldingsSource::title_of_linked(const FieldDecl& field, const std::string& id,
                                            const records::Standing& standing) const {
  if (id.empty()) return {};
  const auto linked = engine_.find(principal_, field.target, id);
  if (!linked) return {};
  const schema::TypeDecl& target = engine_.schema().type(field.target);
  if (!records::shows_no_more(engine_.standing(*linked), standing)) return {};
  return text_field(*linked, target.title_field);
}

void HoldingsSource::each(const std::function<bool(const std::string&, const std::string&)>& visit) const {
  for (const auto& type : engine_.schema().types()) {
    if (!type.searchable) continue;
    records::ListRequest request;
    request.limit = 1000;
    do {
      auto page = engine_.list(principal_, type.name, request);
      for (const auto& record : page.records) {
        if (!visit(record.type, record.id)) return;
      }
      request.page_token = std::move(page.next_page_token);
    } while (!request.page_token.empty());
  }
}

std::string HoldingsSource::schema_hash() const {
  return engine_.schema().structure_hash() + "/" + std::string(kMaking);
}

}  // namespace lantai::app
