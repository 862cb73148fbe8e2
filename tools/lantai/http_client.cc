#include "http_client.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "lantai/base/error.h"
#include "lantai/base/id.h"

namespace lantai::cli {
namespace {

namespace net = Poco::Net;
using schema::Json;

std::string read_token(const Shared& shared) {
  std::string token;
  if (!shared.token_file.empty()) {
    std::ifstream in(shared.token_file);
    if (!in) throw Error(ErrorCode::not_found, "cannot read " + shared.token_file);
    std::getline(in, token);
    if (!token.empty() && token.back() == '\r') token.pop_back();
  } else if (const char* value = std::getenv("LANTAI_TOKEN")) {  // NOLINT(concurrency-mt-unsafe): nothing sets it
    token = value;
  }
  return token;
}

std::string quoted(const std::string& name) {
  std::string safe;
  for (const char c : name) {
    if (c == '"' || c == '\\') safe += '\\';
    safe += c;
  }
  return '"' + safe + '"';
}

ErrorCode code_of(int status, const std::string& called) {
  for (const ErrorCode code :
       {ErrorCode::invalid_argument, ErrorCode::not_found, ErrorCode::already_exists, ErrorCode::conflict,
        ErrorCode::permission_denied, ErrorCode::unauthenticated, ErrorCode::failed_precondition,
        ErrorCode::resource_exhausted, ErrorCode::deadline_exceeded, ErrorCode::unavailable, ErrorCode::data_loss}) {
    if (lantai::name(code) == called) return code;
  }
  return status == 404 ? ErrorCode::not_found : ErrorCode::unavailable;
}

// The sentence of the answer, with the fields that it complains of.
Error error_of(int status, const std::string& body) {
  const Json problem = Json::parse(body, nullptr, false);
  std::string message = text_of(problem, "detail");
  if (message.empty()) message = "the server answered " + std::to_string(status);
  const Json errors = problem.is_object() ? problem.value("errors", Json::array()) : Json::array();
  for (const auto& one : errors) message += "; " + text_of(one, "field") + ": " + text_of(one, "message");
  return {code_of(status, text_of(problem, "code")), message};
}

bool asks_for_patience(int status) { return status == 429 || status == 503; }

}  // namespace

std::string text_of(const Json& json, const char* name) {
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  return found == json.end() || !found->is_string() ? "" : found->get<std::string>();
}

void FormWriter::begin(const std::string& disposition) {
  out_ << "--" << boundary_ << "\r\nContent-Disposition: form-data; " << disposition << "\r\n";
}

void FormWriter::field(const std::string& name, const std::string& value) {
  begin("name=\"" + name + "\"");
  out_ << "\r\n" << value << "\r\n";
}

void FormWriter::file(const std::string& part, const std::string& name,
                      const std::function<void(std::ostream&)>& write) {
  begin("name=\"" + part + "\"; filename=" + quoted(name));
  out_ << "Content-Type: application/octet-stream\r\n\r\n";
  write(out_);
  out_ << "\r\n";
}

void FormWriter::end() { out_ << "--" << boundary_ << "--\r\n"; }
bool FormWriter::broken() const { return !out_.good(); }

struct HttpClient::Connection {
  const Shared& shared;
  Poco::URI uri;
  const std::string token;
  std::unique_ptr<net::HTTPClientSession> session;

  explicit Connection(const Shared& given) : shared(given), uri(given.server), token(read_token(given)) {
    if (uri.getHost().empty() || (uri.getScheme() != "http" && uri.getScheme() != "https")) {
      throw Error(ErrorCode::invalid_argument, "--server needs an address like http://127.0.0.1:8080");
    }
    if (uri.getScheme() == "https") {
      const net::Context::Ptr context =
          new net::Context(net::Context::TLS_CLIENT_USE, "", "", "", net::Context::VERIFY_STRICT, 9, true);
      session = std::make_unique<net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
    } else {
      session = std::make_unique<net::HTTPClientSession>(uri.getHost(), uri.getPort());
    }
    session->setTimeout(Poco::Timespan(120, 0));
    session->setKeepAlive(true);
  }

