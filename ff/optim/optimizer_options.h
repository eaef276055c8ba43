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
    visit("learning_rate",
          self.learning_rate,
          above(0),
          "Learning rate; default: 0.1 for Forward-Forward layers, 0.01 for a head and for other "
          "rules.");
    visit(
        "beta1", self.beta1, half_open(0, 1), "Adam: decay rate of the running mean of gradients.");
    visit("beta2",
          self.beta2,
          half_open(0, 1),
          "Adam: decay rate of the running mean of squared gradients.");
    visit("epsilon", self.epsilon, at_least(0), "Adam: added to the denominator.");
    visit("momentum", self.momentum, half_open(0, 1), "SGD: momentum factor.");
    visit("weight_decay", self.weight_decay, at_least(0), "L2 penalty, added to the gradient.");
    visit("decoupled_decay",
          self.decoupled_decay,
          any(),
          "false: weight_decay is added to the gradient and so enters momentum; true: decoupled "
          "(AdamW), each step multiplies the parameter by 1 - learning_rate x weight_decay.");
    visit("decay_biases",
          self.decay_biases,
          any(),
          "Whether weight_decay also applies to biases and thresholds, as in PyTorch, or only to "
          "weights.");
    visit("batch_manhattan",
          self.batch_manhattan,
          any(),
          "SGD: replace the batch gradient by its sign, before weight decay and momentum (Liao et "
          "al. 2016); every weight then changes by the learning rate, so use a small one.");
    visit("cooldown",
          self.cooldown,
          half_open(0, 1),
          "Fraction of the epochs after which the learning rate decreases linearly, to nearly 0 in "
          "the last epoch (Hinton's code: 0.5); null: constant.");
  }
  static std::vector<std::string> names();
};

}  // namespace ff
