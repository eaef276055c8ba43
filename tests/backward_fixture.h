// One network per architecture with a batch, used to compare the rules that change the backward
// pass.
#pragma once

#include <ATen/Functions.h>

#include "baselines/backward_rule.h"
#include "tests/backward_toy.h"
#include "tests/close.h"

namespace ff::test {

using baselines::BackwardRuleKind;
using baselines::Gradient;
using ff::Network;
using ff::Pass;

inline constexpr std::int64_t kImages = 6, kClasses = 3;

inline std::vector<LayerOptions> cnn_layers() {
  return {{.type = "conv", .channels = 4, .kernel = 3, .padding = 1},
          {.type = "batch-norm"},
          {.type = "tanh"},
          {.type = "max-pool", .kernel = 2},
          {.type = "conv", .channels = 5, .kernel = 3, .stride = 2, .padding = 1},
          {.type = "tanh"},
          {.type = "linear", .width = 7},
          {.type = "tanh"},
          {.type = "linear", .width = kClasses}};
}

// A network for images (2, 6, 5) with a batch.
struct Fixture {
  Network network = nullptr;
  at::Tensor rows, labels;

  explicit Fixture(const std::vector<LayerOptions>& layers,
                   at::ScalarType type = at::kFloat,
                   const std::string& linear = "addmm") {
    at::manual_seed(11);
    network = Network(ff::NetworkOptions{.input = {2, 6, 5}, .layers = layers, .linear = linear});
    network->to(type);
    rows = at::randn({kImages, 60}, type);
    labels = at::tensor({0, 1, 2, 2, 1, 0}, at::kLong);
  }

  Gradient bp() const { return ff::baselines::backpropagate(*network, rows, labels, Pass::kProbe); }
};

inline std::vector<LayerOptions> small_mlp_layers(const std::string& activation = "tanh") {
  return mlp_layers({9, 8, 7, kClasses}, activation);
}

// Returns the rules that support these layers.
inline std::vector<const BackwardRuleKind*> rules_for(const std::vector<LayerOptions>& layers) {
  const bool convolutional = layers.front().type == "conv";
  std::vector<const BackwardRuleKind*> found;
  for (const auto& kind : baselines::backward_rules()) {
    if (!convolutional || !kind.mlp_only) found.push_back(&kind);
  }
  return found;
}

}  // namespace ff::test
