// Which requests are there? One table (routes/*.cc); from it come the router, the checks before a handler runs, the
// OpenAPI document and the metrics, so that they cannot disagree. Immutable once built.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "call.h"

namespace lantai::http {

enum class Need {
  nothing,        // anybody
  session,        // whoever is signed in; what they may do with records the record engine decides
  officer,        // one of the three
  administrator,  // that role
  auditor,        // that role
  operations,     // a caller at this machine, or a system administrator
};

enum class BodyKind { none, json, bytes, form };

enum class ParameterKind { text, integer, flag, list, members };

struct Parameter {
  std::string name;
  ParameterKind kind = ParameterKind::text;
  std::string about;
};

struct Route {
  std::string method;
  std::string path;       // /api/v1/records/{type}/{id}
  std::string operation;  // unique name, for OpenAPI and metrics
  std::string summary;
  Need need = Need::session;
  bool before_duty = false;  // also for whoever must change the password or set up the second factor first
  bool grave = false;        // of a session only when its owner gave the password a short while ago
  std::vector<Parameter> query{};
  BodyKind body = BodyKind::none;
  std::uint64_t body_limit = 0;            // 0 with a body: the server's limit for JSON or files
  std::vector<std::string> media_types{};  // of bytes: those taken, else 415; none: any
  bool if_match = false;                   // 428 without
  std::string request_schema{};            // name in openapi_schemas
  int success = 200;
  std::string answer_schema{};                                // empty: bytes, or nothing with 204
  int at_once = 0;                                            // 0: any number; beyond: 503
  std::function<Response(Call&)> handle{};                    // none, json
  std::function<std::unique_ptr<Receiver>(Call&)> receive{};  // bytes, form
};

// The table, resource by resource.
void add_session_routes(std::vector<Route>& table);
void add_provider_routes(std::vector<Route>& table);
void add_account_routes(std::vector<Route>& table);
void add_rights_routes(std::vector<Route>& table);
void add_organisation_routes(std::vector<Route>& table);
void add_delegation_routes(std::vector<Route>& table);
void add_record_routes(std::vector<Route>& table);
void add_transfer_routes(std::vector<Route>& table);  // records as CSV and JSON Lines
void add_file_routes(std::vector<Route>& table);
void add_upload_routes(std::vector<Route>& table);
void add_search_routes(std::vector<Route>& table);
void add_tree_routes(std::vector<Route>& table);
void add_import_routes(std::vector<Route>& table);
void add_change_routes(std::vector<Route>& table);
void add_schema_routes(std::vector<Route>& table);
void add_audit_routes(std::vector<Route>& table);
void add_failed_text_routes(std::vector<Route>& table);
void add_health_routes(std::vector<Route>& table);

std::vector<Route> all_routes();

}  // namespace lantai::http
