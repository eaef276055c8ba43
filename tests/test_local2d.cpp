// local2d: unshared weights over a grid of windows, by both of its algorithms.
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/autograd.h>

#include "ff/nn/layer_kind.h"
#include "ff/nn/layers/local_product.h"
#include "ff/nn/weighted_layer.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/made_layer.h"

using ff::test::AllClose;

namespace {

struct Case {
  std::int64_t samples;
  ff::Shape input;
  std::int64_t channels, kernel, stride, padding;
};

// Odd sizes, one channel, a batch of one, more than a block of samples, few and many units.
const std::vector<Case> kCases = {
    {1, {1, 1, 1}, 1, 1, 1, 0},
    {3, {2, 5, 7}, 3, 3, 1, 1},
    {1, {3, 6, 5}, 2, 2, 2, 0},
    {37, {2, 7, 4}, 5, 3, 2, 1},
    {70, {1, 9, 9}, 20, 4, 3, 0},
    {5, {4, 3, 3}, 17, 3, 1, 0},
};

std::shared_ptr<ff::WeightedLayerImpl> made(const char* type, const Case& at_hand) {
  const auto layer = ff::make_layer({.type = type,
                                     .width = at_hand.channels,
                                     .channels = at_hand.channels,
                                     .kernel = at_hand.kernel,
                                     .stride = at_hand.stride,
                                     .padding = at_hand.padding},
                                    {.input = at_hand.input});
  layer->to(at::kDouble);
  return std::dynamic_pointer_cast<ff::WeightedLayerImpl>(layer);
}

at::Tensor images(const Case& at_hand, at::ScalarType type = at::kDouble) {
  const auto& in = at_hand.input;
  return at::randn({at_hand.samples, in.channels, in.height, in.width}, type).requires_grad_();
}

ff::LocalWindows windows_of(const at::Tensor& x, const Case& at_hand) {
  return {
      x.size(0), x.size(1), x.size(2), x.size(3), at_hand.kernel, at_hand.stride, at_hand.channels};
}

}  // namespace

TEST_CASE("local2d with the same weights at every position is a convolution", "[local2d]") {
  at::manual_seed(1);
  for (const auto& at_hand : kCases) {
    CAPTURE(at_hand.samples, at_hand.channels, at_hand.kernel, at_hand.stride, at_hand.padding);
    const auto conv = made("conv", at_hand), local = made("local2d", at_hand);
    const auto positions = local->output.height * local->output.width;
    {
      at::NoGradGuard no_grad;
      local->weight.copy_(conv->weight.permute({0, 2, 3, 1}).repeat({positions, 1, 1, 1}));
      local->bias.copy_(conv->bias.repeat({positions}));
    }
    const auto x = images(at_hand);
    const auto y = local->forward(x), want = conv->forward(x);
    CHECK_THAT(y, AllClose(want, 1e-12, 1e-12));
    CHECK(y.is_contiguous());
    const auto delta = at::randn_like(want);
    const auto got = torch::autograd::grad({y}, {x, local->weight, local->bias}, {delta});
    const auto of_conv = torch::autograd::grad({want}, {x, conv->weight, conv->bias}, {delta});
    CHECK_THAT(got[0], AllClose(of_conv[0], 1e-12, 1e-12));
    // A shared weight's gradient is the sum over the positions.
    const auto shared = got[1].unflatten(0, {positions, at_hand.channels}).sum(0);
    CHECK_THAT(shared.permute({0, 3, 1, 2}), AllClose(of_conv[1], 1e-11, 1e-11));
    CHECK_THAT(got[2].view({positions, -1}).sum(0), AllClose(of_conv[2], 1e-11, 1e-11));
  }
}

TEST_CASE("local2d with one window is a fully connected layer", "[local2d]") {
  at::manual_seed(2);
  const Case at_hand{4, {3, 5, 5}, 6, 5, 1, 0};
  const auto linear = made("linear", at_hand), local = made("local2d", at_hand);
  {
    at::NoGradGuard no_grad;
    local->weight.copy_(linear->weight.view({6, 3, 5, 5}).permute({0, 2, 3, 1}));
    local->bias.copy_(linear->bias);
  }
  const auto x = images(at_hand);
  CHECK_THAT(local->forward(x).flatten(1), AllClose(linear->forward(x), 1e-12, 1e-12));
}

