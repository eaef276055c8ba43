// What an error says to a user.
#include <ATen/Functions.h>

#include "experiments/plain_text.h"
#include "tests/catch.h"

using namespace ff::experiments;

TEST_CASE("Too little memory is said in words, not in LibTorch's", "[program]") {
  std::string text;
  try {
    at::empty({std::int64_t{1} << 50});  // more than any address space has
  } catch (const std::exception& error) {
    text = plain_text(error);
  }
  CHECK(text ==
        "not enough memory: 4503599627370496 bytes were asked for at once; make the layers "
        "(model.widths) or batch_size smaller");
  CHECK(plain_text(std::runtime_error("a.json: no such file")) == "a.json: no such file");
}