  net::HTTPRequest request(const std::string& method, const std::string& path) const {
    net::HTTPRequest made(method, path, net::HTTPMessage::HTTP_1_1);
    if (!token.empty()) made.set("Authorization", "Bearer " + token);
    made.set("Accept-Language", std::string(schema::tag(shared.lang())));
    return made;
  }

  // The answer's body when it is good news; throws what it stands for otherwise.
  std::istream& receive(net::HTTPResponse& response) const {
    std::istream& body = session->receiveResponse(response);
    if (response.getStatus() < 400) return body;
    std::string text;
    Poco::StreamCopier::copyToString(body, text);
    throw error_of(response.getStatus(), text);
  }

  static Json json_of(std::istream& body) {
    std::string text;
    Poco::StreamCopier::copyToString(body, text);
    return text.empty() ? Json() : Json::parse(text);
  }

  // A request without a body, until the server has time for it.
  std::istream& ask(const std::string& path, net::HTTPResponse& response) const {
    for (int left = kTries;; --left) {
      net::HTTPRequest made = request(net::HTTPRequest::HTTP_GET, path);
      session->sendRequest(made);
      try {
        return receive(response);
      } catch (const Error&) {
        if (!asks_for_patience(response.getStatus()) || left == 0) throw;
      }
      const int seconds = std::atoi(response.get("Retry-After", "1").c_str());
      std::this_thread::sleep_for(std::chrono::seconds(std::clamp(seconds, 1, 30)));
    }
  }
};

namespace {

// Poco's and the parser's errors end here.
template <typename F>
auto translated(F&& body) {
  try {
    return body();
  } catch (const Poco::SyntaxException& error) {
    throw Error(ErrorCode::invalid_argument, "--server: " + error.displayText());
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::unavailable, "the server cannot be reached: " + error.displayText());
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::unavailable, std::string("the server's answer is not understood: ") + error.what());
  }
}

}  // namespace

HttpClient::HttpClient(const Shared& shared)
    : connection_(translated([&] { return std::make_unique<Connection>(shared); })) {}
HttpClient::~HttpClient() = default;

Json HttpClient::get(const std::string& path) {
  return translated([&] {
    net::HTTPResponse response;
    return Connection::json_of(connection_->ask(path, response));
  });
}

Json HttpClient::send(const std::string& method, const std::string& path, const Json& body) {
  return translated([&] {
    net::HTTPRequest request = connection_->request(method, path);
    const std::string text = body.is_null() ? std::string() : body.dump();
    if (!body.is_null()) request.setContentType("application/json");
    request.setContentLength(static_cast<std::streamsize>(text.size()));
    connection_->session->sendRequest(request) << text;
    net::HTTPResponse response;
    return Connection::json_of(connection_->receive(response));
  });
}

Json HttpClient::post_form(const std::string& path, const std::function<void(FormWriter&)>& fill) {
  return translated([&] {
    const std::string boundary = "lantai-" + random_hex(16);
    net::HTTPRequest request = connection_->request(net::HTTPRequest::HTTP_POST, path);
    request.setContentType("multipart/form-data; boundary=" + boundary);
    request.setChunkedTransferEncoding(true);
    FormWriter form(connection_->session->sendRequest(request), boundary);
    fill(form);
    form.end();
    net::HTTPResponse response;
    return Connection::json_of(connection_->receive(response));
  });
}

void HttpClient::download(const std::string& path, const std::function<void(std::istream&)>& read) {
  translated([&] {
    net::HTTPResponse response;
    std::istream& body = connection_->ask(path, response);
    read(body);
    // Cut short, the rest of the line must not be taken for the next answer.
    if (!body.eof() && body.peek() != std::char_traits<char>::eof()) connection_->session->reset();
  });
}

std::string HttpClient::encoded(const std::string& text) {
  std::string out;
  Poco::URI::encode(text, "!#$&'()*+,/:;=?@[]%", out);
  return out;
}

}  // namespace lantai::cli
