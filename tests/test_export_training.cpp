// Exported C code trains as this framework does: FFLinear and autograd in float64 on the same
// samples.
#include <cstring>
#include <functional>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/forward_forward/ff_linear.h"
#include "tests/catch.h"
#include "tests/edge_code.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

constexpr std::int64_t kSteps = 200;

// Trains on all samples and writes the block to "block".
const char* const kDump = R"(
#include <stdio.h>
#include "net.h"
#include "net_samples.h"
static uint8_t block[NET_BLOCK_BYTES];
int main(void) {
  uint32_t i;
  FILE* file = fopen("block", "wb");
  net_init(1u);
  for (i = 0u; i < NET_SAMPLES; ++i) {
    const uint8_t* sample = &net_sample[i * NET_INPUTS];
    const uint32_t label = net_label[i];
    if (TRAIN != NET_OK) return 1;
  }
  if (net_save(0u, block, NET_BLOCK_BYTES) != NET_BLOCK_BYTES || file == 0) return 2;
  return fwrite(block, 1, sizeof block, file) == sizeof block && fclose(file) == 0 ? 0 : 3;
}
)";

std::int64_t wrong_of(std::int64_t step, std::int64_t label, std::int64_t classes) {
  return (label + 1 + step % (classes - 1)) % classes;
}

// Returns weights, biases and thresholds after training in C, float64.
std::vector<at::Tensor> trained_in_c(const EdgeNet& net, const EdgeSamples& samples) {
  const EdgeCode code(net, samples);
  std::string text = kDump;
  const std::string call =
      net.bp ? "net_train(sample, label)"
             : "net_train_pair(sample, label, (label + 1u + i % (NET_CLASSES - 1u)) % NET_CLASSES)";
  code.write("dump.c", text.replace(text.find("TRAIN"), 5, call));
  code.compile("-O2", "dump.c");
  code.shell("./program");
  const auto block = code.read("block");
  std::size_t at = 16;
  const auto floats = [&](std::int64_t count) {
    auto tensor = at::empty({count}, at::kFloat);
    const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    REQUIRE(at + bytes <= block.size());
    std::memcpy(tensor.mutable_data_ptr<float>(), block.data() + at, bytes);
    at += bytes;
    return tensor.to(at::kDouble);
  };
  std::vector<at::Tensor> tensors;
  for (const auto& layer : net.layers) tensors.push_back(floats(layer.in * layer.out));
  for (const auto& layer : net.layers) tensors.push_back(floats(layer.out));
  if (!net.bp) tensors.push_back(floats(static_cast<std::int64_t>(net.layers.size())));
  return tensors;
}

ff::OptimizerOptions optimizer_of(const EdgeNet& net) {
  return {.type = net.optimizer == EdgeOptimizer::kAdam ? "adam" : "sgd",
          .learning_rate = net.learning_rate,
          .momentum = net.optimizer == EdgeOptimizer::kMomentum ? net.momentum : 0};
}

at::Tensor weight_of(const EdgeLayer& layer) {
  return at::tensor(layer.weight).to(at::kDouble).view({layer.out, layer.in});
}

// Returns sample `k`, (1, inputs) in normalised units.
at::Tensor row_of(const EdgeNet& net, const EdgeSamples& samples, std::int64_t k) {
  const auto all = at::tensor(samples.bytes).view({samples.count(), net.inputs()});
  return all.narrow(/*dim=*/0, k, 1).to(at::kDouble).mul(net.pixel_scale).add(net.pixel_shift);
}

std::vector<at::Tensor> trained_by_ff(const EdgeNet& net, const EdgeSamples& samples) {
  std::vector<ff::FFLinear> layers;
  for (const auto& from : net.layers) {
    const bool input = layers.empty() && !net.normalize_input;
    ff::FFLinear layer(ff::FFLinearOptions{
        .in_features = from.in,
        .out_features = from.out,
        .goodness = net.mean_goodness ? "mean-square" : "sum-square",
        .normalize = input ? "none" : net.normalize,
        .epsilon = net.epsilon,
        .threshold = {.initial = from.threshold, .learned = net.learned_threshold},
        .loss = {.type = net.relu_loss ? "relu" : "softplus",
                 .direction = net.min_ssq ? "min-ssq" : "max-ssq",
                 .temperature = net.temperature}});
    layer->to(at::kDouble);
    at::NoGradGuard no_grad;
    layer->weight.copy_(weight_of(from));
    layer->bias.copy_(at::tensor(from.bias));
    layer->set_optimizer(optimizer_of(net));
    layers.push_back(layer);
  }
  for (std::int64_t k = 0; k < samples.count(); ++k) {
    auto pos = row_of(net, samples, k);
    pos.narrow(/*dim=*/1, 0, net.classes).zero_();
    auto neg = pos.clone();
    const auto label = samples.labels[static_cast<std::size_t>(k)];
    pos[0][label] = net.label_value;
    neg[0][wrong_of(k, label, net.classes)] = net.label_value;
    for (auto& layer : layers) {
      const auto step = layer->train_step(pos, neg);
      pos = step.activations_pos;
      neg = step.activations_neg;
    }
  }
  std::vector<at::Tensor> weights, biases, thresholds;
  for (auto& layer : layers) {
    weights.push_back(layer->weight.detach().flatten());
    biases.push_back(layer->bias.detach());
    thresholds.push_back(layer->threshold.detach());
  }
  weights.insert(weights.end(), biases.begin(), biases.end());
  weights.push_back(at::cat(thresholds));
  return weights;
}

