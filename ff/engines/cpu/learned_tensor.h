// The fused engine's optimizers: the same state tensors as ff/optim/optimizer.h's, other inner
// loops.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "ff/engines/cpu/kernels/kernels.h"
#include "ff/optim/optimizer.h"

namespace ff::fused {

/// What of these options the fused engine does not have ("optimizer.type lion"); empty: it has all.
std::string missing_update(const OptimizerOptions& options);

/// The rule of a parameter of this name ("weight", "layers.0.bias", ...), at the full rate.
UpdateRule rule_of(const OptimizerOptions& options, const std::string& name);

/// One parameter tensor with its optimizer state; counts its steps where autograd's would.
template <class T>
class LearnedTensor {
 public:
  /// `state` is FFBase::optimizer_state() or Optimizer::state(); the tensors are shared, not
  /// copied. A tensor whose state is missing (a fixed threshold) does not learn.
  LearnedTensor(const at::Tensor& tensor,
                const std::string& name,
                const TensorDict& state,
                const OptimizerOptions& options);

  bool learns() const { return learns_; }

  /// Counts a step and returns its constants.
  Update<T> begin_step();

  /// Pointers to the values and their moments; all three have the same layout.
  Parameter<T> parameter() const { return parameter_; }

 private:
  UpdateRule rule_;
  at::Tensor tensor_, first_, second_, step_, rate_factor_;  // keeps what the pointers point to
  Parameter<T> parameter_;
  bool learns_ = false;
};

}  // namespace ff::fused
