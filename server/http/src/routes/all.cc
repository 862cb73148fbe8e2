#include "route.h"

namespace lantai::http {

std::vector<Route> all_routes() {
  std::vector<Route> table;
  add_session_routes(table);
  add_provider_routes(table);
  add_account_routes(table);
  add_rights_routes(table);
  add_organisation_routes(table);
  add_delegation_routes(table);
  add_record_routes(table);
  add_transfer_routes(table);
  add_file_routes(table);
  add_upload_routes(table);
  add_search_routes(table);
  add_tree_routes(table);
  add_import_routes(table);
  add_change_routes(table);
  add_schema_routes(table);
  add_audit_routes(table);
  add_failed_text_routes(table);
  add_health_routes(table);
  return table;
}

}  // namespace lantai::http
