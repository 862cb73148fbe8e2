#include "lantai/archive/synonym_list.h"

#include <algorithm>

#include "lantai/identity/accounts.h"

namespace lantai::archive {
namespace {

constexpr std::string_view kType = "synonym";
constexpr std::size_t kChangesRead = 1000;  // when there are more the list is read again at once
constexpr std::size_t kPage = 1000;

std::vector<std::string> texts(const records::Record& record, const std::string& field) {
  std::vector<std::string> found;
  const auto values = record.fields.find(field);
  if (values == record.fields.end() || !values->is_array()) return found;
  for (const auto& value : *values)
    if (value.is_string()) found.push_back(value.get<std::string>());
  return found;
}

}  // namespace

SynonymList::SynonymList(storage::Store& store, const records::RecordEngine& engine)
    : store_(store), engine_(engine), principal_(identity::service_principal("synonyms")) {}

std::shared_ptr<const search::Synonyms> SynonymList::current() {
  std::lock_guard lock(mutex_);
  const std::uint64_t now = store_.changes().last_position();
  if (known_ && (now == position_ || !changed_since(position_))) {
    position_ = now;
    return known_;
  }
  known_ = std::make_shared<const search::Synonyms>(read());
  position_ = now;
  return known_;
}

bool SynonymList::changed_since(std::uint64_t position) const {
  const auto changes = store_.changes().read(position, kChangesRead);
  return changes.size() == kChangesRead ||
         std::any_of(changes.begin(), changes.end(), [](const auto& change) { return change.subject == kType; });
}

search::Synonyms SynonymList::read() const {
  search::Synonyms synonyms;
  if (engine_.current_schema()->find_type(std::string(kType)) == nullptr) return synonyms;
  records::ListRequest request;
  request.limit = kPage;
  do {
    const auto page = engine_.list(principal_, kType, request);
    for (const auto& record : page.records) {
      synonyms.add(record.fields.value("word", ""), texts(record, "also"), record.fields.value("both_ways", true));
    }
    request.page_token = page.next_page_token;
  } while (!request.page_token.empty());
  return synonyms;
}

}  // namespace lantai::archive
