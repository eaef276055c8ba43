// group-norm, layer-norm, rms-norm and instance-norm against their formulas and each other.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "tests/catch.h"
#include "tests/close.h"
#include "tests/made_layer.h"

using ff::test::AllClose;
using ff::test::made_layer;
using ff::test::refusal_of;

namespace {

// Normalises over the dimensions `dims`, as the papers write it.
at::Tensor normalised(const at::Tensor& x, at::IntArrayRef dims) {
  const auto mean = x.mean(dims, /*keepdim=*/true);
  const auto variance = (x - mean).square().mean(dims, /*keepdim=*/true);
  return (x - mean) / (variance + 1e-5).sqrt();
}

}  // namespace

TEST_CASE("Group normalisation is what its paper defines", "[layers]") {
  at::manual_seed(1);
  const auto x = at::randn({4, 6, 3, 5}, at::kDouble) * 2 + 1;
  for (const std::int64_t groups : {1, 2, 3, 6}) {
    CAPTURE(groups);
    const auto layer = made_layer({.type = "group-norm", .own = {{"groups", groups}}}, {6, 3, 5});
    auto parameters = layer->named_parameters();
    at::NoGradGuard no_grad;
    parameters["weight"].uniform_(0.5, 2);
    parameters["bias"].uniform_(-1, 1);
    const auto want = normalised(x.reshape({4, groups, 6 / groups, 3, 5}), {2, 3, 4}).view_as(x) *
                          parameters["weight"].view({6, 1, 1}) +
                      parameters["bias"].view({6, 1, 1});
    CHECK_THAT(layer->forward(x), AllClose(want, 1e-12, 1e-12));
  }
  const auto rows =
      made_layer({.type = "group-norm", .affine = false, .own = {{"groups", 2}}}, {8});
  const auto flat = at::randn({3, 8}, at::kDouble);
  CHECK_THAT(rows->forward(flat),
             AllClose(normalised(flat.view({3, 2, 4}), {2}).view_as(flat), 1e-12, 1e-12));
}

TEST_CASE("Layer, instance and group normalisation are one where they should be", "[layers]") {
  at::manual_seed(2);
  const ff::Shape input{6, 3, 5};
  const auto x = at::randn({4, 6, 3, 5}, at::kDouble) * 3 - 1;
  const auto output = [&](const ff::LayerOptions& options) {
    return made_layer(options, input)->forward(x);
  };
  const auto by_layer = output({.type = "layer-norm"});
  CHECK(at::equal(output({.type = "group-norm", .own = {{"groups", 1}}}), by_layer));
  CHECK_THAT(by_layer, AllClose(at::layer_norm(x, {6, 3, 5}), 1e-12, 1e-12));
  const auto by_channel = output({.type = "instance-norm"});
  CHECK(at::equal(output({.type = "group-norm", .own = {{"groups", 6}}}), by_channel));
  CHECK_THAT(by_channel, AllClose(normalised(x, {2, 3}), 1e-12, 1e-12));
  CHECK_THAT(output({.type = "layer-norm", .own = {{"over", "position"}}}),
             AllClose(normalised(x, {1}), 1e-12, 1e-12));
  const auto rms = [&](at::IntArrayRef dims) {
    return x / (x.square().mean(dims, /*keepdim=*/true) + 1e-5).sqrt();
  };
  CHECK_THAT(output({.type = "rms-norm"}), AllClose(rms({1, 2, 3}), 1e-12, 1e-12));
  CHECK_THAT(output({.type = "rms-norm", .own = {{"over", "position"}}}),
             AllClose(rms({1}), 1e-12, 1e-12));
}

TEST_CASE("Normalisations of one sample do not depend on the batch", "[layers]") {
  at::manual_seed(3);
  const auto x = at::randn({5, 4, 3, 3}, at::kDouble);
  for (const auto* type : {"group-norm", "layer-norm", "rms-norm", "instance-norm"}) {
    CAPTURE(type);
    const auto layer = made_layer({.type = type, .own = {{"groups", 2}}}, {4, 3, 3});
    const auto alone = layer->forward(x.slice(0, 2, 3), ff::Pass::kTrain);
    CHECK(at::equal(alone, layer->forward(x, ff::Pass::kEvaluate).slice(0, 2, 3)));
    CHECK(layer->named_parameters().size() == (std::string(type) == "rms-norm" ? 1 : 2));
    CHECK(made_layer({.type = type, .affine = false, .own = {{"groups", 2}}}, {4, 3, 3})
              ->parameters()
              .empty());
  }
}

TEST_CASE("Normalisations that do not fit are refused in one line", "[layers]") {
  CHECK(refusal_of({.type = "group-norm", .own = {{"groups", 4}}}, {6, 2, 2}) ==
        "groups 4 does not divide the 6 channels of its input; allowed: a divisor of 6");
  CHECK(refusal_of({.type = "group-norm", .own = {{"groups", 6}}}, {6}) ==
        "a single value per group has no variance, so that all outputs would be equal");
  CHECK(refusal_of({.type = "instance-norm"}, {6}) ==
        "a single value per channel has no variance, so that all outputs would be equal");
  CHECK(refusal_of({.type = "layer-norm", .own = {{"over", "position"}}}, {1, 4, 4}) ==
        "a single value per position has no variance, so that all outputs would be equal");
  CHECK(refusal_of({.type = "layer-norm"}, {1, 4, 4}) == "");
}
