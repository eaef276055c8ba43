// Optimizers with Python's rounding. torch::optim's Adam multiplies and adds where Python's uses
// lerp_, so its weights differ in the last bits; these repeat Python's operations one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/fields.h"
#include "ff/tensor_dict.h"

namespace ff {

/// The defaults are PyTorch's but for the rate, which is the talk's for Forward-Forward.
struct OptimizerOptions {
  std::string type = "adam";
  double learning_rate = 0.1;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum = 0;
  double weight_decay = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type", self.type, one_of(names()), "adam, or sgd with momentum; one for each layer.");
    visit("learning_rate",
          self.learning_rate,
          above(0),
          "Step size; where the config gives none, 0.1, and 0.01 for backpropagation.");
    visit("beta1", self.beta1, from_below(0, 1), "Adam: decay of the mean of gradients.");
    visit("beta2", self.beta2, from_below(0, 1), "Adam: decay of the mean of their squares.");
    visit("epsilon", self.epsilon, at_least(0), "Adam: added to the denominator.");
    visit("momentum", self.momentum, from_below(0, 1), "SGD: share of the last step kept.");
    visit("weight_decay",
          self.weight_decay,
          at_least(0),
          "L2 penalty, added to the gradient of every parameter.");
  }
  static std::vector<std::string> names();
};

/// A parameter and the name under which its optimizer state is saved.
struct NamedParameter {
  std::string name;
  at::Tensor tensor;
};

/// Updates the parameters it was given from their `.grad`. Parameters without one are left alone.
class Optimizer {
 public:
  explicit Optimizer(std::vector<NamedParameter> parameters) : parameters_(std::move(parameters)) {}
  virtual ~Optimizer() = default;

  /// Sets every gradient to "none", as Python's zero_grad() does.
  void zero_grad();

  /// One update of every parameter that has a gradient.
  virtual void step() = 0;

  /// Live state tensors by name, such as "weight.exp_avg" and "step"; what resuming needs.
  virtual TensorDict state() const = 0;

 protected:
  std::vector<NamedParameter> parameters_;
};

/// Throws std::invalid_argument for an unknown `options.type`.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::vector<NamedParameter> parameters);

}  // namespace ff
