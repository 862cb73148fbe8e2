// Pages of OFD as pictures, and their signatures. The documents are written here, the keys and signatures made with
// OpenSSL; places and colours are what the documents say.
#define BOOST_TEST_MODULE extract_ofd
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <boost/test/unit_test.hpp>
#include <memory>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

using std::string_literals::operator""s;

std::string xml(const std::string& name, const std::string& inside, const std::string& attributes = "") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ofd:" + name + " xmlns:ofd=\"http://www.ofdspec.org/2016\" " +
         attributes + ">" + inside + "</ofd:" + name + ">";
}

// One page of 100 by 200 millimetres. `resources` stand inside <Res>.
Members package(const std::string& content, const std::string& resources = "", const std::string& more_of_body = "") {
  return {
      {"OFD.xml",
       xml("OFD", "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>" + more_of_body + "</ofd:DocBody>",
           "Version=\"1.1\"")},
      {"Doc_0/Document.xml",
       xml("Document",
           "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 100 200</ofd:PhysicalBox></ofd:PageArea>"
           "<ofd:DocumentRes>Res.xml</ofd:DocumentRes><ofd:TemplatePage ID=\"9\" BaseLoc=\"Tpl.xml\"/></ofd:CommonData>"
           "<ofd:Pages><ofd:Page ID=\"1\" "
           "BaseLoc=\"Page.xml\"/></ofd:Pages><ofd:Annotations>Annots.xml</ofd:Annotations>")},
      {"Doc_0/Res.xml", xml("Res", resources, "BaseLoc=\"Res\"")},
      {"Doc_0/Page.xml", xml("Page", content)}};
}

std::string layer(const std::string& objects) {
  return "<ofd:Content><ofd:Layer ID=\"2\">" + objects + "</ofd:Layer></ofd:Content>";
}

std::string square(const std::string& boundary, const std::string& colour, const std::string& more = "") {
  return "<ofd:PathObject Boundary=\"" + boundary + "\" Fill=\"true\" Stroke=\"false\" " + more +
         "><ofd:FillColor Value=\"" + colour +
         "\"/><ofd:AbbreviatedData>M 0 0 L 20 0 L 20 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>";
}

std::string drawn(const Members& members, std::uint32_t width = 400) {
  const MemoryFile file(zip(members));
  const auto png = shared_extractor().render_page(file.source(), 1, width);
  BOOST_REQUIRE(png.has_value());
  return std::string(as_chars(*png));
}

unsigned at(const std::string& png, double x, double y) { return colour_at(png, x / 100, y / 200); }  // millimetres

constexpr unsigned kWhite = 0xFFFFFF, kRed = 0xFF0000, kGreen = 0x00FF00, kBlue = 0x0000FF;

std::string der(int tag, const std::string& content) {
  const auto size = content.size();
  std::string length;
  if (size < 128) {
    length = std::string(1, static_cast<char>(size));
  } else {
    for (auto rest = size; rest > 0; rest >>= 8U) length.insert(length.begin(), static_cast<char>(rest & 0xFFU));
    length.insert(length.begin(), static_cast<char>(0x80U | length.size()));
  }
  return std::string(1, static_cast<char>(tag)) + length + content;
}
std::string sequence(const std::string& content) { return der(0x30, content); }
std::string whole_number(int value) { return der(2, std::string(1, static_cast<char>(value))); }

std::string digest(const EVP_MD* method, const std::string& bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, method, nullptr);
  return out.substr(0, size);
}

std::string base64(const std::string& bytes) {
  std::string out(bytes.size() * 2 + 4, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                                      static_cast<int>(bytes.size()))));
  return out;
}

