#include "extract.h"
#include "utf8.h"
#include "xml.h"

namespace lantai::extract::worker {

// A form feed is the end of a page, as text from old systems has it.
void read_text(Source& source, const Identity& identity, Report& report, const Context& context) {
  std::optional<DecodedText> further;
  if (!identity.decoded) further = context.charsets.decode(source.all());
  const auto& decoded = identity.decoded ? identity.decoded : further;
  if (!decoded) throw Fault("unsupported_format", "not text after its beginning");
  report.identified(identity.media_type, std::string(name(decoded->encoding)) + " text");
  report.metadata("encoding", name(decoded->encoding));
  if (decoded->ill_formed)
    report.warning("ill_formed_text", "some bytes are not " + std::string(name(decoded->encoding)));
  if (defines_entities(as_bytes(decoded->text))) report.warning("entities_not_expanded", "shown as they are written");
  const std::string_view text = decoded->text;
  std::uint32_t number = 1;
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto end = std::min(text.find('\f', at), text.size());
    const auto page = tidy(text.substr(at, end - at));
    if (!page.empty()) report.page(number, page);
    ++number;
    at = end + 1;
  }
}

}  // namespace lantai::extract::worker
