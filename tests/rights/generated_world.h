// A school made up at random: people, departments, and records with rights of every kind; and what everybody may see of
// it, worked out from docs/adr/0061 without any of the product's code.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "world.h"

namespace lantai::rights {

struct Department {
  std::string id;
  int parent = -1;
};

// Anything that has rights: fonds, classes, volumes, items. -1: none.
struct Holding {
  std::string type, id, token;  // the token stands in its title, its notes and its file, and nowhere else
  std::optional<int> level;     // 0 public, 1 internal, 2 restricted
  std::optional<bool> closed;   // a date that is over is a date, too
  int department = -1;
  std::vector<int> lies_in;  // in the order in which it inherits
  int year = 0;
  int topic = 0;
  bool has_file = false;
  std::string name() const { return type + "/" + id; }
};

struct Person {
  std::string id, login, token;
  std::string role;
  int clearance = 0;
  std::vector<int> departments;
  std::string scope;          // all, own, subtree
  std::string record;         // of type person; empty: none
  std::vector<int> of_posts;  // departments of the posts held today, which count like the others
  std::set<int> borrowed;     // holdings, by themselves or in a group
};

struct GeneratedWorld {
  explicit GeneratedWorld(unsigned seed);

  bool sees(const Person& person, const Holding& holding) const;
  std::set<int> seen_by(const Person& person) const;  // of all holdings, by number
  // The level that holds for it.
  int level_of(const Holding& holding) const;

  std::vector<Department> departments;
  std::vector<Holding> holdings;
  std::vector<Person> people;
  std::map<std::string, int> by_token, by_id;
  std::mt19937 random;

  int any(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }
  bool chance(int percent) { return any(100) < percent; }

 private:
  void make_departments();
  void make_holdings();
  void make_people();
  void appoint(Person& person);
  void make_groups();
  void store_holdings(std::size_t from);
  Holding holding(const std::string& type, int number);

  // The first of `holding` and all it lies in, nearest first, for which `says` gives something.
  template <typename F>
  auto nearest(const Holding& holding, F&& says) const -> decltype(says(holding)) {
    if (auto own = says(holding)) return own;
    for (const int container : holding.lies_in) {
      if (auto found = nearest(holdings[static_cast<std::size_t>(container)], says)) return found;
    }
    return {};
  }
  bool lies_in(const Holding& holding, int other) const;
  bool below(int department, int other) const;
};

inline constexpr const char* kTopics[] = {"骆驼驯养", "桥梁检测", "琴房调度", "花圃养护", "校车年检",
                                          "食堂招标", "宿舍修缮", "图书采编", "实验耗材", "招生宣传"};

}  // namespace lantai::rights
