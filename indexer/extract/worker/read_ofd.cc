#include "ofd_layout.h"
#include "ofd_numbers.h"
#include "ofd_signatures.h"
#include "ofd_structure.h"
#include "ofd_tags.h"
#include "plausible.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// Reads one document body of an OFD package.
class OfdReader {
 public:
  // Goes on counting the annotations of a package.
  OfdReader(const Package& package, const std::string& root, Report& report, Context& context, std::size_t& annotations)
      : package_(package),
        root_(root),
        report_(report),
        context_(context),
        document_(package, root, report),
        annotations_(annotations) {}

  // Returns the number of pages.
  std::uint32_t read_pages(std::uint32_t first) {
    std::uint32_t number = first;
    for (const auto& page : document_.pages()) read_page(page, number++);
    return number - first;
  }

  void read_tags() {
    for (const auto& tag : read_ofd_tags(package_, root_, document_, report_))
      report_.metadata("tag." + tag.name, tag.value);
  }

  void read_attachments(unsigned depth) {
    const auto list = child_text(document_.document(), "Attachments");
    if (list.empty()) return;
    const auto part = document_.locate(root_, list);
    const auto attachments = package_.optional_xml(part, report_);
    for (const auto& node : attachments.document_element().children()) {
      if (!is_named(node, "Attachment")) continue;
      const auto file = document_.locate(part, child_text(node, "FileLoc"));
      std::string shown(attribute(node, "Name"));
      const auto base = file.substr(file.rfind('/') + 1);
      if (shown.empty()) shown = base;
      Report member = report_.embed(shown, as_bytes(base));
      if (const auto* bytes = package_.find(file)) {
        extract_embedded(*bytes, member, context_, depth + 1);
      } else {
        member.failure("damaged", "the attached file is missing");
        member.end_embedded(0);
      }
    }
  }

 private:
  OfdLayout new_layout() const {
    return OfdLayout([this](const std::string& id) { return document_.unit(id); });
  }

  void read_page(const OfdStructure::Page& page, std::uint32_t number) {
    if (package_.find(page.part) == nullptr) {
      report_.warning("page_unreadable", "page " + std::to_string(number) + ": the part " + page.part + " is missing");
      return;
    }
    const auto content = package_.optional_xml(page.part, report_);
    const auto root = content.document_element();
    auto layout = new_layout();
    document_.read_page_resources(page, root);
    for (const auto& node : root.children()) {
      if (!is_named(node, "Template")) continue;
      const auto background = document_.template_page(std::string(attribute(node, "TemplateID")));
      layout.add(child(background.document_element(), "Content"));
    }
    layout.add(child(root, "Content"));
    std::string text = layout.text();
    const auto notes = annotation_text(page.id, number);
    if (!notes.empty()) text += (text.empty() ? "" : "\n") + notes;
    if (looks_garbled(text))
      report_.warning("text_unreliable", "page " + std::to_string(number) + ": glyphs without characters");
    const auto size = document_.size_of(root);
    const auto read = read_pictures(layout, text, size.width * size.height, number);
    if (!text.empty() || !read.empty()) report_.page(number, with_ocr(text, read), !read.empty());
  }

  std::string annotation_text(const std::string& page_id, std::uint32_t page) {
    const auto document = document_.annotations_of(page_id);
    auto layout = new_layout();
    std::string remarks;
    for (const auto& annotation : document.document_element().children()) {
      list_annotation(annotation, page);
      if (attribute(annotation, "Visible") == "false") continue;
      const auto remark = child_text(annotation, "Remark");
      if (!remark.empty()) remarks += remark + '\n';
      const auto appearance = child(annotation, "Appearance");
      const auto box = box_of(attribute(appearance, "Boundary"));
      layout.add(appearance, box[0], box[1]);
    }
    return tidy(layout.text() + '\n' + remarks);
  }

