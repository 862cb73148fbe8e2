// Where does somebody go who came without TLS? To the same address with it: 308, whatever they asked; nothing of the
// application is reached. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "lantai/http/front.h"

namespace lantai::http {

class Redirector final : public ExchangeFactory {
 public:
  // `port`: of the server with TLS; `hosts`: names taken, as of ServerOptions. Empty: any that is a name.
  Redirector(std::uint16_t port, std::vector<std::string> hosts) : port_(port), hosts_(std::move(hosts)) {}
  std::unique_ptr<Exchange> begin(RequestHead head, const Peer& peer) override;
  Response refuse(int status, std::string_view accept_language) override;

 private:
  const std::uint16_t port_;
  const std::vector<std::string> hosts_;
};

}  // namespace lantai::http