// Somebody with a key of SM2 or RSA, and a certificate of their own.
class Signer {
 public:
  explicit Signer(bool sm2)
      : sm2_(sm2),
        key_(sm2 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2")
                 : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}),
             EVP_PKEY_free) {
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 86'400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("第一中学"), -1, -1, 0);
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_sign(certificate_.get(), key_.get(), sm2 ? EVP_sm3() : EVP_sha256());
  }
  std::string certificate() const {
    unsigned char* out = nullptr;
    const int size = i2d_X509(certificate_.get(), &out);
    std::string bytes(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
    OPENSSL_free(out);
    return bytes;
  }
  std::string sign(const std::string& message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> identity(EVP_PKEY_CTX_new(key_.get(), nullptr),
                                                                         EVP_PKEY_CTX_free);
    if (sm2_) {
      EVP_PKEY_CTX_set1_id(identity.get(), "1234567812345678", 16);
      EVP_MD_CTX_set_pkey_ctx(context.get(), identity.get());
    }
    EVP_DigestSignInit(context.get(), nullptr, sm2_ ? EVP_sm3() : EVP_sha256(), nullptr, key_.get());
    std::size_t size = 1024;
    std::string out(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(message.data()), message.size());
    return out.substr(0, size);
  }
  bool sm2() const { return sm2_; }

 private:
  bool sm2_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_{X509_new(), X509_free};
};

// GB/T 38540-2020, or the form of GM/T 0031-2014 with certificate and method inside what is signed.
std::string signed_value(const Signer& signer, const std::string& description, const std::string& png, bool older) {
  const auto* method = signer.sm2() ? EVP_sm3() : EVP_sha256();
  const auto picture = sequence(der(22, "png") + der(4, png) + whole_number(40) + whole_number(40));
  const auto seal = sequence(sequence(sequence(der(22, "ES")) + der(22, "seal-1") +
                                      sequence(whole_number(1) + der(12, "第一中学公章")) + picture));
  const auto oid = der(6, "\x2A\x81\x1C\xCF\x55\x01\x83\x75"s);
  const auto hash = der(3, "\0"s + digest(method, description));
  if (older) {
    const auto to_sign = sequence(whole_number(1) + seal + der(3, "\0t"s) + hash +
                                  der(22, "/Doc_0/Signs/Signature.xml") + der(4, signer.certificate()) + oid);
    return sequence(to_sign + der(3, "\0"s + signer.sign(to_sign)));
  }
  const auto to_sign =
      sequence(whole_number(4) + seal + der(24, "20210305080000Z") + hash + der(22, "/Doc_0/Signs/Signature.xml"));
  return sequence(to_sign + der(4, signer.certificate()) + oid + der(3, "\0"s + signer.sign(to_sign)));
}

Members signed_package(const Signer& signer, bool older, const std::string& seal_png) {
  auto members = package(layer(square("10 10 20 20", "255 0 0")), "",
                         "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>");
  const std::string method = signer.sm2() ? "1.2.156.10197.1.401" : "2.16.840.1.101.3.4.2.1";
  std::string references;
  for (const auto& [name, content] : members)
    references += "<ofd:Reference FileRef=\"/" + name + "\"><ofd:CheckValue>" +
                  base64(digest(signer.sm2() ? EVP_sm3() : EVP_sha256(), content)) +
                  "</ofd:CheckValue></ofd:Reference>";
  const auto description =
      xml("Signature", "<ofd:SignedInfo><ofd:Provider ProviderName=\"office\"/><ofd:SignatureMethod>" +
                           (signer.sm2() ? "1.2.156.10197.1.501"s : "1.2.840.113549.1.1.11"s) +
                           "</ofd:SignatureMethod><ofd:SignatureDateTime>20210305080000Z</"
                           "ofd:SignatureDateTime><ofd:References CheckMethod=\"" +
                           method + "\">" + references +
                           "</ofd:References><ofd:StampAnnot ID=\"7\" PageRef=\"1\" Boundary=\"50 100 40 "
                           "40\"/></ofd:SignedInfo><ofd:SignedValue>Value.dat</ofd:SignedValue>");
  members.push_back({"Doc_0/Signs/Signatures.xml",
                     xml("Signatures", "<ofd:Signature ID=\"1\" Type=\"Seal\" BaseLoc=\"Signature.xml\"/>")});
  members.push_back({"Doc_0/Signs/Signature.xml", description});
  members.push_back({"Doc_0/Signs/Value.dat", signed_value(signer, description, seal_png, older)});
  return members;
}

std::string red_seal() {
  return drawn({{"OFD.xml", package("")[0].second},
                package("")[1],
                package("")[2],
                {"Doc_0/Page.xml", xml("Page", layer(square("0 0 100 200", "255 0 0", "CTM=\"5 0 0 10 0 0\"")))}},
               40);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Ofd)