  // `annotation.1.kind`: `Watermark`, … (15.2)
  void list_annotation(const pugi::xml_node& annotation, std::uint32_t page) {
    constexpr std::size_t kMost = 200;
    if (!is_named(annotation, "Annot") || annotations_ == kMost) return;
    const auto prefix = "annotation." + std::to_string(++annotations_) + ".";
    report_.metadata(prefix + "kind", attribute(annotation, "Type"));
    report_.metadata(prefix + "creator", to_valid_utf8(attribute(annotation, "Creator")));
    report_.metadata(prefix + "time", to_valid_utf8(attribute(annotation, "LastModDate")));
    report_.metadata(prefix + "page", std::to_string(page));
  }

  std::string read_pictures(const OfdLayout& layout, std::string_view layer, double page_area, std::uint32_t number) {
    std::string text;
    const auto legible = count_legible(layer);
    if (!context_.ocr_allowed) return text;
    for (const auto& picture : layout.pictures()) {
      if (!is_scan(legible, picture.area / page_area)) continue;
      const auto* bytes = document_.image(picture.id);
      if (bytes == nullptr) continue;
      report_.progress();
      try {
        text += context_.ocr.read(Image::from_file(*bytes)).text + '\n';
      } catch (const Fault& fault) {
        report_.warning("ocr_failed", "page " + std::to_string(number) + ": " + fault.detail);
      }
    }
    return tidy(text);
  }

  const Package& package_;
  const std::string root_;
  Report& report_;
  Context& context_;
  OfdStructure document_;
  std::size_t& annotations_;
};

void read_document_info(const pugi::xml_node& body, Report& report) {
  const auto info = child(body, "DocInfo");
  // What the producer's trade needs, such as 发票号码; the standard's own fields come after, and take precedence.
  for (const auto& data : child(info, "CustomDatas").children())
    if (is_named(data, "CustomData") && !attribute(data, "Name").empty())
      report.metadata(to_valid_utf8(attribute(data, "Name")), trim(to_valid_utf8(data.text().get())));
  report.title(child_text(info, "Title"));
  for (const auto& [name_there, name_here] : {std::pair{"Author", "author"},
                                              {"Subject", "subject"},
                                              {"Abstract", "description"},
                                              {"Creator", "creator"},
                                              {"CreationDate", "created"},
                                              {"ModDate", "modified"},
                                              {"DocID", "document_id"}}) {
    report.metadata(name_here, child_text(info, name_there));
  }
  std::string keywords;
  for (const auto& keyword : child(info, "Keywords").children())
    keywords += (keywords.empty() ? "" : " ") + trim(to_valid_utf8(keyword.text().get()));
  report.metadata("keywords", keywords);
}

// `signature.1.value`: `valid`, … (docs/formats/extraction.md)
void read_signatures(const Package& package, const std::string& root, std::size_t& count, Report& report) {
  for (const auto& one : read_ofd_signatures(package, root, report, Checked::yes)) {
    const auto prefix = "signature." + std::to_string(++count) + ".";
    report.metadata("signed", "true");
    report.metadata(prefix + "kind", one.kind);
    report.metadata(prefix + "method", one.method);
    report.metadata(prefix + "time", one.time);
    report.metadata(prefix + "provider", one.provider);
    report.metadata(prefix + "signer", one.signer);
    report.metadata(prefix + "seal", one.seal);
    report.metadata(prefix + "digests", one.digests);
    report.metadata(prefix + "value", one.value);
  }
}

}  // namespace

void read_ofd(Source& source, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  const auto index = package.xml("OFD.xml");
  const auto root = index.document_element();
  const std::string version(attribute(root, "Version"));
  report.identified("application/ofd", "OFD " + (version.empty() ? "1.0" : version));
  std::uint32_t pages = 0;
  std::size_t signatures = 0, annotations = 0;
  for (const auto& body : root.children()) {
    if (!is_named(body, "DocBody")) continue;
    if (pages == 0) read_document_info(body, report);
    OfdReader document(package, resolve_path("", child_text(body, "DocRoot")), report, context, annotations);
    pages += document.read_pages(pages + 1);
    document.read_tags();
    document.read_attachments(depth);
    read_signatures(package, resolve_path("", child_text(body, "DocRoot")), signatures, report);
  }
  report.metadata("page_count", std::to_string(pages));
  package.check_whole();
  if (pages == 0) damaged("no page can be found");
}

}  // namespace lantai::extract::worker
