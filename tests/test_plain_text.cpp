// User-facing error messages.
#include <new>
#include <system_error>

#include <ATen/Functions.h>

#include "experiments/plain_text.h"
#include "experiments/run/device_errors.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using ff::test::message_of;

TEST_CASE("Too little memory is said in words, not in LibTorch's", "[program]") {
  std::string text;
  try {
    at::empty({std::int64_t{1} << 50});  // exceeds any address space
  } catch (const std::exception& error) {
    text = plain_text(error);
  }
  CHECK(text ==
        "not enough memory: 4503599627370496 bytes requested in one allocation; reduce "
        "model.widths or batch_size");
  CHECK_THAT(plain_text(std::bad_alloc()), ContainsSubstring("not enough memory; "));
  CHECK_FALSE(out_of_memory_text(std::runtime_error("disk full")).has_value());
  CHECK(plain_text(std::runtime_error("a.json: no such file")) == "a.json: no such file");
  CHECK(plain_text(std::bad_alloc()) == "not enough memory; reduce model.widths or batch_size");
  const std::system_error no_thread(
      std::make_error_code(std::errc::resource_unavailable_try_again));
  CHECK_THAT(plain_text(no_thread), ContainsSubstring("not enough memory to start a thread ("));
}

TEST_CASE("Too little memory in a run names what takes it", "[program]") {
  const auto error_text =
      message_of([] { translate_device_errors("no such folder", [] { throw std::bad_alloc(); }); });
  CHECK_THAT(error_text, ContainsSubstring("not enough memory; reduce model.widths, batch_size, "));
  const auto asked = message_of([] {
    translate_device_errors("no such folder", [] { at::empty({std::int64_t{1} << 50}); });
  });
  CHECK_THAT(asked,
             ContainsSubstring("not enough memory: 4503599627370496 bytes requested in one "
                               "allocation; reduce model.widths"));
  CHECK_THROWS_AS(translate_device_errors("", [] { throw std::logic_error("another"); }),
                  std::logic_error);
}