BOOST_AUTO_TEST_CASE(outlines_are_filled_where_the_document_says) {
  const auto png = drawn(package(layer(
      square("10 10 20 20", "255 0 0") + square("60 10 40 40", "0 255 0", "CTM=\"2 0 0 2 0 0\"") +
      square("10 100 20 20", "0 0 255", "Alpha=\"0\"") + square("10 150 20 20", "0 0 255", "Visible=\"false\""))));
  BOOST_TEST(at(png, 20, 20) == kRed);
  BOOST_TEST(at(png, 11, 29) == kRed);
  BOOST_TEST(at(png, 8, 20) == kWhite);
  BOOST_TEST(at(png, 32, 20) == kWhite);
  BOOST_TEST(at(png, 62, 12) == kGreen);
  BOOST_TEST(at(png, 98, 48) == kGreen);
  BOOST_TEST(at(png, 20, 110) == kWhite);
  BOOST_TEST(at(png, 20, 160) == kWhite);
}

BOOST_AUTO_TEST_CASE(curves_arcs_and_holes_are_drawn) {
  const auto shape = [](const std::string& data, const std::string& more) {
    return "<ofd:PathObject Boundary=\"0 0 100 200\" Fill=\"true\" Stroke=\"false\" " + more +
           "><ofd:FillColor Value=\"0 0 255\"/><ofd:AbbreviatedData>" + data +
           "</ofd:AbbreviatedData></ofd:PathObject>";
  };
  // A circle around (50, 50), radius 30; a ring of squares around (50, 150).
  const auto png = drawn(package(layer(
      shape("M 20 50 A 30 30 0 0 1 80 50 A 30 30 0 0 1 20 50 C", "") +
      shape("M 20 120 L 80 120 L 80 180 L 20 180 C M 40 140 L 60 140 L 60 160 L 40 160 C", "Rule=\"Even-Odd\""))));
  BOOST_TEST(at(png, 50, 50) == kBlue);
  BOOST_TEST(at(png, 50, 22) == kBlue);
  BOOST_TEST(at(png, 50, 18) == kWhite);
  BOOST_TEST(at(png, 23, 23) == kWhite);
  BOOST_TEST(at(png, 30, 150) == kBlue);
  BOOST_TEST(at(png, 50, 150) == kWhite);
  const auto bent =
      drawn(package(layer(shape("M 0 0 B 0 100 100 100 100 0 C", "") + shape("M 0 200 Q 50 100 100 200 C", ""))));
  BOOST_TEST(at(bent, 50, 70) == kBlue);  // three quarters of 100 at its lowest
  BOOST_TEST(at(bent, 50, 80) == kWhite);
  BOOST_TEST(at(bent, 50, 155) == kBlue);  // half way to its control point
  BOOST_TEST(at(bent, 50, 145) == kWhite);
}

BOOST_AUTO_TEST_CASE(templates_lie_below_annotations_above_and_units_where_they_are_used) {
  auto members = package(
      "<ofd:Template TemplateID=\"9\"/>" +
          layer(square("10 10 20 20", "0 255 0") + "<ofd:CompositeObject Boundary=\"60 100 40 40\" ResourceID=\"5\"/>"),
      "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"5\"><ofd:Content>" + square("0 0 20 20", "0 0 255") +
          "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>");
  members.push_back({"Doc_0/Tpl.xml", xml("Page", layer(square("0 0 20 20", "255 0 0")))});
  members.push_back({"Doc_0/Annots.xml",
                     xml("Annotations", "<ofd:Page PageID=\"1\"><ofd:FileLoc>Annot.xml</ofd:FileLoc></ofd:Page>")});
  members.push_back({"Doc_0/Annot.xml",
                     xml("PageAnnot", "<ofd:Annot ID=\"4\" Type=\"Stamp\"><ofd:Appearance Boundary=\"25 25 20 20\">" +
                                          square("0 0 20 20", "0 0 255") + "</ofd:Appearance></ofd:Annot>")});
  const auto png = drawn(members);
  BOOST_TEST(at(png, 5, 5) == kRed);
  BOOST_TEST(at(png, 15, 15) == kGreen);
  BOOST_TEST(at(png, 28, 28) == kBlue);
  BOOST_TEST(at(png, 70, 110) == kBlue);
}

