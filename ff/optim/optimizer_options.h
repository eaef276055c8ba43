// Options of an optimizer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ff/core/fields.h"

namespace ff {

/// Defaults are PyTorch's, except for the learning rate, which is the reference talk's for
/// Forward-Forward.
struct OptimizerOptions {
  std::string type = "adam";
  double learning_rate = 0.1;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum = 0;
  double weight_decay = 0;
  bool decoupled_decay = false;
  bool decay_biases = true;
  bool batch_manhattan = false;
  std::optional<double> cooldown;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type", self.type, one_of(names()), "adam, or sgd with momentum.");
    visit(
        "learning_rate",
        self.learning_rate,
        above(0),
        "Step size; by default 0.1 for Forward-Forward's layers, 0.01 for a head and other rules.");
    visit("beta1", self.beta1, from_below(0, 1), "Adam: decay of the mean of gradients.");
    visit("beta2", self.beta2, from_below(0, 1), "Adam: decay of the mean of their squares.");
    visit("epsilon", self.epsilon, at_least(0), "Adam: added to the denominator.");
    visit("momentum", self.momentum, from_below(0, 1), "SGD: share of the last step kept.");
    visit("weight_decay", self.weight_decay, at_least(0), "L2 penalty, added to the gradient.");
    visit("decoupled_decay",
          self.decoupled_decay,
          any(),
          "false: weight_decay goes into the gradient, and so through momentum; true: each step "
          "shrinks the parameter by learning_rate x weight_decay, beside the gradient.");
    visit("decay_biases",
          self.decay_biases,
          any(),
          "Whether weight_decay is for biases and thresholds too, as in PyTorch, or for weights "
          "alone.");
    visit(
        "batch_manhattan",
        self.batch_manhattan,
        any(),
        "SGD: the sign of the batch's gradient in its place, ahead of decay and momentum (Liao et "
        "al. 2016); each weight then moves by the learning rate alone, which wants it small.");
    visit("cooldown",
          self.cooldown,
          from_below(0, 1),
          "Share of the epochs after which learning rates fall, in equal steps, to nearly 0 in the "
          "last (Hinton's code: 0.5); null: they stay.");
  }
  static std::vector<std::string> names();
};

}  // namespace ff
