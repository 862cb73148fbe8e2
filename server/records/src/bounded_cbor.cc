#include "bounded_cbor.h"

#include "lantai/base/error.h"

namespace lantai::records {
namespace {

using schema::Json;

// Builds the values of a map while it is read; says stop (false) when it is none, goes too deep or a string is not
// text.
class BoundedBuilder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return is_valid_utf8(value) && add(std::move(value)); }
  bool binary(binary_t& value) override { return add(Json(std::move(value))); }
  bool start_object(std::size_t /*elements*/) override {
    if (depth_ > 0) return open(Json::object());
    depth_ = 1;
    return true;
  }
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

  CborMembers take() { return std::move(members_); }

 private:
  bool add(Json value) {
    if (depth_ == 0) return false;
    place(std::move(value));
    return true;
  }

  bool open(Json container) {
    if (depth_ == 0 || depth_ >= kMaxCborDepth) return false;
    stack_.push_back(place(std::move(container)));
    ++depth_;
    return true;
  }

  bool close() {
    if (--depth_ > 0) stack_.pop_back();
    return true;
  }

  // Pointers on the stack stay good: only the innermost container grows.
  Json* place(Json value) {
    if (stack_.empty()) return &members_.emplace_back(std::move(key_), std::move(value)).second;
    auto& parent = *stack_.back();
    if (parent.is_object()) {
      auto& members = parent.get_ref<Json::object_t&>();
      return &members.emplace_hint(members.end(), std::move(key_), std::move(value))->second;
    }
    parent.push_back(std::move(value));
    return &parent.back();
  }

  CborMembers members_;
  std::size_t depth_ = 0;     // of containers, the map itself among them
  std::vector<Json*> stack_;  // those inside the map
  std::string key_;
};

}  // namespace

CborMembers read_cbor_map(ByteView bytes, std::string_view what) {
  BoundedBuilder builder;
  if (!Json::sax_parse(bytes.begin(), bytes.end(), &builder, Json::input_format_t::cbor)) {
    throw Error(ErrorCode::data_loss, "a stored " + std::string(what) + " is not a readable CBOR map");
  }
  return builder.take();
}

}  // namespace lantai::records
