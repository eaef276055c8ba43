// StackedParameter: a parameter of several networks trained simultaneously, in one tensor.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/engines/gpu/kernels/update.h"
#include "ff/optim/optimizer.h"

namespace ff::gpu {

/// A network's parameter tensor, with its optimizer's state and options.
struct ParameterOf {
  at::Tensor tensor;
  TensorDict state;  // Optimizer::state()
  OptimizerOptions optimizer;
};

/// The same parameter of one or more networks, consecutive in memory. The networks' tensors and
/// optimizer states stay valid: with several networks they become views of the stacked tensors.
/// Steps are counted on the device; add_steps() updates the optimizers' counts. May also hold a
/// buffer without optimizer state, which is not trained.
template <class T>
class StackedParameter {
 public:
  /// `name` is the key in the optimizers' state. Throws c10::Error if the networks' shapes differ.
  StackedParameter(const std::string& name, std::vector<ParameterOf> networks);

  Learned<T> learned() const;

  /// (networks, ...)
  const at::Tensor& values() const { return values_; }
  std::int64_t size() const { return values_[0].numel(); }

  /// Returns each network's update rule, at the current learning rate, and its step count.
  std::vector<UpdateRule> rules() const;
  std::vector<std::int64_t> steps() const;

  /// Adds `steps` to the optimizers' step counts, after the device has performed them.
  void add_steps(std::int64_t steps);

 private:
  std::string name_;
  std::vector<ParameterOf> networks_;
  at::Tensor values_, first_, second_;
  bool learns_ = false;
};

}  // namespace ff::gpu
