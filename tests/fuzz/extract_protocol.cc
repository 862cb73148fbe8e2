// Whatever a worker says: frames decode or are refused, and what they add up to stays within the limits.
#include <stdexcept>

#include "lantai/base/error.h"
#include "lantai/extract/extraction.h"
#include "reply_assembler.h"

namespace {

using namespace lantai;
using namespace lantai::extract;

void check_frame(const Frame& frame) {
  FrameDecoder again;
  again.add(encode(frame));
  const auto back = again.next();
  if (!back || back->numbers != frame.numbers || back->fields != frame.fields)
    throw std::logic_error("not the same frame");
}

void feed(ByteView bytes, ReplyAssembler& assembler) {
  FrameDecoder decoder;
  const auto half = bytes.size() / 2;
  for (const auto piece : {bytes.first(half), bytes.subspan(half)}) {
    decoder.add(piece);
    while (const auto frame = decoder.next()) {
      check_frame(*frame);
      assembler.accept(*frame);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Limits limits;
  limits.output_bytes = 64U << 10U;
  limits.entries = 100;
  limits.pages = 100;
  ReplyAssembler assembler(limits);
  try {
    feed({data, size}, assembler);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data_loss && error.code() != ErrorCode::resource_exhausted) throw;
  }
  from_json(to_json(assembler.result()));
  return 0;
}
