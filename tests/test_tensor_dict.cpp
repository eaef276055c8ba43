#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/tensor_dict.h"
#include "tests/catch.h"

TEST_CASE("a dict that does not fit is refused before anything is copied") {
  const ff::TensorDict into = {{"a", at::zeros({2})}, {"b", at::zeros({3})}};
  CHECK_THROWS_WITH(ff::copy_into(into, {{"a", at::ones({2})}}), ContainsSubstring("'b'"));
  CHECK_THROWS_WITH(ff::copy_into(into, {{"a", at::ones({2})}, {"b", at::ones({4})}}),
                    ContainsSubstring("'b'") && ContainsSubstring("[4]"));
  CHECK_THROWS_WITH(
      ff::copy_into(into, {{"a", at::ones({2})}, {"b", at::ones({3})}, {"c", at::ones({1})}}),
      ContainsSubstring("'c'"));
  CHECK(at::equal(into.at("a"), at::zeros({2})));
  ff::copy_into(into, {{"a", at::ones({2})}, {"b", at::ones({3})}});
  CHECK(at::equal(into.at("a"), at::ones({2})));
}

TEST_CASE("parts are merged under a prefix and found again") {
  ff::TensorDict whole;
  ff::merge(whole, "layers.1.", {{"weight", at::ones({1})}});
  ff::merge(whole, "layers.10.", {{"weight", at::zeros({1})}});
  const auto part = ff::part_of(whole, "layers.1.");
  CHECK(part.size() == 1);
  CHECK(at::equal(part.at("weight"), at::ones({1})));
}
