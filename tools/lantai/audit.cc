// lantai audit export|head|key|verify: of the store itself, while no server has it open. What only the store is needed
// for opens nothing else: it works where index or declarations are damaged.
#include <CLI/CLI.hpp>
#include <iostream>

#include "audit_export.h"
#include "command_line.h"
#include "lantai/base/error.h"
#include "lantai/identity/audit_heads.h"
#include "texts.h"

namespace lantai::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct AuditArguments {
  std::string file, heads, key, key_file;
};

std::unique_ptr<storage::Store> open_store(const Shared& shared) {
  storage::StoreOptions options;
  options.create_if_missing = false;
  return storage::Store::open(shared.configuration(false).data, options);
}

identity::HeadSigner signer_of(storage::Store& store, const AuditArguments& arguments) {
  return arguments.key_file.empty() ? identity::HeadSigner::of_store(store)
                                    : identity::HeadSigner::of_file(arguments.key_file);
}

int export_log(const Shared& shared) {
  const auto count = export_audit(*open_store(shared), std::cout);
  std::cout.flush();
  if (!std::cout) throw Error(ErrorCode::unavailable, "cannot write the export");
  std::cerr << say(Text::exported, shared.lang(), count) << "\n";
  return kDone;
}

int add_head(const Shared& shared, const AuditArguments& arguments) {
  const auto store = open_store(shared);
  const auto head = signer_of(*store, arguments).sign(store->identity(), store->audit().head(), SystemClock().now());
  if (arguments.file.empty()) {
    std::cout << identity::to_json_line(head) << "\n";
  } else {
    identity::append_head(head, arguments.file);
  }
  return kDone;
}

int print_key(const Shared& shared, const AuditArguments& arguments) {
  std::cout << to_hex(signer_of(*open_store(shared), arguments).public_key()) << "\n";
  return kDone;
}

int verify(const Shared& shared, const AuditArguments& arguments) {
  const auto store = open_store(shared);
  std::vector<identity::SignedHead> heads;
  if (!arguments.heads.empty()) heads = identity::read_heads(arguments.heads);
  const auto chain = store->audit().verify();
  const auto kept = identity::check_heads(heads, store->identity(), store->audit(), from_hex(arguments.key));
  const bool whole = !chain.first_broken && kept.first_wrong.empty();
  const auto head = store->audit().head();
  if (shared.json) {
    std::cout << OrderedJson{{"ok", whole},
                             {"entries", chain.checked},
                             {"head", to_hex(head.hash)},
                             {"first_broken", chain.first_broken ? OrderedJson(*chain.first_broken) : OrderedJson()},
                             {"reason", chain.reason},
                             {"heads", kept.checked},
                             {"unsigned_heads", kept.unsigned_heads},
                             {"first_wrong_head", kept.first_wrong}}
                     .dump()
              << "\n";
    return whole ? kDone : kDamaged;
  }
  std::cout << (chain.first_broken ? say(Text::audit_broken, shared.lang(), *chain.first_broken, chain.reason)
                                   : say(Text::audit_ok, shared.lang(), chain.checked, to_hex(head.hash)))
            << "\n";
  if (!kept.first_wrong.empty())
    std::cout << say(Text::head_wrong, shared.lang(), kept.first_wrong) << "\n";
  else if (!heads.empty())
    std::cout << say(Text::heads_ok, shared.lang(), kept.checked, kept.unsigned_heads) << "\n";
  return whole ? kDone : kDamaged;
}

}  // namespace

void add_audit(CLI::App& app, Shared& shared, Commands& commands) {
  auto arguments = std::make_shared<AuditArguments>();
  CLI::App* audit = app.add_subcommand("audit", "the audit log: export, head, key, verify");
  audit->require_subcommand(1);
  audit->fallthrough();
  // Each works on the store itself.
  const auto command = [&](const char* name, const char* help, const auto& run) {
    CLI::App* made = audit->add_subcommand(name, help);
    commands[made] = [&shared, arguments, run] {
      shared.require_store();
      return run(shared, *arguments);
    };
    return made;
  };
  command("export", "all entries as JSON Lines", [](const Shared& s, const AuditArguments&) { return export_log(s); });
  CLI::App* head = command("head", "sign what is the last entry now", add_head);
  head->add_option("FILE", arguments->file, "where the head is added, outside the store; none: printed");
  CLI::App* key = command("key", "the public key that heads are signed with", print_key);
  for (CLI::App* signing : {head, key})
    signing->add_option("--audit-key", arguments->key_file, "file with the signing key; none: the store's own");
  CLI::App* verifying = command("verify", "check the chain, and that it holds every head that was kept", verify);
  verifying->add_option("--heads", arguments->heads, "file with heads that were kept")->type_name("FILE");
  verifying->add_option("--key", arguments->key, "public key that they must be signed with")
      ->check([](const std::string& hex) {
        const bool good = hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string::npos;
        return good ? std::string() : std::string("a key is 64 hex digits");
      });
  add_format(*verifying, shared);
}

}  // namespace lantai::cli