std::vector<at::Tensor> trained_by_autograd(const EdgeNet& net, const EdgeSamples& samples) {
  std::vector<at::Tensor> weights, biases;
  std::vector<ff::NamedParameter> parameters;
  for (const auto& layer : net.layers) {
    weights.push_back(weight_of(layer).requires_grad_());
    biases.push_back(at::tensor(layer.bias).to(at::kDouble).requires_grad_());
    const auto name = std::to_string(weights.size());
    parameters.push_back({name + ".weight", weights.back()});
    parameters.push_back({name + ".bias", biases.back()});
  }
  const auto optimizer = ff::make_optimizer(optimizer_of(net), parameters);
  for (std::int64_t k = 0; k < samples.count(); ++k) {
    auto x = row_of(net, samples, k);
    for (std::size_t l = 0; l < weights.size(); ++l) {
      x = at::addmm(biases[l], x, weights[l].t());
      if (l + 1 < weights.size()) x = at::relu(x);
    }
    const auto label = at::tensor({samples.labels[static_cast<std::size_t>(k)]}, at::kLong);
    for (auto& parameter : parameters) parameter.tensor.mutable_grad() = at::Tensor();
    at::cross_entropy_loss(x, label).backward();
    optimizer->step();
  }
  std::vector<at::Tensor> all;
  for (const auto& weight : weights) all.push_back(weight.detach().flatten());
  for (const auto& bias : biases) all.push_back(bias.detach());
  return all;
}

// Returns the largest difference of two lists of tensors, relative to the largest value of each.
double difference(const std::vector<at::Tensor>& got, const std::vector<at::Tensor>& want) {
  REQUIRE(got.size() == want.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    REQUIRE(got[i].sizes() == want[i].sizes());
    const auto size = want[i].abs().max().item<double>();
    const auto error = (got[i] - want[i]).abs().max().item<double>() / size;
    worst = error <= worst ? worst : error;  // keeps NaN
  }
  return worst;
}

double difference_to_ff(EdgeNet net) {
  draw_weights(net);
  const auto samples = sparse_samples(net, kSteps);
  const auto want = net.bp ? trained_by_autograd(net, samples) : trained_by_ff(net, samples);
  const auto got = trained_in_c(net, samples);
  const auto before = weight_of(net.layers[0]).flatten();
  REQUIRE((want[0] - before).abs().max().item<double>() > 1e-3);  // it has trained
  return difference(got, want);
}

}  // namespace

TEST_CASE("200 steps of exported Forward-Forward are FFLinear's in float64", "[export]") {
  if (!has_c_compiler()) return;
  const auto difference_with = [](const std::function<void(EdgeNet&)>& change) {
    auto net = edge_net_of({196, 32, 16});
    change(net);
    return difference_to_ff(net);
  };
  CHECK(difference_with([](EdgeNet&) {}) <= 1e-5);
  CHECK(difference_with([](EdgeNet& net) {
          net.normalize = "l2";
          net.min_ssq = true;
          net.mean_goodness = false;
          net.temperature = 2;
        }) <= 1e-5);
  CHECK(difference_with([](EdgeNet& net) {
          net.normalize_input = false;
          net.relu_loss = true;
          net.learned_threshold = false;
          net.learning_rate = 0.01;
        }) <= 1e-5);
  CHECK(difference_with([](EdgeNet& net) {
          net.pixel_scale = 1 / (255 * 0.3);
          net.pixel_shift = -0.4;
          net.label_value = 2.8;
        }) <= 1e-5);
  CHECK(difference_with([](EdgeNet& net) {
          net.optimizer = EdgeOptimizer::kMomentum;
          net.momentum = 0.9;
          net.learning_rate = 0.02;
        }) <= 1e-4);
  CHECK(difference_with([](EdgeNet& net) {
          net.optimizer = EdgeOptimizer::kAdam;
          net.learning_rate = 0.003;
        }) <= 1e-3);
}

TEST_CASE("200 steps of exported backpropagation are autograd's in float64", "[export]") {
  if (!has_c_compiler()) return;
  for (const auto optimizer :
       {EdgeOptimizer::kSgd, EdgeOptimizer::kMomentum, EdgeOptimizer::kAdam}) {
    auto net = edge_net_of({196, 32, 16, 10});
    net.bp = true;
    net.optimizer = optimizer;
    net.momentum = 0.9;
    net.learning_rate = optimizer == EdgeOptimizer::kAdam ? 0.003 : 0.02;
    CAPTURE(name_of(optimizer));
    CHECK(difference_to_ff(net) <= (optimizer == EdgeOptimizer::kAdam ? 1e-3 : 1e-4));
  }
}
