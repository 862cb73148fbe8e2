// Why does reading stop? Thrown inside the worker only; becomes the `failure` of the file or the `error` of a member.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace lantai::extract::worker {

class Fault : public std::exception {
 public:
  enum class Scope { this_file, everything };  // everything: a limit of the whole request is used up

  Fault(std::string fault_code, std::string fault_detail, Scope fault_scope = Scope::this_file)
      : code(std::move(fault_code)), detail(std::move(fault_detail)), scope(fault_scope) {}
  const char* what() const noexcept override { return detail.c_str(); }

  const std::string code;
  const std::string detail;
  const Scope scope;
};

[[noreturn]] inline void damaged(const std::string& detail) { throw Fault("damaged", detail); }

}  // namespace lantai::extract::worker
