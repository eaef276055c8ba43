// max-pool and avg-pool with windows that overlap.
#include <ATen/Functions.h>

#include "tests/catch.h"
#include "tests/made_layer.h"

using ff::test::made_layer;
using ff::test::refusal_of;

TEST_CASE("Pooling windows overlap where the stride is below the kernel", "[layers]") {
  const auto x = at::arange(1, 21, at::kDouble).view({1, 1, 4, 5});
  const auto pooled = [&](const char* type, std::int64_t stride, std::int64_t padding) {
    return made_layer({.type = type, .kernel = 2, .padding = padding, .own = {{"stride", stride}}},
                      {1, 4, 5})
        ->forward(x);
  };
  const auto rows = [](std::vector<double> values, std::int64_t width) {
    return at::tensor(values, at::kDouble).view({1, 1, -1, width});
  };
  CHECK(at::equal(pooled("max-pool", 0, 0), rows({7, 9, 17, 19}, 2)));
  CHECK(at::equal(pooled("max-pool", 2, 0), pooled("max-pool", 0, 0)));
  CHECK(
      at::equal(pooled("max-pool", 1, 0), rows({7, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19, 20}, 4)));
  CHECK(at::equal(pooled("max-pool", 2, 1), rows({1, 3, 5, 11, 13, 15, 16, 18, 20}, 3)));
  CHECK(at::equal(pooled("avg-pool", 0, 0), rows({4, 6, 14, 16}, 2)));
  CHECK(at::equal(pooled("avg-pool", 3, 0), rows({4, 7}, 2)));
  CHECK(at::equal(pooled("avg-pool", 2, 1),  // zeros of the padding count
                  rows({0.25, 1.25, 2.25, 4.25, 10, 12, 4, 8.75, 9.75}, 3)));
  // The pooling of SCFF's first layer: kernel 4, stride 2, padding 1.
  const auto scff = made_layer(
      {.type = "max-pool", .kernel = 4, .padding = 1, .own = {{"stride", 2}}}, {96, 32, 32});
  CHECK(scff->output.features() == 96 * 16 * 16);
}

TEST_CASE("Pooling windows that do not fit are refused in one line", "[layers]") {
  for (const auto* type : {"max-pool", "avg-pool"}) {
    CHECK(refusal_of({.type = type, .kernel = 3, .padding = 2}, {1, 4, 4}) ==
          "padding 2 is more than half of kernel 3; allowed: 0 to 1");
    CHECK(refusal_of({.type = type, .kernel = 5}, {1, 4, 4}) ==
          "kernel 5 is larger than its input, 4 pixels");
  }
}
