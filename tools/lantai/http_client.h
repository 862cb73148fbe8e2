// How does the command line ask a running server? Over the HTTP API (docs/formats/http.md), as any program would, on
// one connection. Thread-confined. Throws the errors that the server's problem details stand for; unavailable when it
// cannot be reached. A server that asks for patience (429, 503) is asked again, kTries times, where asking twice does
// no harm.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "command_line.h"

namespace lantai::cli {

// Writes multipart/form-data as it is sent.
class FormWriter {
 public:
  FormWriter(std::ostream& out, std::string boundary) : out_(out), boundary_(std::move(boundary)) {}
  void field(const std::string& name, const std::string& value);
  // What `write` writes is the file.
  void file(const std::string& part, const std::string& name, const std::function<void(std::ostream&)>& write);
  void end();
  bool broken() const;  // the server does not read on: its answer says why

 private:
  void begin(const std::string& disposition);
  std::ostream& out_;
  const std::string boundary_;
};

class HttpClient {
 public:
  static constexpr int kTries = 20;
  using Json = schema::Json;
  explicit HttpClient(const Shared& shared);
  ~HttpClient();

  Json get(const std::string& path);
  // A null `body`: none is sent; null given back: an answer without a body.
  Json send(const std::string& method, const std::string& path, const Json& body);
  Json post_form(const std::string& path, const std::function<void(FormWriter&)>& fill);
  void download(const std::string& path, const std::function<void(std::istream&)>& read);

  static std::string encoded(const std::string& text);  // for a path or a query

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

// A member of an object, when it is a text; else "".
std::string text_of(const schema::Json& json, const char* name);

}  // namespace lantai::cli
