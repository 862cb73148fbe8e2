// Records that follow from their number alone, so that the killed process and the one that checks it agree on them.
#pragma once

#include <string>

#include "lantai/index/document.h"

namespace lantai::index::testing {

inline constexpr int kCrashRecords = 1200;

class CrashSource final : public DocumentSource {
 public:
  explicit CrashSource(std::string schema = "schema") : schema_(std::move(schema)) {}
  std::optional<Document> find(const std::string& type, const std::string& id) const override {
    const int number = std::stoi(id);
    if (number % 11 == 0) return std::nullopt;  // removed in the end
    Document document;
    document.type = type;
    document.id = id;
    document.version = 2;
    document.title = "第" + id + "号会议纪要";
    document.reference_code = "A-" + id;
    document.date = "2021-03-0" + std::to_string(1 + number % 9);
    FieldValue year;
    year.name = "fiscal_year";
    year.values = {std::to_string(2010 + number % 7)};
    year.facet = true;
    document.fields.push_back(year);
    document.files.push_back({1, "scan" + id + ".pdf"});
    document.pages.push_back({1, 1, "关于学校安全检查工作的通知，编号" + std::to_string(number * 7919 % 1000)});
    document.access = {number % 2 == 0 ? "public" : "staff"};
    return document;
  }
  void each(const std::function<bool(const std::string&, const std::string&)>& visit) const override {
    for (int number = 0; number < kCrashRecords; ++number) {
      if (!visit("item", std::to_string(number))) return;
    }
  }
  std::string schema_hash() const override { return schema_; }

 private:
  std::string schema_;
};

}  // namespace lantai::index::testing
