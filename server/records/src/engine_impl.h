// What does the engine hold? Shared by its two halves: record_engine.cc writes, record_reads.cc reads. Thread-safe as
// the engine is.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>

#include "access.h"
#include "known_standings.h"
#include "lantai/records/record_engine.h"
#include "write_step.h"

namespace lantai::records {

std::string subject(std::string_view type, std::string_view id = {});  // `item/0190…`, or `item`
storage::AuditDraft denial(const Principal& principal, std::string_view action, const std::string& subject);
void add_component(Record& record, const NewFile& file, const WriteRequest& request);

struct RecordEngine::Impl {
  storage::Store& store;
  const Clock& clock;
  RuleList rules;
  mutable std::shared_mutex schema_mutex;  // writers hold it shared while they write, so that a schema swap waits
  std::shared_ptr<const Catalogue> catalogue;
  std::vector<std::shared_ptr<const Catalogue>> earlier;  // references to their schemas may still be in use
  struct Count {
    std::uint64_t position = 0, count = 0;
  };
  mutable std::mutex counts_mutex;
  mutable std::map<std::string, Count> counts;  // by type, of those who see all of it
  std::shared_ptr<KnownStandings> standings;    // of `catalogue`; another one with other declarations

  Impl(storage::Store& the_store, const Clock& the_clock) : store(the_store), clock(the_clock) {}

  // Declarations, and what is remembered under them.
  std::pair<std::shared_ptr<const Catalogue>, std::shared_ptr<KnownStandings>> current_for_lists() const {
    std::shared_lock lock(schema_mutex);
    return {catalogue, standings};
  }
  std::shared_ptr<const Catalogue> current() const {
    std::shared_lock lock(schema_mutex);
    return catalogue;
  }

  template <typename F>
  auto audited(const Principal& principal, std::string_view action, const std::string& what, F&& body) const {
    try {
      return body();
    } catch (const Denied&) {
      if (principal.service) throw;
      store.run_transaction(
          [&](storage::Transaction& transaction) { transaction.append_audit(denial(principal, action, what)); });
      throw;
    }
  }

  Written write(const WriteRequest& request);
  Written made_before(const WriteRequest& request, const std::string& id) const;

  // The schema stays as it is until `body` is done.
  template <typename F>
  Written change(const Principal& principal, std::string_view type, std::string_view id, std::string operation,
                 std::uint64_t expected_version, F&& body) {
    std::shared_lock lock(schema_mutex);
    const auto& plan = catalogue->plan(type);
    WriteRequest request{
        *catalogue,       plan,        rules, principal, Action::update, std::move(operation), std::string(id),
        expected_version, clock.now(), {}};
    body(request);
    return write(request);
  }

  void require_stored(const TypePlan& plan, const std::vector<NewFile>& files) const;
  Record load_visible(const storage::ReadView& view, const Catalogue& in, const Principal& principal,
                      std::string_view type, std::string_view id) const;
  ListPage list(const Catalogue& in, const Principal& principal, const TypePlan& plan, const ListRequest& request,
                KnownStandings* known = nullptr) const;
  std::uint64_t count(const storage::ReadView& view, const TypePlan& plan, Access* access) const;
};

}  // namespace lantai::records
