// Opens a file of Outlook folders ([MS-PST]) with libpst, which only knows files by name: its fopen is led to a Source
// (docs/adr/0029). Thread-confined; one at a time.
#pragma once

extern "C" {
#include <libpst/libpst.h>
}

#include <memory>

#include "source.h"

namespace lantai::extract::worker {

class PstFile {
 public:
  // The source outlives it. Throws Fault damaged.
  explicit PstFile(Source& source);
  PstFile(const PstFile&) = delete;
  PstFile& operator=(const PstFile&) = delete;
  ~PstFile();

  struct Free {
    void operator()(pst_item* item) const { pst_freeItem(item); }
  };
  using Item = std::unique_ptr<pst_item, Free>;

  // The folder that holds what people see; its children follow from it.
  const pst_desc_tree* top() const { return top_; }
  // Null when it cannot be read. `within` is the tree of what it is attached to.
  Item item(const pst_desc_tree* node, pst_id2_tree* within = nullptr);
  Bytes bytes(pst_item_attach* attachment);
  // The message that is attached; null if it is none.
  Item attached_message(const pst_item_attach* attachment);

 private:
  pst_file file_{};
  pst_desc_tree* top_ = nullptr;
};

}  // namespace lantai::extract::worker
