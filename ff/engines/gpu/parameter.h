// A parameter of several networks that train together, as the kernels see it and as checkpoints do.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/engines/gpu/kernels/update.h"
#include "ff/optim/optimizer.h"

namespace ff::gpu {

/// Where one network keeps a parameter: the tensor, and its optimizer with that optimizer's state.
struct ParameterOf {
  at::Tensor tensor;
  TensorDict state;  // Optimizer::state()
  OptimizerOptions optimizer;
};

/// The same parameter of one or more networks, one after the other in memory. The networks' tensors
/// and their optimizers' go on being theirs: with several networks they are moved, and become views
/// of it. Steps are counted on the device; add_steps keeps the optimizers' own count. A
/// buffer without optimizer may be one, too: it is there and does not learn.
template <class T>
class StackedParameter {
 public:
  /// `name` is what the optimizers' state calls it. Throws c10::Error when the networks differ.
  StackedParameter(const std::string& name, std::vector<ParameterOf> networks);

  Learned<T> learned() const;

  /// (networks, ...)
  const at::Tensor& values() const { return values_; }
  std::int64_t size() const { return values_[0].numel(); }

  /// Each network's rule, at the learning rate of now, and the steps it has made.
  std::vector<UpdateRule> rules() const;
  std::vector<std::int64_t> steps() const;

  /// Counts `steps` more, where the device has made them.
  void add_steps(std::int64_t steps);

 private:
  std::string name_;
  std::vector<ParameterOf> networks_;
  at::Tensor values_, first_, second_;
  bool learns_ = false;
};

}  // namespace ff::gpu
