// Which entries of the indexes may somebody see, as far as a list has looked? Stretches of an index with what may be
// seen in them, so that the next list steps over nothing there. A stretch names all that may be seen, and perhaps more:
// whoever lists looks at each record again. Nothing is missing as long as changed() hears of the keys of every record
// that changes, and forget() when what records lie in does.
//
// Not thread-safe. Memory: kMost keys. Cost: logarithmic, and the keys of a part. Used in tests/records/
// remembered_entries_test.cc.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/storage/key_value_store.h"

namespace lantai::records {

class RememberedEntries {
 public:
  // `keys` in the order of the range; then the list goes on from `rest`: the begin of what is left, backwards its end.
  struct Part {
    std::vector<Bytes> keys;
    Bytes rest;
  };
  // Where the range begins, backwards where it ends; nullopt: nothing is remembered there.
  std::optional<Part> find(const std::string& viewer, const storage::ScanRange& range) const;
  // Of the entries in [from, to) the viewer may see at most these.
  void add(const std::string& viewer, const Bytes& from, const Bytes& to, std::set<Bytes> seen);
  void changed(const std::set<Bytes>& keys);  // everybody may see them, for all that is known
  void forget();
  bool empty() const { return viewers_.empty(); }

  static constexpr std::size_t kMost = 100'000;

 private:
  struct Stretch {
    Bytes to;
    std::set<Bytes> seen;
  };
  using Stretches = std::map<Bytes, Stretch>;  // by where they begin; none touches another

  std::map<std::string, Stretches> viewers_;
  std::size_t size_ = 0;  // stretches and keys
};

}  // namespace lantai::records
