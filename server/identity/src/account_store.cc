#include "account_store.h"

#include "lantai/base/error.h"
#include "lantai/schema/value.h"
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

Bytes sealing_key(std::string_view purpose) { return KeyWriter().text("seal").text(purpose).take(); }

Bytes encode(const StoredAccount& stored) {
  const auto& account = stored.account;
  return Json::to_cbor(Json{{"format", kFormat},
                            {"id", account.id},
                            {"login", account.login},
                            {"name", account.name},
                            {"roles", account.roles},
                            {"clearance", account.clearance},
                            {"departments", account.departments},
                            {"disabled", account.disabled},
                            {"must_change_password", account.must_change_password},
                            {"version", account.version},
                            {"password", stored.password},
                            {"generation", stored.generation}});
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
    json.at("disabled").get_to(account.disabled);
    json.at("must_change_password").get_to(account.must_change_password);
    json.at("version").get_to(account.version);
    json.at("password").get_to(out.password);
    json.at("generation").get_to(out.generation);
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
                            {"expires", session.expires.micros}});
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
    return out;
  });
}

}  // namespace lantai::identity
