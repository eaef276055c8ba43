// A float64 MLP with 5 inputs and 3 classes, for comparing gradients with finite differences and
// with identities.
#pragma once

#include <ATen/Functions.h>

#include "baselines/network_learner.h"
#include "tests/close.h"
#include "tests/toy.h"

namespace ff::test {

/// Labels of six samples.
inline at::Tensor six_labels() { return at::tensor({0, 1, 2, 0, 1, 2}, at::kLong); }

inline ff::Network small_mlp(const std::string& activation,
                             std::vector<std::int64_t> widths = {4, 6, 3}) {
  at::manual_seed(2);
  ff::Network network(
      ff::NetworkOptions{.input = {1, 1, 5}, .layers = mlp_layers(widths, activation)});
  network->to(at::kDouble);
  return network;
}

/// Six images (1, 1, 5) of three classes, for creating a learner whose gradients a test evaluates
/// at other inputs.
inline ImageSet six_images() {
  return {at::arange(30, at::kByte).view({6, 1, 1, 5}), six_labels(), 3, {{0.5}, {0.5}}};
}

/// Returns learner options with such a network.
inline baselines::NetworkLearnerOptions small_options(const std::string& activation,
                                                      std::vector<std::int64_t> widths = {
                                                          4, 6, 3}) {
  return {.layers = mlp_layers(widths, activation),
          .optimizer = {.type = "sgd", .learning_rate = 0.1}};
}

/// Returns the inner product of two sets of tensors, matched by name; unmatched names are skipped.
inline double inner(const TensorDict& a, const TensorDict& b) {
  double sum = 0;
  for (const auto& [name, tensor] : a) {
    const auto found = b.find(name);
    if (found != b.end()) sum += (tensor * found->second).sum().item<double>();
  }
  return sum;
}

}  // namespace ff::test
