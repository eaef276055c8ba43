// Optimizers with Python's rounding. torch::optim's Adam multiplies and adds where Python's uses
// lerp_, so its weights differ in the last bits; these repeat Python's operations one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/core/fields.h"
#include "ff/core/tensor_dict.h"

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

/// The weight decay of a parameter of this name ("weight", "layers.0.bias", ...).
double decay_of(const OptimizerOptions& options, const std::string& name);

/// What `options.cooldown` makes of the learning rate in epoch `epoch` (from 0) of `epochs`: 1, or
/// (epochs - epoch) over the number of epochs of the cooldown (Hinton's ffnew.m, but for 1/epochs).
double rate_factor(const OptimizerOptions& options, std::int64_t epoch, std::int64_t epochs);

/// A parameter and the name under which its optimizer state is saved.
struct NamedParameter {
  std::string name;
  at::Tensor tensor;
};

/// Updates the parameters it was given from their `.grad`. Parameters without one are left alone.
class Optimizer {
 public:
  Optimizer(const OptimizerOptions& options, std::vector<NamedParameter> parameters);
  virtual ~Optimizer() = default;

  /// Sets every gradient to "none", as Python's zero_grad() does.
  void zero_grad();

  /// Takes `gradients` by parameter name; a parameter that is not among them has none.
  void set_gradients(const TensorDict& gradients);

  /// One update of every parameter that has a gradient.
  virtual void step() = 0;

  /// Multiplies the learning rate from here on.
  void set_rate_factor(double factor);

  /// Live state tensors by name: "rate_factor", "weight.exp_avg", ...; what resuming needs, and
  /// what an engine shares that steps in this optimizer's place.
  virtual TensorDict state() const;

 protected:
  double learning_rate() const;
  OptimizerOptions options_;
  std::vector<NamedParameter> parameters_;

 private:
  at::Tensor rate_factor_;  // float64 (1), on the CPU
};

/// Throws std::invalid_argument for an unknown `options.type`.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::vector<NamedParameter> parameters);

}  // namespace ff
