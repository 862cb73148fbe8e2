// Does the school's directory (LDAP, RFC 4511–4516) know this login and password? The person is looked for below a
// base, and then the directory is asked to bind as them with the password given: it never leaves the directory's hands,
// and no hash of it is kept here.
//
// Thread-safe; every check is a connection of its own. Encrypted (ldaps, or StartTLS before anything is sent) unless
// `plain` says otherwise. Cost: two to four round trips, at most `timeout` each. Used in
// tests/scenario/test_directory.py.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lantai::identity {

struct DirectoryOptions {
  std::string url;                                   // `ldaps://ldap.school.edu.cn`, `ldap://…`
  std::string base;                                  // `ou=people,dc=school,dc=edu,dc=cn`
  std::string filter = "(uid={login})";              // what a person is found by; {login} is put in escaped
  std::string reader_dn = {}, reader_password = {};  // who looks; empty: nobody in particular
  std::filesystem::path ca = {};                     // certificates trusted; empty: those the machine trusts
  bool plain = false;                                // passwords may cross the network as they are
  std::string name_attribute = "cn";
  std::chrono::seconds timeout{5};
};

struct DirectoryEntry {
  std::string dn;
  std::string name;  // or empty
};

class Directory {
 public:
  // Throws invalid_argument on an address that is none, a filter without {login}, plain passwords not allowed.
  static std::unique_ptr<const Directory> make(DirectoryOptions options);
  virtual ~Directory() = default;
  // Nothing: the login is unknown, means several people, or the password is wrong or empty. Throws unavailable
  // (`auth.directory_unavailable`) when the directory cannot be asked.
  virtual std::optional<DirectoryEntry> check(std::string_view login, std::string_view password) const = 0;
};

}  // namespace lantai::identity