BOOST_AUTO_TEST_CASE(layers_lie_as_their_kind_says_not_as_they_are_listed) {
  const auto layer_of = [](const std::string& kind, const std::string& colour) {
    return "<ofd:Layer " + kind + ">" + square("10 10 20 20", colour) + "</ofd:Layer>";
  };
  const auto front = layer_of("Type=\"Foreground\"", "255 0 0"), body = layer_of("", "0 255 0"),
             back = layer_of("Type=\"Background\"", "0 0 255");
  BOOST_TEST(at(drawn(package("<ofd:Content>" + front + body + back + "</ofd:Content>")), 20, 20) == kRed);
  BOOST_TEST(at(drawn(package("<ofd:Content>" + body + back + "</ofd:Content>")), 20, 20) == kGreen);
}

BOOST_AUTO_TEST_CASE(custom_tags_give_what_the_objects_they_name_say) {
  const auto text = [](const std::string& id, const std::string& said) {
    return "<ofd:TextObject ID=\"" + id + "\" Boundary=\"0 0 90 9\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">" + said +
           "</ofd:TextCode></ofd:TextObject>";
  };
  auto members =
      package(layer(text("64", "012001900411") + text("65", "第一中学") + text("66", "粉笔") + text("67", "黑板")));
  members[1].second.replace(members[1].second.find("<ofd:Annotations>"), 0,
                            "<ofd:CustomTags>Tags/Tags.xml</ofd:CustomTags>");
  members.push_back(
      {"Doc_0/Tags/Tags.xml",
       xml("CustomTags", "<ofd:CustomTag TypeID=\"\"><ofd:FileLoc>Invoice.xml</ofd:FileLoc></ofd:CustomTag>")});
  const auto reference = [](const std::string& id) { return "<fp:ObjectRef PageRef=\"1\">" + id + "</fp:ObjectRef>"; };
  members.push_back({"Doc_0/Tags/Invoice.xml",
                     "<fp:eInvoice xmlns:fp=\"http://www.edrm.org.cn/schema/e-invoice/2019\"><fp:InvoiceCode>" +
                         reference("64") + "</fp:InvoiceCode><fp:Buyer><fp:BuyerName>" + reference("65") +
                         "</fp:BuyerName></fp:Buyer><fp:Item>" + reference("66") + "</fp:Item><fp:Item>" +
                         reference("67") + "</fp:Item><fp:Note>" + reference("99") + "</fp:Note></fp:eInvoice>"});
  const auto read = extract(zip(members)).metadata;
  BOOST_TEST(read.at("tag.InvoiceCode") == "012001900411");
  BOOST_TEST(read.at("tag.Buyer/BuyerName") == "第一中学");
  BOOST_TEST(read.at("tag.Item") == "粉笔\n黑板");
  BOOST_TEST(!read.contains("tag.Note"));
}

BOOST_AUTO_TEST_CASE(annotations_are_listed_with_who_made_them) {
  auto members = package(layer(""));
  members.push_back({"Doc_0/Annots.xml",
                     xml("Annotations", "<ofd:Page PageID=\"1\"><ofd:FileLoc>Annot.xml</ofd:FileLoc></ofd:Page>")});
  members.push_back(
      {"Doc_0/Annot.xml", xml("PageAnnot",
                              "<ofd:Annot ID=\"4\" Type=\"Highlight\" Creator=\"张老师\" LastModDate=\"2021-03-05\" "
                              "Visible=\"false\"><ofd:Appearance/></ofd:Annot>")});
  const auto read = extract(zip(members)).metadata;
  BOOST_TEST(read.at("annotation.1.kind") == "Highlight");
  BOOST_TEST(read.at("annotation.1.creator") == "张老师");
  BOOST_TEST(read.at("annotation.1.time") == "2021-03-05");
  BOOST_TEST(read.at("annotation.1.page") == "1");
}

BOOST_AUTO_TEST_CASE(a_page_of_too_many_pixels_is_not_drawn) {
  auto members = package(layer(""));
  auto& document = members[1].second;
  document.replace(document.find("100 200"), 7, "100 1500");
  const MemoryFile file(zip(members));
  BOOST_TEST(shared_extractor().render_page(file.source(), 1, 400).has_value());
  BOOST_TEST(!shared_extractor().render_page(file.source(), 1, 4000).has_value());
}

