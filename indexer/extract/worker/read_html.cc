#include <gumbo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>

#include "extract.h"
#include "html.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

using std::string_view_literals::operator""sv;

// The tree lives in an arena: gumbo's own destructor recurses, which a deeply nested page turns into a crash.
void* allocate(void* arena, std::size_t size) {
  try {
    return static_cast<std::pmr::monotonic_buffer_resource*>(arena)->allocate(size);
  } catch (const std::bad_alloc&) {
    ::_exit(kOutOfMemoryExit);  // no exception may pass through gumbo, which is C
  }
}
void release(void*, void*) {}

bool is_skipped(GumboTag tag) {
  return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_TEMPLATE || tag == GUMBO_TAG_NOSCRIPT ||
         tag == GUMBO_TAG_HEAD || tag == GUMBO_TAG_IFRAME || tag == GUMBO_TAG_OBJECT || tag == GUMBO_TAG_RT ||
         tag == GUMBO_TAG_RP;  // readings beside characters would tear words apart
}

bool is_block(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
      return true;
    default:
      return false;
  }
}

class PageText {
 public:
  // White space is one blank; a line break in the source between Han characters is none.
  void text(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const char c = piece[i];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        if (c == '\n')
          pending_ = Blank::line_end;
        else if (pending_ == Blank::none)
          pending_ = Blank::space;
        continue;
      }
      if (pending_ != Blank::none) separate(piece, i);
      pending_ = Blank::none;
      out_ += c;
    }
  }
  void line_break() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    pending_ = Blank::none;
  }
  void cell() {
    if (!out_.empty() && out_.back() != '\n' && out_.back() != '\t') out_ += '\t';
    pending_ = Blank::none;
  }
  std::string take() { return tidy(out_); }

 private:
  enum class Blank { none, line_end, space };

  void separate(std::string_view piece, std::size_t at) {
    if (out_.empty() || out_.back() == '\n' || out_.back() == '\t') return;
    const bool han = joins_without_space(last_code_point(out_)) && joins_without_space(next_code_point(piece, at));
    if (pending_ == Blank::space || !han) out_ += ' ';
  }

  std::string out_;
  Blank pending_ = Blank::none;
};

std::string_view attribute(const GumboElement& element, const char* attribute_name) {
  const auto* found = gumbo_get_attribute(&element.attributes, attribute_name);
  return found != nullptr ? std::string_view(found->value) : std::string_view();
}

// Walks without recursion: pages may nest as deeply as they like.
struct PageWalker {
  PageText body;
  std::string title;
  std::vector<std::pair<std::string, std::string>> metadata;

  void walk(const GumboNode* root) {
    std::vector<std::pair<const GumboNode*, bool>> open = {{root, false}};
    while (!open.empty()) {
      const auto [node, leaving] = open.back();
      open.pop_back();
      if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE || node->type == GUMBO_NODE_CDATA) {
        body.text(node->v.text.text);
      } else if (node->type == GUMBO_NODE_ELEMENT) {
        visit(node, leaving, open);
      }
    }
  }

 private:
  void visit(const GumboNode* node, bool leaving, std::vector<std::pair<const GumboNode*, bool>>& open) {
    const auto& element = node->v.element;
    if (element.tag == GUMBO_TAG_HEAD) read_head(node);
    if (is_skipped(element.tag)) return;
    if (is_block(element.tag)) body.line_break();
    if ((element.tag == GUMBO_TAG_TD || element.tag == GUMBO_TAG_TH) && !leaving) body.cell();
    if (leaving) return;
    if (element.tag == GUMBO_TAG_IMG) body.text(attribute(element, "alt"));
    open.emplace_back(node, true);
    for (unsigned i = element.children.length; i-- > 0;)
      open.emplace_back(static_cast<const GumboNode*>(element.children.data[i]), false);
  }

  void read_head(const GumboNode* head) {
    const auto& children = head->v.element.children;
    for (unsigned i = 0; i < children.length; ++i) {
      const auto* node = static_cast<const GumboNode*>(children.data[i]);
      if (node->type != GUMBO_NODE_ELEMENT) continue;
      const auto& element = node->v.element;
      if (element.tag == GUMBO_TAG_TITLE && element.children.length > 0)
        title = trim(static_cast<const GumboNode*>(element.children.data[0])->v.text.text);
      const auto meta_name = attribute(element, "name");
      if (element.tag == GUMBO_TAG_META &&
          (meta_name == "author" || meta_name == "description" || meta_name == "keywords"))
        metadata.emplace_back(meta_name, attribute(element, "content"));
    }
  }
};

