#include "ofd_signatures.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "der.h"
#include "ofd_numbers.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

struct Names {
  std::string_view oid, name;
};
constexpr Names kMethods[] = {{"1.2.156.10197.1.501", "SM2-SM3"}, {"1.2.840.113549.1.1.11", "RSA-SHA256"},
                              {"1.2.156.10197.1.401", "SM3"},     {"2.16.840.1.101.3.4.2.1", "SHA-256"},
                              {"1.3.14.3.2.26", "SHA-1"},         {"1.2.840.113549.2.5", "MD5"}};

std::string method_name(std::string_view written) {
  for (const auto& [oid, name] : kMethods)
    if (written == oid) return std::string(name);
  return std::string(written);
}

// Digests that can still be relied on.
const EVP_MD* digest_method(std::string_view written) {
  const auto name = method_name(written);
  if (name == "SM3" || written == "sm3") return EVP_sm3();
  if (name == "SHA-256" || written == "SHA256") return EVP_sha256();
  return nullptr;
}

Bytes digest(const EVP_MD* method, ByteView bytes) {
  Bytes out(static_cast<std::size_t>(EVP_MD_get_size(method)));
  EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, method, nullptr);
  return out;
}

Bytes from_base64(std::string_view text) {
  std::string clean;
  for (const char c : text)
    if (static_cast<unsigned char>(c) > ' ') clean += c;
  Bytes out(clean.size() / 4 * 3 + 3);
  const int size =
      EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(clean.data()), static_cast<int>(clean.size()));
  if (size < 0) return {};
  const auto padding = static_cast<std::size_t>(std::count(clean.begin(), clean.end(), '='));
  out.resize(static_cast<std::size_t>(size) - std::min<std::size_t>(padding, 2));
  return out;
}

// What a signed value holds (GB/T 38540-2020, 7.2; the older form of GM/T 0031-2014 has certificate and method inside).
struct SignedValue {
  Der to_sign, seal, data_hash, certificate;
  ByteView signature;

  bool known() const { return !to_sign.whole.empty() && !certificate.content.empty() && !signature.empty(); }
};

SignedValue take_apart(ByteView bytes) {
  SignedValue value;
  const auto parts = Der::first(bytes).children();
  if (parts.size() < 2 || parts[0].tag != V_ASN1_SEQUENCE) return value;
  const auto inside = parts[0].children();
  if (inside.size() < 5) return value;
  value.to_sign = parts[0];
  value.seal = inside[1];
  value.data_hash = inside[3];
  if (parts.size() >= 4 && parts[1].tag == V_ASN1_OCTET_STRING) {
    value.certificate = parts[1];
    value.signature = parts[3].bits();
  } else if (inside.size() >= 6) {
    value.certificate = inside[5];
    value.signature = parts[1].bits();
  }
  return value;
}

// `SES_ESPictrueInfo`: type, bytes, width, height; and the name in the properties before it.
void read_seal(const Der& seal, OfdSignature& into) {
  const auto parts = seal.children();
  const auto info = parts.empty() ? std::vector<Der>() : parts[0].children();
  if (info.size() < 4) return;
  for (const auto& property : info[2].children())
    if (property.tag == V_ASN1_UTF8STRING) {
      into.seal = to_valid_utf8(property.text());
      break;
    }
  const auto picture = info[3].children();
  if (picture.size() < 2 || picture[1].tag != V_ASN1_OCTET_STRING) return;
  into.picture_kind = picture[0].text();
  std::transform(into.picture_kind.begin(), into.picture_kind.end(), into.picture_kind.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  into.picture.assign(picture[1].content.begin(), picture[1].content.end());
}

std::string subject_of(X509* certificate) {
  char name[256] = {};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  return size > 0 ? to_valid_utf8(std::string_view(name, static_cast<std::size_t>(size))) : std::string();
}

// GM/T 0009-2012, 10: the identity that signers have unless another one is agreed on.
constexpr std::string_view kSm2Identity = "1234567812345678";

bool verifies(X509* certificate, ByteView message, ByteView signature) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return false;
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* how = nullptr;
  const bool sm2 = EVP_PKEY_is_a(key, "SM2") == 1;
  std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> with_identity;
  if (sm2) {
    with_identity.reset(EVP_PKEY_CTX_new(key, nullptr));
    if (!with_identity ||
        EVP_PKEY_CTX_set1_id(with_identity.get(), kSm2Identity.data(), static_cast<int>(kSm2Identity.size())) <= 0)
      return false;
    EVP_MD_CTX_set_pkey_ctx(context.get(), with_identity.get());
  }
  return EVP_DigestVerifyInit(context.get(), &how, sm2 ? EVP_sm3() : EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

std::string check_value(const SignedValue& value, ByteView description, OfdSignature& into) {
  if (!value.known()) return "not checked: not the signed value of a seal";
  const unsigned char* at = value.certificate.content.data();
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(value.certificate.content.size())));
  if (!certificate) return "not checked: no certificate";
  into.signer = subject_of(certificate.get());
  const auto hash = value.data_hash.bits();
  const auto equals = [&](const EVP_MD* method) {
    const auto own = digest(method, description);
    return std::equal(own.begin(), own.end(), hash.begin(), hash.end());
  };
  const bool described = equals(EVP_sm3()) || equals(EVP_sha256());
  const bool good = described && verifies(certificate.get(), value.to_sign.whole, value.signature);
  ERR_clear_error();
  return good ? "valid" : "invalid";
}