BOOST_AUTO_TEST_CASE(pictures_fill_the_unit_square_of_their_matrix) {
  const auto members = [&] {
    auto all = package(layer("<ofd:ImageObject Boundary=\"20 40 60 30\" CTM=\"60 0 0 30 0 0\" ResourceID=\"3\"/>"),
                       "<ofd:MultiMedias><ofd:MultiMedia ID=\"3\" "
                       "Type=\"Image\"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>");
    all.push_back({"Doc_0/Res/a.png", red_seal()});
    return all;
  }();
  const auto png = drawn(members);
  BOOST_TEST(at(png, 22, 42) == kRed);
  BOOST_TEST(at(png, 78, 68) == kRed);
  BOOST_TEST(at(png, 18, 50) == kWhite);
  BOOST_TEST(at(png, 50, 72) == kWhite);
}

BOOST_AUTO_TEST_CASE(text_is_dark_where_its_characters_are_said_to_stand) {
  const auto members =
      package(layer("<ofd:TextObject Boundary=\"10 20 80 20\" Size=\"20\"><ofd:TextCode X=\"0\" Y=\"18\" DeltaX=\"g 2 "
                    "25\">国圖章</ofd:TextCode></ofd:TextObject>"));
  const auto png = drawn(members, 300);
  const MemoryFile file(zip(members));
  const auto layout = shared_extractor().lay_out(file.source(), 1);
  BOOST_REQUIRE(layout.has_value());
  BOOST_TEST(layout->text() == "国圖章");
  BOOST_REQUIRE(layout->characters.size() == 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& box = layout->characters[i].box;
    // Each begins 25 millimetres behind the one before, is 20 wide, and stands on a line 38 millimetres down.
    BOOST_TEST(box.left * 100 == 10.0 + 25.0 * static_cast<double>(i), boost::test_tools::tolerance(0.02));
    BOOST_TEST((box.right - box.left) * 100 == 20.0, boost::test_tools::tolerance(0.05));
    BOOST_TEST((box.top * 200 < 24 && box.bottom * 200 > 38));
    int dark = 0;
    for (int x = 0; x < 8; ++x)
      for (int y = 0; y < 8; ++y)
        dark += colour_at(png, box.left + (box.right - box.left) * x / 8, box.top + (box.bottom - box.top) * y / 8) <
                        0x808080
                    ? 1
                    : 0;
    BOOST_TEST(dark > 4);
  }
  BOOST_TEST(at(png, 33, 30) == kWhite);  // between the first and the second
  BOOST_TEST(at(png, 50, 60) == kWhite);
}

