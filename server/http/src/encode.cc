#include "encode.h"

#include <algorithm>

#include "conditional.h"

namespace lantai::http {
namespace {

Json encode_version(Call& call, const records::FileVersion& version) {
  auto media_type = version.media_type;
  if (media_type.empty()) media_type = call.app().texts().summary(version.digest).media_type;
  return {{"number", version.number},
          {"name", version.name},
          {"size", version.size},
          {"media_type", media_type},
          {"digest", to_hex(version.digest)},
          {"added", format_rfc3339(version.added)},
          {"author", version.author}};
}

Json encode_extraction(Call& call, ByteView digest) {
  const auto summary = call.app().texts().summary(digest);
  Json error = nullptr;
  if (!summary.error_code.empty()) {
    error = {{"code", summary.error_code},
             {"message", call.app().schema().message("extract." + summary.error_code, call.language,
                                                     {{"detail", summary.error_detail}})}};
  }
  return {{"state", name(summary.state)},
          {"pages", summary.pages},
          {"format", summary.format},
          {"puid", summary.puid},
          {"error", std::move(error)}};
}

Json encode_file(Call& call, const records::ComponentFile& file) {
  Json versions = Json::array();
  for (const auto& version : file.versions) versions.push_back(encode_version(call, version));
  auto json = versions.back();
  json["version"] = file.current().number;
  json["number"] = file.number;
  json["role"] = file.role;
  json["versions"] = std::move(versions);
  json["extraction"] = encode_extraction(call, file.current().digest);
  if (auto& error = json["extraction"]["error"]; error.is_object()) error = Json(error["message"]);
  return json;
}

Json linked(Call& call, const schema::FieldDecl& field, const Json& id) {
  Json result{{"id", id}, {"title", nullptr}};
  const auto* target = call.app().schema().find_type(field.target);
  if (target == nullptr || !id.is_string()) return result;
  if (const auto record = call.app().records().find(call.principal(), field.target, id.get<std::string>())) {
    result["title"] = title_of(*target, *record);
  }
  return result;
}

Json encode_links(Call& call, const schema::TypeDecl& type, const records::Record& record) {
  Json links = Json::object();
  for (const auto& field : type.fields) {
    const auto value = record.fields.find(field.name);
    if (field.kind != schema::FieldKind::link || value == record.fields.end()) continue;
    if (!value->is_array()) {
      links[field.name] = linked(call, field, *value);
      continue;
    }
    links[field.name] = Json::array();
    for (const auto& id : *value) links[field.name].push_back(linked(call, field, id));
  }
  return links;
}

// Member by member where there are many: a list of members is copied into the object.
Json encode_part(std::string_view text, bool hit) {
  Json json = Json::object();
  json.emplace("text", text);
  json.emplace("hit", hit);
  return json;
}

void write_hit(const search::Hit& hit, JsonText& out) {
  out.begin_object();
  out.member("rank", hit.rank).member("partial", hit.partial).member("score", Json(hit.score));
  out.member("type", hit.type).member("id", hit.id).member("record", hit.type + "/" + hit.id);
  out.member("title", hit.title).member("reference_code", hit.reference_code);
  out.member("date", hit.date).member("department", hit.department).name("file");
  if (hit.file == 0)
    out.value(Json());
  else
    out.value(Json{{"number", hit.file}, {"name", hit.file_name}, {"member", hit.member}});
  out.member("page", std::uint64_t{hit.page}).name("snippet").begin_array();
  for (const auto& part : hit.snippet)
    out.begin_object().member("text", part.text).member("hit", part.hit).end_object();
  out.end_array().name("missing").begin_array();
  for (const auto& part : hit.missing) out.value(Json(part));
  out.end_array().end_object();
}

// A facet is a field of some type; `item` first, for most holdings are items.
const schema::FieldDecl* facet_field(const schema::Schema& schema, const std::string& name) {
  if (const auto* item = schema.find_type("item")) {
    if (const auto* field = item->find_field(name)) return field;
  }
  for (const auto& type : schema.types()) {
    if (const auto* field = type.find_field(name)) return field;
  }
  return nullptr;
}

void write_facet(Call& call, const search::Facet& facet, JsonText& out) {
  const auto* field = facet_field(call.app().schema(), facet.field);
  out.begin_object().member("field", facet.field);
  out.member("label", field != nullptr ? field->label.in(call.language) : facet.field).name("values").begin_array();
  for (const auto& [value, count] : facet.values) {
    out.begin_object().member("value", value);
    out.member("label", field != nullptr ? value_label(call, *field, value) : value).member("count", count);
    out.end_object();
  }
  out.end_array().end_object();
}

// Byte offsets of a text to UTF-16 offsets, as a browser counts. `marks` are in order.
Json utf16_marks(const std::string& text, const std::vector<std::pair<std::size_t, std::size_t>>& marks) {
  Json result = Json::array();
  std::size_t at = 0;
  std::size_t units = 0;
  auto advance = [&](std::size_t to) {
    for (; at < std::min(to, text.size()); ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte < 0x80 || byte >= 0xc0) units += byte >= 0xf0 ? 2 : 1;
    }
    return units;
  };
  for (const auto& [first, last] : marks) {
    if (first < at) continue;
    const auto begin = advance(first);
    result.push_back({begin, advance(last)});
  }
  return result;
}

using Marker = std::function<search::Searcher::Marks(const std::string&)>;  // empty: nothing is marked

Json encode_pages(const std::vector<extract::PageText>& pages, const Marker& marker) {
  Json result = Json::array();
  for (const auto& page : pages) {
    Json marks = Json::array();
    if (marker) marks = utf16_marks(page.text, marker(page.text));
    result.push_back(
        {{"number", page.number}, {"text", page.text}, {"ocr", page.from_ocr}, {"marks", std::move(marks)}});
  }
  return result;
}

}  // namespace

