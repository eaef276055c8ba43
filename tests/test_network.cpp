#include <ATen/Functions.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include "baselines/gradient.h"
#include "ff/nn/layers/batch_norm.h"
#include "tests/close.h"

using ff::BatchNorm;
using ff::LayerOptions;
using ff::Network;
using ff::NetworkOptions;
using ff::Pass;
using ff::baselines::backpropagate;

namespace {

LayerOptions linear(std::int64_t width) { return {.type = "linear", .width = width}; }
LayerOptions conv(std::int64_t channels, std::int64_t stride = 1) {
  return {.type = "conv", .channels = channels, .kernel = 3, .stride = stride, .padding = 1};
}
const LayerOptions kPool{.type = "max-pool", .kernel = 2};
const LayerOptions kNorm{.type = "batch-norm"};
const LayerOptions kPlainNorm{.type = "batch-norm", .affine = false};

// Contains every kind of layer, and a stride.
NetworkOptions small_cnn(const std::string& activation = "relu") {
  return {.input = {2, 6, 5},
          .layers = {conv(4),
                     kNorm,
                     {.type = activation},
                     kPool,
                     conv(3, 2),
                     kPlainNorm,
                     {.type = activation},
                     linear(7),
                     {.type = activation},
                     linear(3)}};
}

double cross_entropy(const Network& network, const at::Tensor& x, const at::Tensor& labels) {
  at::NoGradGuard no_grad;
  return at::cross_entropy_loss(network->forward(x, Pass::kProbe), labels).item<double>();
}

void check_gradient(const NetworkOptions& options) {
  at::manual_seed(2);
  Network network(options);
  network->to(at::kDouble);
  const auto x = at::randn({6, options.input.features()}, at::kDouble);
  const auto labels = at::tensor({0, 1, 2, 0, 1, 2}, at::kLong);
  const auto found = ff::baselines::backpropagate(*network, x, labels, Pass::kProbe);
  CHECK(found.loss.item<double>() == Approx(cross_entropy(network, x, labels)).epsilon(1e-14));
  for (const auto& [name, tensor] : network->all_parameters()) {
    INFO(name);
    const auto slope = ff::test::central_differences(
        [&] { return cross_entropy(network, x, labels); }, tensor.detach());
    CHECK_THAT(found.by_name.at(name), ff::test::AllClose(slope, 1e-6, 1e-9));
  }
}

// An earlier BatchNorm of the original author, later abandoned, with the error that mean and
// variance are treated as constants.
struct WrongBatchNorm : torch::autograd::Function<WrongBatchNorm> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
    const auto scale = 1 / (x.var(0, /*unbiased=*/false) + 1e-5).sqrt();
    context->save_for_backward({scale});
    return (x - x.mean(0)) * scale;
  }
  static std::vector<at::Tensor> backward(torch::autograd::AutogradContext* context,
                                          std::vector<at::Tensor> grads) {
    return {grads[0] * context->get_saved_variables()[0]};
  }
};

// Returns the largest deviation of a normalisation's gradient from finite differences of a loss
// behind it.
double slope_error(const std::function<at::Tensor(const at::Tensor&)>& normalize) {
  at::manual_seed(3);
  const auto x = at::randn({5, 4}, at::kDouble).requires_grad_();
  const auto weights = at::randn({5, 4}, at::kDouble);
  const auto loss = [&] { return (normalize(x).tanh() * weights).sum(); };
  loss().backward();
  const auto slope =
      ff::test::central_differences([&] { return loss().item<double>(); }, x.detach());
  return (x.grad() - slope).abs().max().item<double>();
}

}  // namespace

TEST_CASE("a perceptron's layers are its widths, with what stands between them", "[network]") {
  const auto plain = ff::mlp_layers({5, 3}, "tanh");
  CHECK((plain == std::vector<LayerOptions>{linear(5), {.type = "tanh"}, linear(3)}));
  const auto normed = ff::mlp_layers({5, 3}, "relu", "plain");
  CHECK((normed == std::vector<LayerOptions>{linear(5), kPlainNorm, {.type = "relu"}, linear(3)}));
  CHECK((ff::mlp_layers({3}, "relu", "affine") == std::vector<LayerOptions>{linear(3)}));
}

