// Where may people show who they are besides passwords kept here? Options of commands that serve: a directory (LDAP)
// and a sign-in provider (OpenID Connect). Secrets come from files.
#pragma once

#include <memory>

#include "command_line.h"

namespace lantai::cli {

struct SignInOptions;
std::shared_ptr<SignInOptions> add_sign_in_options(CLI::App& command);
// Throws not_found when a file cannot be read.
void apply(const SignInOptions& options, app::Configuration& configuration);

}  // namespace lantai::cli
