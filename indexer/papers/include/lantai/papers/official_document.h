// What does an official document 公文 say about itself? Its elements after GB/T 9704-2012, read from the text of its
// pages and each with its place there, as suggestions for cataloguing. Made for text of any origin, OCR too: any
// bracket, width and spacing, traditional script, Chinese numerals, and letters that OCR reads for digits.
//
// Total: never throws for valid UTF-8. Cost: the first 3 and the last 3 pages are looked at, 150 lines of each at most,
// lines of more than 2 KiB not at all. What is no official document gives nothing. Thread-safe.
// Tests: tests/papers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::papers {

enum class ElementKind {
  secrecy,          // 密级和保密期限
  urgency,          // 紧急程度
  document_number,  // 发文字号
  signatory,        // 签发人, one element a name
  title,            // 标题
  document_type,    // 文种: what the title ends with
  main_recipient,   // 主送机关, one element a name
  issuer,           // 发文机关: as signed, else as in the head of the page; one element a name
  date,             // 成文日期
  copied,           // 抄送机关, one element a name
};
std::string_view name(ElementKind kind);  // `document_number`

struct Element {
  ElementKind kind = ElementKind::title;
  // As one would catalogue it: `校办〔2021〕5号`, `机密★10年`, `特急`, `2021-03-05`, names and titles without the
  // blanks and line breaks that typesetting and OCR put between Han characters.
  std::string value;
  std::uint32_t page = 0;
  std::size_t begin = 0, end = 0;  // bytes of the page's text
  double confidence = 0;           // 0 to 1
};

struct Page {
  std::uint32_t number = 0;
  std::string_view text;
};

// In the order of ElementKind, and of the text.
std::vector<Element> read_official_document(const std::vector<Page>& pages);

}  // namespace lantai::papers