Json encode_account(const identity::Account& account) {
  return {{"id", account.id},
          {"login", account.login},
          {"name", account.name},
          {"roles", account.roles},
          {"clearance", account.clearance},
          {"departments", account.departments},
          {"scope", identity::name_of(account.scope)},
          {"person", account.person},
          {"signs_in_by", identity::name_of(account.signs_in_by)},
          {"departments_by_post", account.departments_by_post},
          {"disabled", account.disabled},
          {"must_change_password", account.must_change_password},
          {"version", account.version},
          {"second_factor", account.second_factor},
          {"password_set", format_rfc3339(account.password_set)}};
}

std::string post_name(Call& call, const records::Principal& principal, const std::string& id) {
  if (id.empty()) return {};
  const auto post = call.app().organisation().appointment(id);
  if (!post) return id;
  const auto department = call.app().records().find(principal, "department", post->department);
  return department ? post->position + "（" + department->fields.value("name", "") + "）" : post->position;
}

std::string account_name(Call& call, const std::string& id) {
  const auto account = call.app().accounts().find(id);
  if (!account) return id;
  return account->name.empty() ? account->login : account->name;
}

bool purpose_wanted(Call& call, const records::Principal& principal) {
  const auto asked = call.app().accounts().policy().purpose_roles;
  return std::any_of(asked.begin(), asked.end(), [&](const auto& role) { return principal.roles.contains(role); });
}

std::string title_of(const schema::TypeDecl& type, const records::Record& record) {
  const auto title = record.fields.find(type.title_field);
  return title != record.fields.end() && title->is_string() ? title->get<std::string>() : record.id;
}

std::string value_label(Call& call, const schema::FieldDecl& field, const std::string& value) {
  const auto& schema = call.app().schema();
  if (field.kind == schema::FieldKind::term) {
    const auto* vocabulary = schema.find_vocabulary(field.vocabulary);
    const auto* term = vocabulary != nullptr ? vocabulary->find(value) : nullptr;
    return term != nullptr ? term->label.in(call.language) : value;
  }
  if (field.kind == schema::FieldKind::link) {
    const auto title = linked(call, field, value)["title"];
    return title.is_string() ? title.get<std::string>() : value;
  }
  return value;
}

