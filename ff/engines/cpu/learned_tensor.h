// LearnedTensor: the fused engine's view of a parameter. Shares the state tensors of
// ff/optim/optimizer.h's optimizers, which it steps with its own inner loops (ff/math/update.h).
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "ff/engines/cpu/kernels/kernels.h"
#include "ff/optim/optimizer.h"

namespace ff::fused {

/// Returns the option that the fused engine does not support, e.g. "optimizer.type lion", or "".
std::string missing_update(const OptimizerOptions& options);

/// Returns the update rule of the parameter called `name` ("weight", "layers.0.bias", ...), at
/// learning-rate scale 1.
UpdateRule rule_of(const OptimizerOptions& options, const std::string& name);

/// A parameter tensor with its optimizer state. Counts steps in the state, as the optimizer would.
template <class T>
class LearnedTensor {
 public:
  /// `state` is FFBase::optimizer_state() or Optimizer::state(); its tensors are shared. A tensor
  /// without state (a fixed threshold) is not trained.
  LearnedTensor(const at::Tensor& tensor,
                const std::string& name,
                const TensorDict& state,
                const OptimizerOptions& options);

  bool learns() const { return learns_; }

  /// Increments the step count and returns the constants of the step.
  Update<T> begin_step();

  /// Pointers to the values and the moments; all have the same memory layout.
  Parameter<T> parameter() const { return parameter_; }

 private:
  UpdateRule rule_;
  at::Tensor tensor_, first_, second_, step_, lr_scale_;  // own the memory of parameter_
  Parameter<T> parameter_;
  bool learns_ = false;
};

}  // namespace ff::fused
