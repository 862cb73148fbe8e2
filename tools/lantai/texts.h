// What does the command line say, in the language of the terminal? The few sentences of its own; everything about
// records and files comes from metadata-schema/messages.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "lantai/schema/label.h"

namespace lantai::cli {

enum class Text {
  locked,
  missing,
  import_summary,
  dry_run_summary,
  import_progress,
  waiting,
  not_read,
  no_hits,
  hits,
  page,
  partial_hits,
  partial_hit,
  lacking,
  verified,
  collected,
  damaged_blob,
  audit_ok,
  audit_broken,
  heads_ok,
  head_wrong,
  not_audited,
  left_out,
  reindexed,
  serving,
  redirecting,
  plain_http,
  first_login,
  first_logins_in,
  first_logins_lost,
  stopping,
  server_command,
  user_made,
  password_set,
  token_made,
  no_such_user,
  no_such_file,
  not_a_file,
  failed_texts,
  needs_place,
  other_account,
  exported,
};

std::string_view text(Text id, schema::Language language);

template <typename... A>
std::string say(Text id, schema::Language language, const A&... arguments) {
  return fmt::format(fmt::runtime(text(id, language)), arguments...);
}

// zh_CN → 简体, zh_TW or zh_HK → 繁體, other locales → English.
schema::Language language_of_locale(std::string_view locale);

}  // namespace lantai::cli
