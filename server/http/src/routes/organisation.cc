// The organisation on a day, who works in a department, and handing over when somebody leaves.
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

std::string day_of(Call& call) {
  const auto given = call.query.text("on");
  if (given.empty()) return call.app().organisation().today();
  if (!parse_date(given))
    throw Error(ErrorCode::invalid_argument, "not a day", "request.bad_parameter", {{"name", "on"}});
  return given;
}

bool may_read(Call& call, const char* type) {
  return records::allowed(call.app().schema(), call.principal(), records::Action::read, call.app().schema().type(type));
}

void require_read(Call& call, const char* type) {
  if (!may_read(call, type)) forbid();
}

std::string text_of(const records::Record& record, const char* field) { return record.fields.value(field, ""); }

Json encode_department(Call& call, const organisation::Department& one, const std::string& day, bool with_people) {
  Json heads = Json::array();
  for (const auto& post :
       with_people ? call.app().organisation().heads_of(one.id, day) : std::vector<organisation::Post>()) {
    const auto person = call.app().records().find(call.principal(), "person", post.person);
    if (person)
      heads.push_back({{"person", post.person}, {"name", text_of(*person, "name")}, {"position", post.position}});
  }
  return {{"id", one.id},     {"name", one.name}, {"code", one.code}, {"parent", one.parent},
          {"from", one.from}, {"to", one.to},     {"heads", heads}};
}

Response get_organisation(Call& call) {
  require_read(call, "department");
  const auto day = day_of(call);
  const bool with_people = may_read(call, "person");
  auto sizes = with_people ? call.app().organisation().sizes(day) : std::map<std::string, std::size_t>();
  Json departments = Json::array();
  for (const auto& one : call.app().organisation().departments(day)) {
    if (!call.app().records().find(call.principal(), "department", one.id)) continue;
    departments.push_back(encode_department(call, one, day, with_people));
    departments.back()["people"] = sizes[one.id];
  }
  return json_response(200, {{"on", day}, {"departments", std::move(departments)}});
}

// Contact data as far as the caller may see them: the record engine has left out the rest.
Json encode_post(Call& call, const organisation::Post& post, const records::Record& person) {
  const auto department = call.app().records().find(call.principal(), "department", post.department);
  return {{"id", post.id},
          {"position", post.position},
          {"main", post.main},
          {"head", post.head},
          {"from", post.from},
          {"to", post.to},
          {"department", post.department},
          {"department_name", department ? text_of(*department, "name") : ""},
          {"person", post.person},
          {"name", text_of(person, "name")},
          {"staff_number", text_of(person, "staff_number")},
          {"phone", text_of(person, "phone")},
          {"email", text_of(person, "email")}};
}

Response list_posts(Call& call) {
  require_read(call, "person");
  const auto department = call.query.text("department"), person = call.query.text("person");
  if (department.empty() == person.empty())
    throw Error(ErrorCode::invalid_argument, "one of the two", "request.bad_parameter",
                {{"name", "department, person"}});
  auto& organisation = call.app().organisation();
  const auto day = day_of(call);
  const auto found = department.empty() ? organisation.appointments_of(person, call.query.has("on") ? day : "")
                                        : organisation.people_in(department, day);
  Json posts = Json::array();
  for (const auto& post : found) {
    const auto holder = call.app().records().find(call.principal(), "person", post.person);
    if (holder) posts.push_back(encode_post(call, post, *holder));
  }
  return json_response(200, {{"on", day}, {"posts", std::move(posts)}});
}

Response get_held(Call& call) {
  Json items = Json::array();
  for (const auto& one : call.app().hand_over().held(call.principal(), call.at("id")))
    items.push_back({{"kind", one.kind}, {"what", one.what}, {"record", one.record}});
  return json_response(200, {{"items", std::move(items)}});
}

Response hand_over(Call& call) {
  organisation::HandOverRequest request;
  request.person = call.at("id");
  request.successor = text_member(call.body, "successor", "");
  request.date = text_member(call.body, "date");
  request.reason = text_member(call.body, "reason");
  const auto pass_on = call.body.find("pass_on");
  if (pass_on != call.body.end()) {
    if (!pass_on->is_array())
      throw Error("bad list", {FieldProblem{"pass_on", "field.wrong_kind", {{"kind", "list"}}}});
    for (const auto& id : *pass_on) request.pass_on.push_back(id.is_string() ? id.get<std::string>() : std::string());
  }
  const auto record = call.app().hand_over().run(call.principal(), request);
  return json_response(201, {{"record", record.type + "/" + record.id}});
}

}  // namespace

void add_organisation_routes(std::vector<Route>& table) {
  const Parameter on{"on", ParameterKind::text, "day, 2021-03-05; without it today"};
  table.push_back({.method = "GET",
                   .path = "/api/v1/organisation",
                   .operation = "getOrganisation",
                   .summary = "The departments that existed on a day, with who headed them then",
                   .query = {on},
                   .answer_schema = "Organisation",
                   .handle = get_organisation});
  table.push_back(
      {.method = "GET",
       .path = "/api/v1/organisation/posts",
       .operation = "listPosts",
       .summary = "Who works in a department on a day, or the posts of a person: on a day, or all ever held",
       .query = {{"department", ParameterKind::text, "department id"},
                 {"person", ParameterKind::text, "person id"},
                 on},
       .answer_schema = "PostList",
       .handle = list_posts});
  table.push_back({.method = "GET",
                   .path = "/api/v1/people/{id}/hand-over",
                   .operation = "listHeld",
                   .summary = "What somebody holds that would be handed over; for who keeps people",
                   .answer_schema = "HeldList",
                   .handle = get_held});
  table.push_back({.method = "POST",
                   .path = "/api/v1/people/{id}/hand-over",
                   .operation = "handOver",
                   .summary = "End what somebody holds, or pass it on; by an administrator. Gives the record of it",
                   .grave = true,
                   .body = BodyKind::json,
                   .body_limit = 65536,
                   .request_schema = "HandOverRequest",
                   .success = 201,
                   .answer_schema = "HandOverDone",
                   .handle = hand_over});
}

}  // namespace lantai::http
