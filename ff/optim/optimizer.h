// Optimizers with Python's rounding. torch::optim's Adam multiplies and adds where Python's uses
// lerp_, so its weights differ in the last bits; these repeat Python's operations one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/core/tensor_dict.h"
#include "ff/optim/optimizer_options.h"

namespace ff {

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
