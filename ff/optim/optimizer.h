// Optimizers that are bit-equal to Python's. torch::optim::Adam uses mul_ and add_ where Python's
// Adam uses lerp_, so its weights differ in the last bits; these repeat Python's operations.
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

/// Returns the weight decay of the parameter called `name` ("weight", "layers.0.bias", ...).
double decay_of(const OptimizerOptions& options, const std::string& name);

/// Returns the learning-rate scale that `options.cooldown` gives in epoch `epoch` (from 0) of
/// `epochs`: 1 before the cooldown, then a linear decay,
///   (epochs - epoch) / (epochs - floor(cooldown * epochs))
/// (Hinton's ffnew.m, up to 1/epochs).
double lr_scale(const OptimizerOptions& options, std::int64_t epoch, std::int64_t epochs);

/// A parameter, and the name that prefixes its optimizer state in a checkpoint.
struct NamedParameter {
  std::string name;
  at::Tensor tensor;
};

/// Updates parameters from their `.grad`. Parameters without a gradient are skipped.
class Optimizer {
 public:
  Optimizer(const OptimizerOptions& options, std::vector<NamedParameter> parameters);
  virtual ~Optimizer() = default;

  /// Resets every gradient to undefined, as Python's zero_grad(set_to_none=True).
  void zero_grad();

  /// Sets the gradients by parameter name; parameters missing from `gradients` get none.
  void set_gradients(const TensorDict& gradients);

  /// Updates every parameter that has a gradient.
  virtual void step() = 0;

  /// Sets the learning-rate scale: a factor on the learning rate of all later steps.
  void set_lr_scale(double factor);

  /// Live state tensors by name: "rate_factor" (the learning-rate scale), "weight.exp_avg", ...
  /// They are saved in checkpoints, and shared with the engine that performs the update instead.
  virtual TensorDict state() const;

 protected:
  double learning_rate() const;
  OptimizerOptions options_;
  std::vector<NamedParameter> parameters_;

 private:
  at::Tensor lr_scale_;  // float64 (1), on the CPU
};

/// Creates the optimizer `options.type`. Throws std::invalid_argument if it is unknown.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::vector<NamedParameter> parameters);

}  // namespace ff
