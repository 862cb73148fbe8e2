#include "identify_text.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace lantai::extract::worker {
namespace {

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// Behind white space, the XML declaration and comments, which may stand before the first tag.
std::string_view after_prolog(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    std::string_view end;
    if (text.substr(0, 4) == "<!--") end = "-->";
    if (text.substr(0, 5) == "<?xml") end = "?>";
    if (end.empty()) return text;
    const auto at = text.find(end);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  }
}

bool looks_like_html(std::string_view text) {
  const auto lowered = lower_ascii(text.substr(0, 4096));
  std::string_view start = after_prolog(lowered);
  for (const std::string_view tag : {"<!doctype html", "<html", "<head", "<body", "<table", "<div", "<p>", "<meta",
                                     "<title", "<h1", "<script", "<style"})
    if (start.substr(0, tag.size()) == tag) return true;
  return false;
}

// The first tag is SVG's, behind a document type of SVG's at most.
bool looks_like_svg(std::string_view text) {
  auto start = after_prolog(text.substr(0, 8192));
  if (lower_ascii(start.substr(0, 13)) == "<!doctype svg") {
    const auto subset = start.find('['), close = start.find('>');
    const auto end = subset < close ? start.find("]>", subset) : close;
    if (end == std::string_view::npos) return false;
    start = after_prolog(start.substr(start.find('>', end) + 1));
  }
  if (start.empty() || start.front() != '<') return false;
  const auto name = start.substr(1, start.find_first_of(" \t\r\n/>", 1) - 1);
  return name == "svg" || name.substr(name.find(':') + 1) == "svg";
}

// Every line has the same number of separators, at least one, and there are at least two lines.
bool looks_like_separated(std::string_view text, char separator) {
  std::size_t lines = 0, expected = 0, here = 0;
  bool quoted = false;
  for (const char c : text.substr(0, 16U << 10U)) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == separator) ++here;
    if (c != '\n') continue;
    if (lines == 0) expected = here;
    if (here != expected) return false;
    ++lines;
    here = 0;
  }
  return expected > 0 && (lines >= 2 || (lines == 1 && here == expected));
}

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const auto last = text.find_last_not_of(" \t\r\n");
  if (first == std::string_view::npos || first == last) return false;
  const auto second = text.find_first_not_of(" \t\r\n", first + 1);
  if (text[first] == '{') return text[last] == '}' && (text[second] == '"' || text[second] == '}');
  return text[first] == '[' && text[last] == ']' &&
         std::string_view("{[\"]-0123456789tfn").find(text[second]) != std::string_view::npos;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// RFC 5322, 2.2: nothing but header fields, three of them such as only mail has, and then an empty line. A memo may
// begin like that, but its text follows at once.
bool is_message(std::string_view text) {
  constexpr std::array<std::string_view, 9> kFields = {"received",     "return-path",  "from",    "date", "message-id",
                                                       "mime-version", "delivered-to", "subject", "to"};
  const bool cut = text.size() > Source::kHead / 2;
  std::size_t known = 0;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.empty()) return known >= 3;
    if (line.front() == ' ' || line.front() == '\t') continue;
    const auto name = lower_ascii(line.substr(0, line.find(':')));
    const bool is_field =
        name.size() < line.size() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_field) return false;
    if (std::find(kFields.begin(), kFields.end(), name) != kFields.end()) ++known;
  }
  return cut && known >= 3;  // a header longer than what one looks at
}

bool is_mailbox(std::string_view text) { return take_line(text).substr(0, 5) == "From " && is_message(text); }

// A heading of its own line, and besides a second heading or another mark that plain text does not have by chance.
bool looks_like_markdown(std::string_view text) {
  if (text.substr(0, 2) == "#!") return false;
  text = text.substr(0, 16U << 10U);
  std::size_t headings = 0, marks = 0;
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto level = std::min(line.find_first_not_of('#'), line.size());
    if (level >= 1 && level <= 6 && level < line.size() && line[level] == ' ') ++headings;
    if (line.starts_with("```") || line.starts_with("|--") || line.starts_with("| --") || line.starts_with("- ["))
      ++marks;
    const auto link = line.find("](");
    if (link != std::string_view::npos && line.find('[') < link && line.find(')', link) != std::string_view::npos)
      ++marks;
    const auto bold = line.find("**");
    if (bold != std::string_view::npos && line.find("**", bold + 2) != std::string_view::npos) ++marks;
  }
  return headings > 0 && marks > 0;
}

// GB/T 20916-2007: the root names the standard and says what kind of document it is.
std::optional<Identity> identify_uof(std::string_view text) {
  const auto head = text.substr(0, 4096);
  if (head.find("schemas.uof.org/") == std::string_view::npos) return std::nullopt;
  const auto of_kind = [&](const char* kind, const char* format, const char* extension,
                           const char* converted) -> Identity {
    return {
        Kind::office,          std::string("application/vnd.uof.") + kind, format, false, false, extension, converted,
        "the namespace of UOF"};
  };
  if (head.find("vnd.uof.spreadsheet") != std::string_view::npos)
    return of_kind("spreadsheet", "UOF spreadsheet", "uos", "xlsx");
  if (head.find("vnd.uof.presentation") != std::string_view::npos)
    return of_kind("presentation", "UOF presentation", "uop", "pptx");
  return of_kind("text", "UOF text", "uot", "odt");  // LibreOffice fails to write it as PDF
}

}  // namespace

Identity identify_text(const DecodedText& decoded) {
  const std::string encoding(name(decoded.encoding)), format = encoding + " text";
  const auto plain = [&](const char* media_type, const std::string& what) -> Identity {
    return {Kind::text, media_type, format, false, false, {}, {}, what + " in " + encoding};
  };
  const std::string_view text = decoded.text;
  if (is_mailbox(text))
    return {Kind::mailbox, "application/mbox", "mbox", false, false, {}, {}, "`From ` and a message"};
  if (is_message(text))
    return {Kind::mail, "message/rfc822", "Internet message", false, false, {}, {}, "header fields of mail"};
  if (looks_like_svg(text)) return {Kind::svg, "image/svg+xml", "SVG", false, false, {}, {}, "its first tag"};
  if (looks_like_html(text)) return {Kind::html, "text/html", "HTML", false, false, {}, {}, "its first tag"};
  const auto first = text.find_first_not_of(" \t\r\n");
  if (auto uof = identify_uof(text)) return *uof;
  if (first != std::string_view::npos && text.substr(first, 5) == "<?xml")
    return plain("application/xml", "an XML declaration");
  if (looks_like_json(text)) return plain("application/json", "JSON");
  if (looks_like_separated(text, ',')) return plain("text/csv", "rows of as many commas");
  if (looks_like_separated(text, '\t')) return plain("text/tab-separated-values", "rows of as many tabs");
  if (looks_like_markdown(text)) return plain("text/markdown", "headings and marks of Markdown");
  return plain("text/plain", "text");
}

}  // namespace lantai::extract::worker
