#include "account_store.h"

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::identity {
namespace {

using schema::Json;
using storage::KeyWriter;

constexpr int kFormat = 1;

Json read(ByteView bytes, const char* what) {
  auto json = Json::from_cbor(bytes.begin(), bytes.end(), true, false);
  if (!json.is_object() || json.value("format", 0) != kFormat) {
    throw Error(ErrorCode::data_loss, std::string("a stored ") + what + " is not readable");
  }
  return json;
}

// Members of the wrong kind are damage, too.
template <typename T, typename F>
T shaped(const char* what, F&& body) {
  try {
    return body();
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::data_loss, std::string("a stored ") + what + " is not readable: " + error.what());
  }
}

}  // namespace

Bytes account_key(std::string_view id) { return KeyWriter().text("account").text(id).take(); }
Bytes account_prefix() { return KeyWriter().text("account").take(); }
Bytes login_key(std::string_view login) { return KeyWriter().text("login").text(login).take(); }

Bytes subject_key(std::string_view subject) { return KeyWriter().text("subject").text(subject).take(); }

Bytes sealing_key(std::string_view purpose) { return KeyWriter().text("seal").text(purpose).take(); }

Bytes policy_key() { return KeyWriter().text("policy").take(); }

Bytes grant_key(std::string_view account, std::string_view record) {
  return KeyWriter().text("grant").text(account).text(record).take();
}
Bytes grant_prefix(std::string_view account) {
  KeyWriter key;
  key.text("grant");
  if (!account.empty()) key.text(account);
  return key.take();
}

Bytes encode(const Grant& grant) {
  return Json::to_cbor(Json{{"format", kFormat},
                            {"account", grant.account},
                            {"record", grant.record},
                            {"until", grant.until.micros},
                            {"reason", grant.reason},
                            {"by", grant.by},
                            {"given", grant.given.micros}});
}

Grant decode_grant(ByteView bytes) {
  return shaped<Grant>("grant", [&] {
    const auto json = read(bytes, "grant");
    Grant out;
    json.at("account").get_to(out.account);
    json.at("record").get_to(out.record);
    json.at("until").get_to(out.until.micros);
    json.at("reason").get_to(out.reason);
    json.at("by").get_to(out.by);
    json.at("given").get_to(out.given.micros);
    return out;
  });
}

Bytes delegation_key(std::string_view id) { return KeyWriter().text("delegation").text(id).take(); }
Bytes delegation_prefix() { return KeyWriter().text("delegation").take(); }

Bytes encode(const Delegation& delegation) {
  return Json::to_cbor(Json{{"format", kFormat},
                            {"id", delegation.id},
                            {"from", delegation.from},
                            {"to", delegation.to},
                            {"post", delegation.post},
                            {"begins", delegation.begins},
                            {"ends", delegation.ends},
                            {"reason", delegation.reason},
                            {"by", delegation.by},
                            {"given", delegation.given.micros}});
}

Delegation decode_delegation(ByteView bytes) {
  return shaped<Delegation>("delegation", [&] {
    const auto json = read(bytes, "delegation");
    Delegation out;
    json.at("id").get_to(out.id);
    json.at("from").get_to(out.from);
    json.at("to").get_to(out.to);
    json.at("post").get_to(out.post);
    json.at("begins").get_to(out.begins);
    json.at("ends").get_to(out.ends);
    json.at("reason").get_to(out.reason);
    json.at("by").get_to(out.by);
    json.at("given").get_to(out.given.micros);
    return out;
  });
}

Bytes encode(const SecurityPolicy& policy) {
  auto json = to_json(policy);
  json["format"] = kFormat;
  return Json::to_cbor(json);
}

SecurityPolicy decode_policy(ByteView bytes) {
  auto json = read(bytes, "policy");
  json.erase("format");
  try {
    return amended({}, json);
  } catch (const Error& error) {
    throw Error(ErrorCode::data_loss, std::string("a stored policy is not readable: ") + error.message());
  }
}

