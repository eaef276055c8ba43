// libFuzzer entry point for one reader; FF_FUZZ_ENTRY is its function fuzz_NAME.
#include "tests/fuzz/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return FF_FUZZ_ENTRY(data, size);
}
