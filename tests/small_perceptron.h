// A perceptron of 5 inputs and 3 classes in float64, for gradients against slopes and identities.
#pragma once

#include <ATen/Functions.h>

#include "baselines/network_learner.h"
#include "tests/close.h"
#include "tests/toy.h"

namespace ff::test {

/// Labels for six rows.
inline at::Tensor six_labels() { return at::tensor({0, 1, 2, 0, 1, 2}, at::kLong); }

inline ff::Network small_perceptron(const std::string& activation,
                                           std::vector<std::int64_t> widths = {4, 6, 3}) {
  at::manual_seed(2);
  ff::Network network(ff::NetworkOptions{
      .input = {1, 1, 5}, .layers = perceptron_layers(widths, activation)});
  network->to(at::kDouble);
  return network;
}

/// Six images 1x1x5 of three classes: what a learner is made with whose gradient a test then takes
/// at rows of its own.
inline ImageSet six_images() {
  return {at::arange(30, at::kByte).view({6, 1, 1, 5}), six_labels(), 3, {{0.5}, {0.5}}};
}

/// Options of a learner with such a network.
inline baselines::NetworkLearnerOptions small_options(const std::string& activation,
                                                      std::vector<std::int64_t> widths = {
                                                          4, 6, 3}) {
  return {.layers = perceptron_layers(widths, activation),
          .optimizer = {.type = "sgd", .learning_rate = 0.1}};
}

/// <a, b> over all entries of both, by name; names of one alone are left out.
inline double inner(const TensorDict& a, const TensorDict& b) {
  double sum = 0;
  for (const auto& [name, tensor] : a) {
    const auto found = b.find(name);
    if (found != b.end()) sum += (tensor * found->second).sum().item<double>();
  }
  return sum;
}

}  // namespace ff::test