Bytes encode(const StoredAccount& stored) {
  const auto& account = stored.account;
  Json json{{"format", kFormat},
            {"id", account.id},
            {"login", account.login},
            {"name", account.name},
            {"roles", account.roles},
            {"clearance", account.clearance},
            {"departments", account.departments},
            {"scope", name_of(account.scope)},
            {"person", account.person},
            {"signs_in_by", name_of(account.signs_in_by)},
            {"subject", stored.subject},
            {"departments_by_post", account.departments_by_post},
            {"disabled", account.disabled},
            {"must_change_password", account.must_change_password},
            {"version", account.version},
            {"password", stored.password},
            {"password_set", account.password_set.micros},
            {"former_passwords", stored.former_passwords},
            {"generation", stored.generation}};
  if (const auto& factor = stored.second_factor) {
    Json recovery = Json::array();
    for (const auto& digest : factor->recovery_digests) recovery.push_back(Json::binary(digest));
    json["second_factor"] = {{"secret", Json::binary(factor->secret)},
                             {"confirmed", factor->confirmed},
                             {"last_step", factor->last_step},
                             {"recovery", std::move(recovery)}};
  }
  return Json::to_cbor(json);
}

StoredAccount decode_account(ByteView bytes) {
  return shaped<StoredAccount>("account", [&] {
    const auto json = read(bytes, "account");
    StoredAccount out;
    auto& account = out.account;
    json.at("id").get_to(account.id);
    json.at("login").get_to(account.login);
    json.at("name").get_to(account.name);
    json.at("roles").get_to(account.roles);
    json.at("clearance").get_to(account.clearance);
    json.at("departments").get_to(account.departments);
    account.scope = scope_named(json.value("scope", "all")).value_or(DepartmentScope::own);
    account.person = json.value("person", "");  // not noted by earlier versions
    account.signs_in_by = signs_in_by_named(json.value("signs_in_by", "password")).value_or(SignsInBy::password);
    out.subject = json.value("subject", "");
    account.departments_by_post = json.value("departments_by_post", false);
    json.at("disabled").get_to(account.disabled);
    json.at("must_change_password").get_to(account.must_change_password);
    json.at("version").get_to(account.version);
    json.at("password").get_to(out.password);
    account.password_set.micros = json.value("password_set", std::int64_t{0});  // not noted by earlier versions
    out.former_passwords = json.value("former_passwords", std::vector<std::string>());
    json.at("generation").get_to(out.generation);
    if (const auto found = json.find("second_factor"); found != json.end()) {
      StoredSecondFactor factor;
      factor.secret = found->at("secret").get_binary();
      found->at("confirmed").get_to(factor.confirmed);
      found->at("last_step").get_to(factor.last_step);
      for (const auto& digest : found->at("recovery")) factor.recovery_digests.push_back(digest.get_binary());
      account.second_factor = factor.confirmed;
      out.second_factor = std::move(factor);
    }
    return out;
  });
}

Bytes encode(const StoredSession& session) {
  return Json::to_cbor(Json{{"format", kFormat},
                            {"account", session.account},
                            {"generation", session.generation},
                            {"token", session.token},
                            {"label", session.label},
                            {"created", session.created.micros},
                            {"used", session.used.micros},
                            {"expires", session.expires.micros},
                            {"address", session.address},
                            {"agent", session.agent},
                            {"scope", name_of(session.scope)},
                            {"verified", session.verified.micros},
                            {"post", session.post},
                            {"delegation", session.delegation},
                            {"purpose", session.purpose}});
}

StoredSession decode_session(ByteView bytes) {
  return shaped<StoredSession>("session", [&] {
    const auto json = read(bytes, "session");
    StoredSession out;
    json.at("account").get_to(out.account);
    json.at("generation").get_to(out.generation);
    json.at("token").get_to(out.token);
    json.at("label").get_to(out.label);
    json.at("created").get_to(out.created.micros);
    json.at("used").get_to(out.used.micros);
    json.at("expires").get_to(out.expires.micros);
    out.address = json.value("address", "");  // not noted by earlier versions
    out.agent = json.value("agent", "");
    out.scope = token_scope_named(json.value("scope", "all")).value_or(TokenScope::read);
    out.verified.micros = json.value("verified", std::int64_t{0});
    out.post = json.value("post", "");
    out.delegation = json.value("delegation", "");
    out.purpose = json.value("purpose", "");
    return out;
  });
}

}  // namespace lantai::identity
