#include "read_table.h"

#include "utf8.h"
#include "xlsx.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kMaxCell = 512U << 10U;

void send_row(Report& report, const std::vector<std::string>& cells) {
  Frame frame{FrameKind::row, {}, {}};
  std::size_t size = 0;
  for (const auto& cell : cells) {
    if (cell.size() > kMaxCell) throw Fault("too_large", "a cell of more than 512 KiB");
    if (size + cell.size() + 64 > kMaxFrameBytes || frame.fields.size() >= 60'000) {
      frame.kind = FrameKind::row_part;
      report.channel().send(frame);
      frame = {FrameKind::row, {}, {}};
      size = 0;
    }
    report.budget().spend_output(cell.size() + 8);
    size += cell.size() + 8;
    frame.fields.push_back(to_bytes(cell));
  }
  report.channel().send(frame);
}

// RFC 4180, with any separator; a quote inside an unquoted field is itself.
class SeparatedText {
 public:
  SeparatedText(std::string_view text, char separator) : text_(text), separator_(separator) {}

  bool next(std::vector<std::string>& cells) {
    cells.clear();
    if (at_ >= text_.size()) return false;
    while (true) {
      cells.push_back(field());
      if (at_ >= text_.size()) return true;
      const char c = text_[at_++];
      if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      if (c == '\n' || c == '\r') return true;
    }
  }

 private:
  std::string field() {
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (at_ < text_.size()) {
        if (text_[at_] != '"') {
          out += text_[at_++];
        } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          out += '"';
          at_ += 2;
        } else {
          ++at_;
          break;
        }
      }
    }
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r')
      out += text_[at_++];
    return out;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
};

// The one that the first line has most of.
char separator_of(std::string_view text) {
  const auto line = text.substr(0, text.find('\n'));
  char best = ',';
  std::size_t most = 0;
  for (const char c : {',', '\t', ';'}) {
    const auto count = static_cast<std::size_t>(std::count(line.begin(), line.end(), c));
    if (count > most) {
      best = c;
      most = count;
    }
  }
  return best;
}

void read_separated(Source& source, Report& report, const Context& context) {
  const auto decoded = context.charsets.decode(source.all());
  if (!decoded) throw Fault("unsupported_format", "neither a workbook nor text");
  if (decoded->ill_formed) throw Fault("damaged", "some bytes are not " + std::string(name(decoded->encoding)));
  SeparatedText rows(decoded->text, separator_of(decoded->text));
  std::vector<std::string> cells;
  while (rows.next(cells)) send_row(report, cells);
}

}  // namespace

void read_table(Source& source, Report& report, Context& context) {
  const auto identity = identify(source, context.charsets, context.magic);
  if (identity.encrypted) throw Fault("encrypted", "protected by a password");
  if (identity.kind == Kind::empty) return;
  if (identity.kind == Kind::text) return read_separated(source, report, context);
  if (identity.kind != Kind::xlsx) throw Fault("unsupported_format", "neither an XLSX workbook nor separated text");
  const Package package(source, report, context.charsets);
  package.check_whole();
  const Workbook workbook(package, report, Cells::as_values);
  if (workbook.sheets().empty()) damaged("the workbook has no sheet");
  workbook.rows(workbook.sheets().front(), [&](const std::vector<std::string>& cells) { send_row(report, cells); });
}

}  // namespace lantai::extract::worker