TEST_CASE("layers are made as PyTorch makes them, weight before bias, in order", "[network]") {
  at::manual_seed(7);
  const Network network(small_cnn());
  at::manual_seed(7);
  const torch::nn::Conv2d first(torch::nn::Conv2dOptions(2, 4, 3));
  const torch::nn::Conv2d second(torch::nn::Conv2dOptions(4, 3, 3));
  const torch::nn::Linear third(6, 7), fourth(7, 3);
  const auto check = [&](std::size_t l, const auto& module) {
    CHECK(at::equal(network->layers[l]->weight, module->weight));
    CHECK(at::equal(network->layers[l]->bias, module->bias));
  };
  check(0, first);
  check(1, second);
  check(2, third);
  check(3, fourth);
}

TEST_CASE("a network computes what PyTorch's modules compute, to the last bit", "[network]") {
  at::manual_seed(7);
  const Network network(small_cnn());
  torch::nn::BatchNorm2d norm(4), plain(torch::nn::BatchNorm2dOptions(3).affine(false));
  const auto x = at::randn({8, 60});
  const auto expected = [&] {
    const auto& layers = network->layers;
    auto h = at::conv2d(x.view({8, 2, 6, 5}), layers[0]->weight, layers[0]->bias, 1, 1);
    h = at::max_pool2d(at::relu(norm->forward(h)), 2);
    h = at::relu(plain->forward(at::conv2d(h, layers[1]->weight, layers[1]->bias, 2, 1)));
    h = at::relu(at::linear(h.flatten(1), layers[2]->weight, layers[2]->bias));
    return at::linear(h, layers[3]->weight, layers[3]->bias);
  };
  const auto statistics = [&] { return network->tensors().at("norms.0.running_mean"); };
  CHECK(at::equal(network->forward(x, Pass::kProbe), expected()));
  CHECK(at::equal(statistics(), at::zeros({4})));  // statistics are unchanged
  CHECK(at::equal(network->forward(x, Pass::kTrain), network->forward(x, Pass::kProbe)));
  CHECK(at::equal(statistics(), norm->running_mean));
  CHECK(at::equal(network->tensors().at("norms.1.running_var"), plain->running_var));
  norm->eval();
  plain->eval();
  CHECK(at::equal(network->forward(x, Pass::kEvaluate), expected()));
  CHECK(at::equal(statistics(), norm->running_mean));
}

TEST_CASE("the network's gradient is the slope of its cross-entropy", "[network]") {
  for (const auto& activation : ff::activations()) {
    INFO(activation.name);
    check_gradient({.input = {1, 1, 5}, .layers = ff::mlp_layers({4, 3}, activation.name)});
    check_gradient(
        {.input = {1, 1, 5}, .layers = ff::mlp_layers({4, 4, 3}, activation.name, "affine")});
    check_gradient(small_cnn(activation.name));
  }
}

TEST_CASE("a BatchNorm whose backward pass forgets mean and variance is caught", "[network]") {
  BatchNorm norm(4, /*affine=*/false);
  norm->to(at::kDouble);
  CHECK(slope_error([&](const at::Tensor& x) { return norm->forward(x, Pass::kProbe); }) < 1e-8);
  CHECK(slope_error([](const at::Tensor& x) { return WrongBatchNorm::apply(x); }) > 1e-2);
}

TEST_CASE("every parameter belongs to one block", "[network]") {
  const Network network(small_cnn());
  std::vector<std::string> names;
  for (const auto& parameter : network->all_parameters()) names.push_back(parameter.name);
  CHECK(names == std::vector<std::string>{"layers.0.weight",
                                          "layers.0.bias",
                                          "norms.0.weight",
                                          "norms.0.bias",
                                          "layers.1.weight",
                                          "layers.1.bias",
                                          "layers.2.weight",
                                          "layers.2.bias",
                                          "layers.3.weight",
                                          "layers.3.bias"});
  CHECK(names.size() == network->named_parameters().size());
  const auto all = network->tensors();
  for (const auto& [name, tensor] : network->all_parameters()) CHECK(all.at(name).is_same(tensor));
  CHECK(all.size() == names.size() + 4);  // running statistics
  CHECK(network->shape_after(0).features() == 4 * 3 * 2);
  CHECK(network->shape_after(1).features() == 3 * 2 * 1);
}

