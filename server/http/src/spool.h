// An export is written out whole before its answer begins, so that what goes wrong is still an error to the caller, and
// a slow reader holds a file and not a thread. The file is nameless and gone with the answer. Thread-confined.
#pragma once

#include <cstdio>
#include <memory>
#include <ostream>
#include <streambuf>
#include <string>

#include "call.h"

namespace lantai::http {

class Spool {
 public:
  Spool();  // throws resource_exhausted
  std::ostream& out() { return out_; }
  // Throws resource_exhausted when there was no room for what was written.
  Response as_download(const std::string& media_type, const std::string& file_name) &&;

 private:
  struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closing>;
  class Source;

  class Buffer final : public std::streambuf {
   public:
    explicit Buffer(std::FILE* file) : file_(file) {}

   protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize count) override;

   private:
    std::FILE* file_;
  };

  File file_;
  Buffer buffer_;
  std::ostream out_;
};

}  // namespace lantai::http