TEST_CASE("The two algorithms of local2d agree, with weights of each position", "[local2d]") {
  at::manual_seed(3);
  for (const auto type : {at::kDouble, at::kFloat}) {
    for (const auto& at_hand : kCases) {
      CAPTURE(type, at_hand.samples, at_hand.channels, at_hand.kernel, at_hand.stride);
      if (at_hand.padding > 0) continue;  // padding precedes the product
      const auto x = images(at_hand, type);
      const auto windows = windows_of(x, at_hand);
      const auto units = windows.positions() * windows.out;
      const auto weight = at::randn({units, windows.kernel, windows.kernel, windows.channels}, type)
                              .requires_grad_();
      const auto bias = at::randn({units}, type).requires_grad_();
      std::vector<std::vector<at::Tensor>> results;
      at::Tensor delta;
      for (const auto* product : {&ff::batched_local_product(), &ff::direct_local_product()}) {
        const auto y = ff::apply_local_product(*product, windows, x, weight, bias);
        if (!delta.defined()) delta = at::randn_like(y);
        results.push_back(torch::autograd::grad({y}, {x, weight, bias}, {delta}));
        results.back().push_back(y);
      }
      const double tolerance = type == at::kDouble ? 1e-11 : 1e-4;
      for (std::size_t i = 0; i < results[0].size(); ++i) {
        CHECK_THAT(results[1][i], AllClose(results[0][i], tolerance, tolerance));
      }
    }
  }
}

TEST_CASE("local2d's results do not depend on the number of threads", "[local2d]") {
  const Case at_hand{70, {3, 12, 12}, 3, 5, 1, 0};
  const auto threads = at::get_num_threads();
  std::vector<std::vector<at::Tensor>> results;
  for (const int count : {1, 2, 3}) {
    at::set_num_threads(count);
    at::manual_seed(4);
    const auto local = made("local2d", at_hand);
    const auto x = images(at_hand);
    const auto y = local->forward(x);
    results.push_back(torch::autograd::grad({y.square().sum()}, {x, local->weight, local->bias}));
    results.back().push_back(y);
  }
  at::set_num_threads(threads);
  for (std::size_t i = 0; i < results[0].size(); ++i) {
    CHECK(at::equal(results[1][i], results[0][i]));
    CHECK(at::equal(results[2][i], results[0][i]));
  }
}

TEST_CASE("local2d has the receptive fields of Hinton's networks", "[local2d]") {
  const auto grid = [](const ff::Shape& input,
                       std::int64_t channels,
                       std::int64_t kernel,
                       std::int64_t stride,
                       std::int64_t padding = 0) {
    return made("local2d", {1, input, channels, kernel, stride, padding})->output;
  };
  const auto same = [](const ff::Shape& got, const ff::Shape& want) {
    return got.channels == want.channels && got.height == want.height && got.width == want.width;
  };
  CHECK(same(grid({1, 28, 28}, 128, 10, 6), {128, 4, 4}));  // MNIST, three layers
  CHECK(same(grid({128, 4, 4}, 220, 2, 1), {220, 3, 3}));
  CHECK(same(grid({220, 3, 3}, 512, 2, 1), {512, 2, 2}));
  CHECK(same(grid({3, 32, 32}, 3, 11, 1, 5), {3, 32, 32}));  // CIFAR-10
}

TEST_CASE("A unit of local2d sees its receptive field and nothing else", "[local2d]") {
  at::manual_seed(5);
  const Case at_hand{1, {1, 9, 7}, 2, 3, 2, 0};
  const auto local = made("local2d", at_hand);
  const auto x = images(at_hand);
  const auto y = local->forward(x);
  const auto seen = torch::autograd::grad({y[0][1][2][0]}, {x})[0][0][0].ne(0);
  auto want = at::zeros({9, 7}, at::kBool);
  want.slice(0, 4, 7).slice(1, 0, 3).fill_(true);
  CHECK(at::equal(seen, want));
}

TEST_CASE("local2d is initialised by the inputs of a unit", "[local2d]") {
  at::manual_seed(6);
  const Case at_hand{1, {2, 16, 16}, 4, 5, 1, 0};
  const auto local = made("local2d", at_hand);
  const double bound = 1 / std::sqrt(2 * 5 * 5);
  const auto largest = local->weight.abs().max().item<double>();
  CHECK(largest <= bound);
  CHECK(largest > 0.99 * bound);
  CHECK(local->bias.abs().max().item<double>() <= bound);
}

TEST_CASE("A receptive field that is larger than its image is refused", "[local2d]") {
  CHECK(ff::test::refusal_of({.type = "local2d", .channels = 2, .kernel = 7, .padding = 1},
                             {1, 8, 4}) ==
        "kernel 7 is larger than its input, 6 pixels, padding included");
}
