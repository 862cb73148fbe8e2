#include "pst_sample.h"

#include <stdexcept>

#include "fixture.h"

namespace lantai::extract::test {
namespace {

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

// A heap on a node ([MS-PST] 2.3.1): a header, allocations, a map of where they begin.
class Heap {
 public:
  explicit Heap(int client) : client_(client) {}
  std::uint32_t add(const std::string& bytes) {
    allocations_.push_back(bytes);
    return static_cast<std::uint32_t>(allocations_.size()) << 5U;
  }
  std::string bytes(std::uint32_t root) const {
    std::string body, places;
    constexpr std::size_t kHeader = 12;
    for (const auto& one : allocations_) {
      places += number(kHeader + body.size(), 2);
      body += one;
    }
    places += number(kHeader + body.size(), 2);
    const auto map = kHeader + body.size() + body.size() % 2;
    if (body.size() % 2 == 1) body += '\0';
    return number(map, 2) + '\xEC' + static_cast<char>(client_) + number(root, 4) + number(0, 4) + body +
           number(allocations_.size(), 2) + number(0, 2) + places;
  }

 private:
  int client_;
  std::vector<std::string> allocations_;
};

struct Property {
  unsigned id, type;
  std::string value;
};

constexpr unsigned kLong = 0x0003, kEmbedded = 0x000D, kNarrow = 0x001E, kWide = 0x001F, kTime = 0x0040,
                   kBinary = 0x0102;

// A property context (2.3.3). Values of up to 4 bytes, and the number of a subnode, stand in the record.
std::string properties(const std::vector<Property>& all) {
  Heap heap(0xBC);
  const auto header = heap.add("12345678");
  std::string records;
  for (const auto& one : all) {
    records += number(one.id, 2) + number(one.type, 2);
    if (one.type == kLong || one.type == kEmbedded)
      records += one.value;
    else
      records += number(heap.add(one.value), 4);
  }
  const auto list = heap.add(records);
  auto bytes = heap.bytes(header);
  bytes.replace(bytes.find("12345678"), 8, std::string("\xB5\x02\x06\x00", 4) + number(list, 4));
  return bytes;
}

// A table (2.3.4) whose only column is the number of the row's node.
std::string table_of_rows(const std::vector<std::uint32_t>& rows, bool unicode) {
  Heap heap(0x7C);
  std::string index, cells;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    index += number(rows[i], 4) + number(i, unicode ? 4 : 2);
    cells += number(rows[i], 4) + '\x80';
  }
  const auto index_rows = heap.add(index), row_matrix = heap.add(cells);
  const auto tree =
      heap.add(std::string("\xB5\x04", 2) + static_cast<char>(unicode ? 4 : 2) + '\0' + number(index_rows, 4));
  const auto table = heap.add(std::string("\x7C\x01", 2) + number(4, 2) + number(4, 2) + number(4, 2) + number(5, 2) +
                              number(tree, 4) + number(row_matrix, 4) + number(0, 4) + number(0x67F2'0003, 4) +
                              number(0, 2) + number(4, 1) + number(0, 1));
  return heap.bytes(table);
}

class Writer {
 public:
  explicit Writer(bool unicode) : unicode_(unicode) {}

  std::uint64_t block(const std::string& bytes, bool internal = false) {
    blocks_.push_back({next_block_, bytes});
    if (internal) blocks_.back().number |= 2U;
    next_block_ += 4;
    return blocks_.back().number;
  }
  void node(std::uint32_t number, std::uint32_t parent, std::uint64_t data, std::uint64_t below = 0) {
    nodes_.push_back({number, parent, data, below});
  }
  struct Sub {
    std::uint32_t number;
    std::uint64_t data, below;
  };
  std::uint64_t subnodes(const std::vector<Sub>& all) {
    std::string bytes = std::string("\x02\x00", 2) + number(all.size(), 2) + (unicode_ ? number(0, 4) : "");
    for (const auto& one : all)
      bytes += number(one.number, size()) + number(one.data, size()) + number(one.below, size());
    return block(bytes, true);
  }
  std::string text(const std::string& utf8) const { return unicode_ ? encoded(utf8, "UTF-16LE") : utf8; }
  unsigned text_type() const { return unicode_ ? kWide : kNarrow; }

  std::string file() const {
    constexpr std::size_t kHeader = 0x400, kPage = 512;
    std::string body, block_list, node_list;
    for (const auto& one : blocks_) {
      const auto at = kHeader + body.size();
      block_list += number(one.number, size()) + number(at, size()) + number(one.bytes.size(), 2) + number(2, 2) +
                    (unicode_ ? number(0, 4) : "");
      body += one.bytes;
      body.resize((body.size() + 16 + 63) / 64 * 64);
    }
    for (const auto& one : nodes_)
      node_list += number(one.number, size()) + number(one.data, size()) + number(one.below, size()) +
                   number(one.parent, 4) + (unicode_ ? number(0, 4) : "");
    body.resize((body.size() + kPage - 1) / kPage * kPage);
    const auto nodes_at = kHeader + body.size(), blocks_at = nodes_at + kPage;
    body += page(node_list, nodes_.size(), unicode_ ? 32 : 16, '\x81', 1);
    body += page(block_list, blocks_.size(), unicode_ ? 24 : 12, '\x80', 2);
    return header(kHeader, kHeader + body.size(), nodes_at, blocks_at) + body;
  }

