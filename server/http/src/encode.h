// How do the application's values look as JSON? As docs/formats/http.md says. What a caller may not see of a linked
// record is left out here, by asking the engine on the caller's behalf.
#pragma once

#include "call.h"

namespace lantai::http {

Json encode_account(const identity::Account& account);
// With title, links, and how far the reading of its files is.
Json encode_record(Call& call, const records::Record& record);
Json encode_records(Call& call, const records::ListPage& page);
Json encode_history(Call& call, const records::HistoryPage& page);
// Members of the object that `out` is in.
void write_search(Call& call, const search::SearchResult& result, JsonText& out);
void write_hits(const std::vector<search::Hit>& hits, JsonText& out);
Json encode_completions(const std::vector<search::Completion>& completions);
Json encode_explanation(Call& call, const std::string& record, const app::FoundOrNot& explained);
Json encode_text(Call& call, const records::FileVersion& file, const std::string& query);

// The record's name for people: its title field, else its id.
// `处长（教务处）`; of an appointment that is not there any more its id; empty of none.
std::string post_name(Call& call, const records::Principal& principal, const std::string& id);
std::string account_name(Call& call, const std::string& id);  // or its login, or the id
// Does the policy ask this caller what they search for?
bool purpose_wanted(Call& call, const records::Principal& principal);
std::string title_of(const schema::TypeDecl& type, const records::Record& record);
// What a code or a linked record's id is called in the caller's language; the value itself when that is not known.
std::string value_label(Call& call, const schema::FieldDecl& field, const std::string& value);

// 200 (or `status`) with ETag.
Response record_response(Call& call, int status, const records::Record& record);

}  // namespace lantai::http