BOOST_AUTO_TEST_CASE(a_signature_is_checked_and_its_seal_shown) {
  for (const bool sm2 : {true, false}) {
    for (const bool older : {true, false}) {
      const Signer signer(sm2);
      const auto members = signed_package(signer, older, red_seal());
      const auto read = extract(zip(members)).metadata;
      BOOST_TEST(read.at("signature.1.kind") == "Seal");
      BOOST_TEST(read.at("signature.1.method") == (sm2 ? "SM2-SM3" : "RSA-SHA256"));
      BOOST_TEST(read.at("signature.1.time") == "20210305080000Z");
      BOOST_TEST(read.at("signature.1.provider") == "office");
      BOOST_TEST(read.at("signature.1.signer") == "第一中学");
      BOOST_TEST(read.at("signature.1.seal") == "第一中学公章");
      BOOST_TEST(read.at("signature.1.digests") == "match");
      BOOST_TEST(read.at("signature.1.value") == "valid");
      const auto png = drawn(members);
      BOOST_TEST(at(png, 70, 120) == kRed);
      BOOST_TEST(at(png, 45, 120) == kWhite);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_changed_after_signing_is_told) {
  const Signer signer(true);
  const auto changed = [&](const std::string& name, const std::function<void(std::string&)>& change) {
    auto members = signed_package(signer, false, red_seal());
    for (auto& [member, content] : members)
      if (member == name) change(content);
    return extract(zip(members)).metadata;
  };
  const auto content = changed("Doc_0/Page.xml", [](std::string& text) { text.insert(text.find("20 20"), "1"); });
  BOOST_TEST(content.at("signature.1.digests") == "differ: Doc_0/Page.xml");
  BOOST_TEST(content.at("signature.1.value") == "valid");
  const auto description = changed("Doc_0/Signs/Signature.xml",
                                   [](std::string& text) { text.replace(text.find("20210305"), 8, "20220305"); });
  BOOST_TEST(description.at("signature.1.value") == "invalid");
  const auto value =
      changed("Doc_0/Signs/Value.dat", [](std::string& bytes) { bytes.back() = static_cast<char>(bytes.back() ^ 1); });
  BOOST_TEST(value.at("signature.1.value") == "invalid");
  const auto seal = changed("Doc_0/Signs/Value.dat", [](std::string& bytes) { bytes[bytes.find("seal-1")] = 'x'; });
  BOOST_TEST(seal.at("signature.1.value") == "invalid");
  for (std::size_t size = 0; size < 2'000; size += 37)
    BOOST_TEST(changed("Doc_0/Signs/Value.dat", [&](std::string& bytes) {
                 bytes.resize(std::min(size, bytes.size() - 1));
               }).at("signature.1.value") != "valid");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_left_out_and_harms_nobody) {
  const auto endless =
      "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"5\"><ofd:Content>" + square("0 0 20 20", "0 0 255") +
      "<ofd:CompositeObject Boundary=\"1 1 40 40\" ResourceID=\"5\"/><ofd:CompositeObject Boundary=\"2 2 40 40\" "
      "ResourceID=\"5\"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
      "<ofd:DrawParams><ofd:DrawParam ID=\"8\" Relative=\"8\"/></ofd:DrawParams>";
  std::string many = "M 0 0";
  for (int i = 0; i < 300'000; ++i) many += " L 1e9 -1e9";
  const auto path = [](const std::string& data, const std::string& more) {
    return "<ofd:PathObject Boundary=\"0 0 100 200\" " + more + "><ofd:AbbreviatedData>" + data +
           "</ofd:AbbreviatedData></ofd:PathObject>";
  };
  const std::vector<std::string> oddities = {
      "<ofd:CompositeObject Boundary=\"60 100 40 40\" ResourceID=\"5\"/>",
      path("M nan inf L 1e400 5 X 3", "DrawParam=\"8\""),
      path("A 1 2 3", "LineWidth=\"1e300\" DashPattern=\"0 0\""),
      path(many, "Clips=\"\""),
      path("M 1 1 A 0 0 0 0 0 5 5 A 1e-300 1e300 1e9 1 1 7 7 C", "CTM=\"0 0 0 0 0 0\""),
      "<ofd:TextObject Boundary=\"0 0 1 1\" Size=\"1e30\" HScale=\"-1\" Font=\"404\"><ofd:TextCode X=\"nan\" "
      "DeltaX=\"g 4000000000 1\">字字</ofd:TextCode><ofd:CGTransform CodePosition=\"-5\" "
      "CodeCount=\"1e18\"><ofd:Glyphs>99999999 -3</ofd:Glyphs></ofd:CGTransform></ofd:TextObject>",
      "<ofd:ImageObject Boundary=\"0 0 -5 1e300\" ResourceID=\"404\" CTM=\"nan\"/>"};
  for (const auto& odd : oddities)
    BOOST_TEST(at(drawn(package(layer(odd + square("10 150 20 20", "255 0 0")), endless)), 20, 160) == kRed,
               odd.substr(0, 80));
  auto thin = package(layer(""));
  thin[1].second.replace(thin[1].second.find("100 200"), 7, "0.001 9999");
  const MemoryFile file(zip(thin));
  BOOST_TEST(!shared_extractor().render_page(file.source(), 1, 400).has_value());
  BOOST_TEST(!shared_extractor().render_page(file.source(), 2, 400).has_value());
  const auto whole = zip(package(layer(square("10 10 20 20", "255 0 0"))));
  for (std::size_t part = 1; part < 16; ++part) {
    const MemoryFile cut(whole.substr(0, whole.size() * part / 16));
    shared_extractor().render_page(cut.source(), 1, 100);
  }
  BOOST_TEST(at(drawn(package(layer(square("10 10 20 20", "255 0 0")))), 20, 20) == kRed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