 private:
  struct Block {
    std::uint64_t number;
    std::string bytes;
  };
  struct Node {
    std::uint32_t number, parent;
    std::uint64_t data, below;
  };
  std::size_t size() const { return unicode_ ? 8 : 4; }

  // A leaf of a B-tree (2.2.2.7.7), whose number is `number_of_page`.
  std::string page(std::string entries, std::size_t count, std::size_t entry, char type,
                   std::uint64_t number_of_page) const {
    const std::size_t room = unicode_ ? 488 : 496;
    if (entries.size() > room) throw std::length_error("too much for a sample");
    entries.resize(room);
    entries += number(count, 1) + number(room / entry, 1) + number(entry, 1) + number(0, 1);
    if (unicode_) entries += number(0, 4);
    entries += std::string(2, type) + number(0, 2);
    return unicode_ ? entries + number(0, 4) + number(number_of_page, 8)
                    : entries + number(number_of_page, 4) + number(0, 4);
  }

  std::string header(std::size_t length, std::size_t end, std::size_t nodes_at, std::size_t blocks_at) const {
    std::string out(length, '\0');
    const auto put = [&out](std::size_t at, const std::string& bytes) { out.replace(at, bytes.size(), bytes); };
    put(0, "!BDN");
    put(8, "SM");
    put(10, number(unicode_ ? 23 : 14, 2));
    const std::size_t root = unicode_ ? 0xB4 + 4 : 0xA4 + 4;
    put(root, number(end, size()));
    const auto trees = root + 4 * size();
    put(trees, number(1, size()) + number(nodes_at, size()) + number(2, size()) + number(blocks_at, size()));
    return out;
  }

  const bool unicode_;
  std::uint64_t next_block_ = 4;
  std::vector<Block> blocks_;
  std::vector<Node> nodes_;
};

std::uint64_t write_attachments(const PstMessage& message, Writer& file, bool unicode) {
  constexpr std::uint32_t kTable = 0x671;
  std::vector<Writer::Sub> below;
  std::vector<std::uint32_t> rows;
  std::uint32_t next = 0x8025;
  for (const auto& one : message.attachments) {
    below.push_back({next,
                     file.block(properties({{0x3701, kBinary, one.content},
                                            {0x3704, file.text_type(), file.text(one.name)},
                                            {0x3705, kLong, number(1, 4)},
                                            {0x3707, file.text_type(), file.text(one.name)}})),
                     0});
    rows.push_back(next);
    next += 0x20;
  }
  below.insert(below.begin(), {kTable, file.block(table_of_rows(rows, unicode)), 0});
  return file.subnodes(below);
}

}  // namespace

std::string pst(const std::vector<PstFolder>& folders, bool unicode) {
  Writer file(unicode);
  constexpr std::uint32_t kStore = 0x21, kRoot = 0x122, kTop = 0x8022;
  file.node(kStore, 0,
            file.block(properties({{0x35E0, kBinary, number(0, 4) + std::string(16, '\1') + number(kTop, 4)},
                                   {0x3001, file.text_type(), file.text("store")}})));
  const auto folder = [&](const std::string& name, std::size_t items) {
    return file.block(properties({{0x3001, file.text_type(), file.text(name)},
                                  {0x3602, kLong, number(items, 4)},
                                  {0x3603, kLong, number(0, 4)},
                                  {0x360A, 0x000B, number(1, 4)}}));
  };
  file.node(kRoot, kRoot, folder("root", 0));
  file.node(kTop, kRoot, folder("top", 0));
  std::uint32_t next = kTop + 0x20, next_message = 0x20'0004;
  std::vector<std::pair<const PstMessage*, std::uint32_t>> messages;
  for (const auto& one : folders) {
    file.node(next, kTop, folder(one.name, one.messages.size()));
    for (const auto& message : one.messages) messages.emplace_back(&message, next);
    next += 0x20;
  }
  for (const auto& [message, parent] : messages) {
    const auto below = message->attachments.empty() ? 0 : write_attachments(*message, file, unicode);
    const auto data = file.block(properties({{0x001A, file.text_type(), file.text("IPM.Note")},
                                             {0x0037, file.text_type(), file.text(message->subject)},
                                             {0x0039, kTime, number(message->sent, 8)},
                                             {0x0042, file.text_type(), file.text(message->sender)},
                                             {0x0C1A, file.text_type(), file.text(message->sender)},
                                             {0x0C1F, file.text_type(), file.text(message->sender_address)},
                                             {0x0E04, file.text_type(), file.text(message->to)},
                                             {0x0E07, kLong, number(0x10, 4)},
                                             {0x1000, file.text_type(), file.text(message->body)}}));
    file.node(next_message, parent, data, below);
    next_message += 0x20;
  }
  return file.file();
}

}  // namespace lantai::extract::test
