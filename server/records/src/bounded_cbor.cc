#include "bounded_cbor.h"

#include <string>
#include <utility>
#include <vector>

#include "lantai/base/error.h"

namespace lantai::records {
namespace {

using schema::Json;

// Builds the value while it is read; says stop (false) when it goes too deep or a string is not text.
class BoundedBuilder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return is_valid_utf8(value) && add(std::move(value)); }
  bool binary(binary_t& value) override { return add(Json(std::move(value))); }
  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return is_valid_utf8(key_);
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*e*/) override {
    return false;
  }

  Json take() { return std::move(root_); }

 private:
  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json container) {
    if (stack_.size() >= kMaxCborDepth) return false;
    stack_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  // Pointers on the stack stay good: only the innermost container grows.
  Json* place(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& parent = *stack_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  Json root_;
  std::vector<Json*> stack_;
  std::string key_;
};

}  // namespace

Json read_cbor(ByteView bytes, std::string_view what) {
  BoundedBuilder builder;
  if (!Json::sax_parse(bytes.begin(), bytes.end(), &builder, Json::input_format_t::cbor)) {
    throw Error(ErrorCode::data_loss, "a stored " + std::string(what) + " is not readable CBOR");
  }
  return builder.take();
}

}  // namespace lantai::records
