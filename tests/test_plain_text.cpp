// What an error says to a user.
#include <new>
#include <system_error>

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
  CHECK(plain_text(std::bad_alloc()) ==
        "not enough memory; make the layers (model.widths) or batch_size smaller");
  const std::system_error no_thread(
      std::make_error_code(std::errc::resource_unavailable_try_again));
  CHECK_THAT(plain_text(no_thread), ContainsSubstring("not enough memory to start a thread ("));
}
