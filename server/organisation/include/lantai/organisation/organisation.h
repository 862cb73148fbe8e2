// Who works where, who is in which group, and who headed what on a given day? A picture of the records of types
// department, person, appointment and group that follows the change feed, so that every request can ask. It knows no
// rights: what it tells of people and departments is for the caller to check.
//
// Thread-safe. Days are those of the office, `2021-03-05`; a date of a record that is only a month or a year counts
// from its first day to its last. Memory: a few hundred bytes for each department and appointment, a hundred for each
// person. Cost: O(changes since the last call) and what is given back; the first call reads all records of the types.
// Used in tests/organisation.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/records/record_engine.h"

namespace lantai::organisation {

struct Department {
  std::string id, name, code, parent;
  std::string head;      // person, as the record says now
  std::string from, to;  // as the record says, may be empty
  std::int64_t order = 0;
};

struct Post {
  std::string id;  // of the appointment; empty: what the record of the person itself says
  std::string person, department, position;
  bool main = false, head = false;
  std::string from, to;
};

class Organisation {
 public:
  // All outlive it.
  Organisation(storage::Store& store, const records::RecordEngine& engine, const Clock& clock)
      : store_(store), engine_(engine), clock_(clock) {}

  std::string today() const;
  // Those named, by id, and all below them.
  std::set<std::string> with_those_below(const std::vector<std::string>& departments);
  // Those that existed on that day, in their order; a department without dates always has.
  std::vector<Department> departments(std::string_view day);
  // Appointments in force on that day, the main one first. `day` empty: of all times, the latest first.
  std::vector<Post> appointments_of(std::string_view person, std::string_view day);
  std::optional<Post> appointment(std::string_view id);
  // Who works in a department on that day, heads first: by appointment, or as the record of the person says where they
  // have no appointment then.
  std::vector<Post> people_in(std::string_view department, std::string_view day);
  // Who heads it on that day: by appointment; else, only today, whom its record names.
  std::vector<Post> heads_of(std::string_view department, std::string_view day);
  // Groups that exist on that day and that the person is in, by id.
  std::vector<std::string> groups_of(std::string_view person, std::string_view day);
  // How many work in each department on that day.
  std::map<std::string, std::size_t> sizes(std::string_view day);

 private:
  void refresh();
  void read_all(const char* type);
  void take(const std::string& type, const std::string& id, const records::Record* record);
  std::vector<Post> posts_in(std::string_view department, std::string_view day) const;

  using Links = std::map<std::string, std::set<std::string>, std::less<>>;

  storage::Store& store_;
  const records::RecordEngine& engine_;
  const Clock& clock_;
  std::mutex mutex_;
  bool read_ = false;
  std::uint64_t position_ = 0;  // of the last change looked at
  std::map<std::string, Department, std::less<>> departments_;
  std::map<std::string, Post, std::less<>> appointments_;
  std::map<std::string, Post, std::less<>> people_;  // what the person's record says of department and position
  struct Group {
    std::set<std::string> members;
    std::string from, to;
  };
  std::map<std::string, Group, std::less<>> groups_;
  Links below_, by_person_, by_department_, at_home_, in_groups_;
};

// No appointment ends before it begins: a rule of the record engine for appointments, departments and people.
void refuse_ends_before_beginning(records::RuleContext& context);

}  // namespace lantai::organisation