TEST_CASE("a stack that cannot be is refused, and where", "[network]") {
  const auto error_text = [](const std::vector<LayerOptions>& layers) {
    try {
      Network network(NetworkOptions{.input = {1, 4, 4}, .layers = layers});
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(error_text({conv(2), {.type = "relu"}, linear(3)}) == "");
  CHECK(error_text({}) ==
        "model.layers: the last layer must be linear, because its outputs are the logits");
  CHECK_THAT(error_text({linear(3), {.type = "relu"}}),
             ContainsSubstring("model.layers[1]: the last layer must be linear"));
  CHECK_THAT(error_text({linear(3), {.type = "relu"}}), ContainsSubstring("; it is relu"));
  CHECK_THAT(error_text({{.type = "relu"}, linear(3)}),
             ContainsSubstring("model.layers[0]: relu cannot be the first layer"));
  CHECK_THAT(error_text({linear(3), conv(2), linear(3)}),
             ContainsSubstring("model.layers[1]: conv needs an image"));
  CHECK_THAT(error_text({linear(3), {.type = "tanh"}, kPool, linear(3)}),
             ContainsSubstring("model.layers[2]: max-pool needs an image"));
  CHECK(error_text({conv(2), kPool, kPool, kPool, linear(3)}) ==
        "model.layers[3]: kernel 2 is larger than its input, 1 pixels");
  CHECK(error_text({{.type = "conv", .channels = 1, .kernel = 7, .padding = 1}, linear(3)}) ==
        "model.layers[0]: kernel 7 is larger than its input, 6 pixels, padding included");
}

TEST_CASE("batch normalisation refuses a batch of one value per channel, as PyTorch's does",
          "[network]") {
  torch::nn::BatchNorm1d theirs(3);
  CHECK_THROWS_WITH(theirs->forward(at::ones({1, 3})),
                    ContainsSubstring("xpected more than 1 value per channel when training"));
  for (const bool affine : {true, false}) {
    BatchNorm ours(3, affine);
    for (const auto pass : {Pass::kTrain, Pass::kProbe}) {
      for (const auto& one : {at::ones({1, 3}), at::ones({1, 3, 1, 1})}) {
        CHECK_THROWS_WITH(
            ours->forward(one, pass),
            ContainsSubstring("expected more than 1 value per channel when training, got input "));
      }
      CHECK_NOTHROW(ours->forward(at::ones({2, 3}), pass));
      CHECK_NOTHROW(ours->forward(at::ones({1, 3, 1, 2}), pass));
    }
    CHECK_NOTHROW(ours->forward(at::ones({1, 3}), Pass::kEvaluate));
    CHECK(at::equal(ours->running_var.isfinite(), at::ones({3}, at::kBool)));
  }
}

TEST_CASE("the normalisation that one image gives single values is found", "[network]") {
  using ff::norm_of_single_values;
  CHECK(norm_of_single_values({linear(4), kNorm, linear(3)}, {1, 6, 6}) == 1U);
  CHECK(norm_of_single_values({conv(4), kNorm, linear(3)}, {1, 6, 6}) == std::nullopt);
  CHECK(norm_of_single_values({conv(4), kNorm, linear(5), kNorm, linear(3)}, {1, 6, 6}) == 3U);
  // 2 x 2 pixels become one after pooling, or after a convolution with stride 2.
  CHECK(norm_of_single_values({conv(4), kPool, kNorm, linear(3)}, {1, 2, 2}) == 2U);
  CHECK(norm_of_single_values({conv(4, 2), kPlainNorm, linear(3)}, {1, 2, 2}) == 1U);
  CHECK_THROWS_WITH(norm_of_single_values({conv(4), kPool, kNorm, linear(3)}, {1, 1, 1}),
                    ContainsSubstring("model.layers[1]: kernel 2 is larger than its input"));
}