PageWalker walked(const std::string& html) {
  std::pmr::monotonic_buffer_resource arena;
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = release;
  options.userdata = &arena;
  options.max_errors = 0;
  const GumboOutput* parsed = gumbo_parse_with_options(&options, html.data(), html.size());
  PageWalker walker;
  walker.walk(parsed->root);
  return walker;
}

// What the first bytes declare: <meta charset=…>, or in a content attribute; in XHTML the XML declaration.
std::optional<Encoding> declared_encoding(ByteView bytes) {
  std::string head(as_chars(bytes.first(std::min<std::size_t>(bytes.size(), 4096))));
  for (char& c : head)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  for (const std::string_view key : {"charset", "encoding"}) {
    auto at = head.find(key);
    if (at == std::string_view::npos) continue;
    at = head.find_first_not_of(" \t\r\n=\"'", at + key.size());
    if (at == std::string_view::npos) continue;
    return Charsets::by_label(head.substr(at, head.find_first_of(" \t\r\n\"'/>;?", at) - at));
  }
  return std::nullopt;
}

// `<script src="a"/>` → `<script src="a"></script>`, except for what never has content in HTML either.
std::string with_end_tags(const std::string& xhtml) {
  constexpr std::array kEmpty = {"br"sv,    "hr"sv,  "img"sv,  "meta"sv, "link"sv,
                                 "input"sv, "col"sv, "area"sv, "base"sv, "wbr"sv};
  std::string html;
  html.reserve(xhtml.size() + xhtml.size() / 64);
  std::size_t tag = std::string::npos;  // where the tag begins whose end is looked for
  for (std::size_t i = 0; i < xhtml.size(); ++i) {
    if (xhtml[i] == '<') tag = i + 1;
    const bool ends_empty = tag != std::string::npos && xhtml[i] == '/' && i + 1 < xhtml.size() && xhtml[i + 1] == '>';
    if (xhtml[i] == '>') tag = std::string::npos;
    if (!ends_empty) {
      html += xhtml[i];
      continue;
    }
    const auto name = std::string_view(xhtml).substr(tag, xhtml.find_first_of(" \t\r\n/>", tag) - tag);
    ++i;
    html += '>';
    if (std::find(kEmpty.begin(), kEmpty.end(), name) == kEmpty.end()) html.append("</").append(name).append(">");
    tag = std::string::npos;
  }
  return html;
}

}  // namespace

std::string xhtml_text(ByteView bytes, const Charsets& charsets) {
  const auto decoded = charsets.decode_declared(bytes, declared_encoding(bytes));
  return decoded ? walked(with_end_tags(decoded->text)).body.take() : std::string();
}

std::string html_text(const std::string& html) { return walked(html).body.take(); }

void read_html(Source& source, Report& report, const Context& context) {
  const auto bytes = source.all();
  const auto decoded = context.charsets.decode_declared(bytes, declared_encoding(bytes));
  if (!decoded) damaged("not readable as text");
  report.metadata("encoding", name(decoded->encoding));
  auto walker = walked(decoded->text);
  report.title(walker.title);
  for (const auto& [key, value] : walker.metadata) report.metadata(key, value);
  const auto text = walker.body.take();
  if (!text.empty()) report.page(1, text);
}

}  // namespace lantai::extract::worker
