// A school in 2023-11 with people, departments, posts and accounts.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>

#include "lantai/organisation/hand_over.h"
#include "records/holdings.h"

namespace lantai::organisation {

using schema::Json;

struct School : records::Holdings {
  School() : organisation(*store, ruled(*engine), clock) {
    identity::AccountsOptions options;
    options.hash_memory_bytes = 1U << 13U;
    options.hash_passes = 1;
    options.posts_of = [this](const std::string& person) {
      std::vector<identity::HeldPost> held;
      for (const auto& post : organisation.appointments_of(person, organisation.today()))
        held.push_back({post.id, post.department});
      return held;
    };
    options.groups_of = [this](const std::string& person) {
      return organisation.groups_of(person, organisation.today());
    };
    options.departments_below = [this](const auto& names) { return organisation.with_those_below(names); };
    accounts = identity::Accounts::make(*store, clock, options);
    hand_over = std::make_unique<HandOver>(*store, *engine, *accounts, organisation);
  }
  static records::RecordEngine& ruled(records::RecordEngine& engine) {
    for (const char* type : {"appointment", "department", "person"})
      engine.add_rule(type, refuse_ends_before_beginning);
    return engine;
  }
  std::string department(const std::string& name, Json more = Json::object()) {
    more["name"] = name;
    return add("department", std::move(more)).id;
  }
  std::string person(const std::string& name, Json more = Json::object()) {
    more["name"] = name;
    return add("person", std::move(more)).id;
  }
  std::string appoint(const std::string& who, const std::string& where, const std::string& as,
                      Json more = Json::object()) {
    more.update({{"person", who}, {"department", where}, {"position", as}});
    return add("appointment", std::move(more)).id;
  }
  identity::Account account(const std::string& login, const std::string& of, std::set<std::string> roles = {"staff"}) {
    identity::Account account;
    account.login = login;
    account.name = login;
    account.roles = std::move(roles);
    account.clearance = 1;
    account.person = of;
    return accounts->create(identity::operator_principal(), account, "correct horse battery");
  }
  // Names of the people of these posts.
  std::vector<std::string> names(const std::vector<Post>& posts) {
    std::vector<std::string> out;
    for (const auto& post : posts)
      out.push_back(engine->get(records::chief(), "person", post.person).fields["name"].get<std::string>());
    return out;
  }

  Organisation organisation;
  std::unique_ptr<identity::Accounts> accounts;
  std::unique_ptr<HandOver> hand_over;
};

}  // namespace lantai::organisation