Json encode_record(Call& call, const records::Record& record) {
  const auto& type = call.app().schema().type(record.type);
  Json files = Json::array();
  for (const auto& file : record.files) {
    if (!file.removed && !file.versions.empty()) files.push_back(encode_file(call, file));
  }
  return {{"type", record.type},
          {"id", record.id},
          {"version", record.version},
          {"created", format_rfc3339(record.created)},
          {"modified", format_rfc3339(record.modified)},
          {"author", record.author},
          {"fields", record.fields},
          {"files", std::move(files)},
          {"title", title_of(type, record)},
          {"links", encode_links(call, type, record)}};
}

Json encode_records(Call& call, const records::ListPage& page) {
  Json list = Json::array();
  for (const auto& record : page.records) list.push_back(encode_record(call, record));
  return {{"records", std::move(list)}, {"next_page_token", page.next_page_token}};
}

Json encode_history(Call& call, const records::HistoryPage& page) {
  Json versions = Json::array();
  for (const auto& one : page.versions) {
    Json differences = Json::array();
    for (const auto& [field, before, after] : one.differences) {
      differences.push_back({{"field", field}, {"before", before}, {"after", after}});
    }
    const auto author = call.app().accounts().find(one.author);
    versions.push_back({{"version", one.version},
                        {"time", format_rfc3339(one.time)},
                        {"author", one.author},
                        {"author_name", author ? author->name : one.author},
                        {"operation", one.operation},
                        {"differences", std::move(differences)}});
  }
  return {{"versions", std::move(versions)}, {"next_page_token", page.next_page_token}};
}

Json encode_hints(Call& call, const std::vector<search::Hint>& hints) {
  Json list = Json::array();
  for (const auto& hint : hints) {
    const auto message = call.app().schema().message(hint.code, call.language, {{"detail", hint.detail}});
    list.push_back({{"code", hint.code}, {"detail", hint.detail}, {"message", message}});
  }
  return list;
}

void write_search(Call& call, const search::SearchResult& result, JsonText& out) {
  out.member("total", result.total).member("partial", result.partial).member("total_is_exact", result.total_is_exact);
  write_hits(result.hits, out);
  out.name("facets").begin_array();
  for (const auto& facet : result.facets) write_facet(call, facet, out);
  out.end_array().member("hints", encode_hints(call, result.hints));
  out.member("next_page_token", result.next_page_token).member("position", result.position);
}

void write_hits(const std::vector<search::Hit>& hits, JsonText& out) {
  out.name("hits").begin_array();
  for (const auto& hit : hits) write_hit(hit, out);
  out.end_array();
}

Json encode_completions(const std::vector<search::Completion>& completions) {
  Json list = Json::array();
  for (const auto& one : completions) {
    const std::string_view name = one.name;
    Json parts = Json::array();
    if (one.begin > 0) parts.push_back(encode_part(name.substr(0, one.begin), false));
    if (one.end > one.begin) parts.push_back(encode_part(name.substr(one.begin, one.end - one.begin), true));
    if (one.end < name.size()) parts.push_back(encode_part(name.substr(one.end), false));
    list.push_back({{"name", name}, {"type", one.type}, {"id", one.id}, {"parts", std::move(parts)}});
  }
  return {{"completions", std::move(list)}};
}

Json encode_explanation(Call& call, const std::string& record, const app::FoundOrNot& explained) {
  auto json = app::to_json(explained);
  json["record"] = record;
  json["reasons"] = encode_hints(call, explained.reasons);
  return json;
}

Json encode_text(Call& call, const records::FileVersion& file, const std::string& query) {
  auto json = encode_extraction(call, file.digest);
  const auto text = call.app().texts().find(file.digest).value_or(extract::Extraction{});
  const Marker marker = query.empty() ? Marker() : call.app().searcher().marker(query);
  Json embedded = Json::array();
  for (const auto& member : text.embedded) {
    embedded.push_back({{"path", member.path},
                        {"media_type", member.media_type},
                        {"size", member.size},
                        {"pages", encode_pages(member.pages, marker)}});
  }
  json["pages"] = encode_pages(text.pages, marker);
  json["embedded"] = std::move(embedded);
  json["metadata"] = text.metadata;
  json["evidence"] = text.evidence;
  json["media_type"] = text.media_type;
  return json;
}

Response record_response(Call& call, int status, const records::Record& record) {
  auto response = json_response(status, encode_record(call, record));
  response.set("ETag", version_etag(record.version));
  return response;
}

}  // namespace lantai::http
