// How fast are files read? Small texts, a DOCX and a PDF through one worker, and what starting a worker costs. JSON.
#include <chrono>
#include <functional>
#include <iostream>

#include "fixture.h"
#include "samples.h"

namespace {

using namespace lantai::extract;
using namespace lantai::extract::test;
using Clock = std::chrono::steady_clock;

double seconds(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double files_per_second(Extractor& extractor, const std::string& bytes, int count) {
  const MemoryFile file(bytes);
  return count / seconds([&] {
           for (int i = 0; i < count; ++i) extractor.extract(file.source());
         });
}

}  // namespace

int main() {
  std::string text;
  while (text.size() < 3'000) text += "关于开展2019年度档案检查工作的通知，请各部门遵照执行。\n";
  std::vector<std::vector<std::string>> pages(200, std::vector<std::string>(30, "关于做好毕业证书发放工作的通知"));
  std::unique_ptr<Extractor> extractor;
  const double start = seconds([&] {
    extractor = make_extractor();
    extractor->sandbox();
  });
  std::cout << "{\"worker_start_ms\": " << start * 1000                                                      //
            << ", \"text_3kb_per_s\": " << files_per_second(*extractor, text, 2'000)                         //
            << ", \"gb18030_3kb_per_s\": " << files_per_second(*extractor, encoded(text, "GB18030"), 2'000)  //
            << ", \"docx_per_s\": " << files_per_second(*extractor, docx(paragraph(text)), 1'000)            //
            << ", \"zip_of_100_texts_per_s\": "
            << files_per_second(*extractor, zip(Members(100, {"a.txt", text})), 50)  //
            << ", \"pdf_pages_per_s\": " << 200 * files_per_second(*extractor, pdf({pages, "", 12}), 3) << "}\n";
}
