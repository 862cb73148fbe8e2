#include "sign_in_options.h"

#include <CLI/CLI.hpp>
#include <fstream>

#include "lantai/base/error.h"

namespace lantai::cli {

struct SignInOptions {
  identity::DirectoryOptions directory;
  identity::ProviderOptions provider;
  std::string directory_password_file, provider_secret_file, public_url;
  bool make_accounts = false;
};

namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) throw Error(ErrorCode::not_found, "cannot read " + file);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace

std::shared_ptr<SignInOptions> add_sign_in_options(CLI::App& command) {
  auto options = std::make_shared<SignInOptions>();
  auto& directory = options->directory;
  auto* url = command.add_option("--ldap", directory.url,
                                 "directory that knows people's passwords: ldaps://HOST, or ldap://HOST, which begins "
                                 "TLS at once");
  const auto of_directory = [&](const char* name, auto& into, const char* help) {
    return command.add_option(name, into, help)->needs(url);
  };
  url->needs(of_directory("--ldap-base", directory.base, "where people are looked for: ou=people,dc=school,dc=cn"));
  of_directory("--ldap-filter", directory.filter, "how a person is found")->default_str(directory.filter);
  of_directory("--ldap-reader", directory.reader_dn, "name of who looks; none: nobody in particular");
  of_directory("--ldap-password-file", options->directory_password_file, "its password")->type_name("FILE");
  of_directory("--ldap-ca", directory.ca, "certificates trusted, PEM; none: those the machine trusts")
      ->type_name("FILE");
  of_directory("--ldap-name", directory.name_attribute, "attribute with a person's name")
      ->default_str(directory.name_attribute);
  command.add_flag("--ldap-plain", directory.plain, "without TLS: passwords cross the network as they are")->needs(url);

  auto& provider = options->provider;
  auto* issuer = command.add_option("--oidc", provider.issuer,
                                    "sign-in provider (OpenID Connect), by its issuer: "
                                    "https://id.school.edu.cn/realms/school");
  const auto of_provider = [&](const char* name, auto& into, const char* help) {
    return command.add_option(name, into, help)->needs(issuer);
  };
  issuer->needs(of_provider("--oidc-client", provider.client_id, "what we are called there"));
  of_provider("--oidc-secret-file", options->provider_secret_file, "our secret there; none: a public client")
      ->type_name("FILE");
  issuer->needs(
      of_provider("--public-url", options->public_url, "how browsers call this server: https://archive.school.edu.cn"));
  of_provider("--oidc-ca", provider.ca, "certificates trusted, PEM; none: those the machine trusts")->type_name("FILE");
  of_provider("--oidc-login", provider.login_claim, "claim with the login; people must not be able to change it")
      ->default_str(provider.login_claim);
  of_provider("--oidc-name", provider.name, "what people call it; none: its host");
  command.add_flag("--make-accounts", options->make_accounts,
                   "whoever they know gets an account at the first sign-in, without any right");
  return options;
}

void apply(const SignInOptions& options, app::Configuration& configuration) {
  configuration.make_accounts = options.make_accounts;
  if (!options.directory.url.empty()) {
    configuration.directory = options.directory;
    if (!options.directory_password_file.empty())
      configuration.directory->reader_password = first_line(options.directory_password_file);
  }
  if (options.provider.issuer.empty()) return;
  auto ours = options.public_url;
  while (!ours.empty() && ours.back() == '/') ours.pop_back();
  configuration.provider = options.provider;
  configuration.provider->callback = ours + "/api/v1/session/provider/callback";
  if (!options.provider_secret_file.empty())
    configuration.provider->client_secret = first_line(options.provider_secret_file);
}

}  // namespace lantai::cli