std::string check_digests(const pugi::xml_node& references, const Package& package) {
  const auto* method = digest_method(attribute(references, "CheckMethod"));
  if (method == nullptr) return "not checked: " + method_name(attribute(references, "CheckMethod"));
  std::size_t count = 0;
  for (const auto& reference : references.children()) {
    if (!is_named(reference, "Reference")) continue;
    ++count;
    const auto path = resolve_path("", attribute(reference, "FileRef"));
    const auto* part = package.find(path);
    if (part == nullptr || digest(method, *part) != from_base64(child_text(reference, "CheckValue")))
      return "differ: " + path;
  }
  return count == 0 ? "not checked: nothing is referred to" : "match";
}

// `part` describes the signature that `entry` lists.
OfdSignature read_signature(const Package& package, const std::string& part, const pugi::xml_node& entry,
                            Report& report, Checked checked) {
  const auto document = package.optional_xml(part, report);
  const auto info = child(document.document_element(), "SignedInfo");
  OfdSignature one;
  one.kind = attribute(entry, "Type").empty() ? "Seal" : std::string(attribute(entry, "Type"));
  one.provider = to_valid_utf8(attribute(child(info, "Provider"), "ProviderName"));
  one.method = method_name(child_text(info, "SignatureMethod"));
  one.time = child_text(info, "SignatureDateTime");
  for (const auto& stamp : info.children())
    if (is_named(stamp, "StampAnnot"))
      one.stamps.push_back({std::string(attribute(stamp, "PageRef")), box_of(attribute(stamp, "Boundary"))});
  const auto* value = package.find(resolve_path(part, child_text(document.document_element(), "SignedValue")));
  const auto inside = value == nullptr ? SignedValue() : take_apart(*value);
  if (checked == Checked::yes) {
    one.digests = check_digests(child(info, "References"), package);
    one.value =
        value == nullptr ? "not checked: the signed value is missing" : check_value(inside, *package.find(part), one);
  }
  read_seal(inside.seal, one);
  const auto* seal = package.find(resolve_path(part, child_text(child(info, "Seal"), "BaseLoc")));
  if (one.picture.empty() && seal != nullptr) read_seal(Der::first(*seal), one);
  return one;
}

}  // namespace

std::vector<OfdSignature> read_ofd_signatures(const Package& package, const std::string& root, Report& report,
                                              Checked checked) {
  constexpr std::size_t kMost = 100;
  std::vector<OfdSignature> all;
  const auto index = package.xml("OFD.xml");
  for (const auto& body : index.document_element().children()) {
    const auto list = child_text(body, "Signatures");
    if (!is_named(body, "DocBody") || list.empty() || resolve_path("", child_text(body, "DocRoot")) != root) continue;
    const auto list_part = resolve_path("", list);
    const auto signatures = package.optional_xml(list_part, report);
    for (const auto& entry : signatures.document_element().children()) {
      if (!is_named(entry, "Signature") || all.size() >= kMost) continue;
      auto part = resolve_path(list_part, attribute(entry, "BaseLoc"));
      if (package.find(part) == nullptr) part = resolve_path(root, attribute(entry, "BaseLoc"));
      if (package.find(part) != nullptr) all.push_back(read_signature(package, part, entry, report, checked));
    }
  }
  return all;
}

}  // namespace lantai::extract::worker
