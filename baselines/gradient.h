// Gradient of a learning rule on a batch, and that of backpropagation.
#pragma once

#include "ff/nn/network.h"

namespace ff::baselines {

/// Gradient by parameter name, in the optimizer's sign convention (w <- w - lr * gradient). `loss`
/// is the batch loss, detached: a scalar, or (k) if k layers have losses of their own.
struct Gradient {
  at::Tensor loss;
  TensorDict by_name;
};

/// Backpropagation of the mean cross-entropy of samples `inputs` (N, C*H*W) with labels (N).
Gradient backpropagate(const NetworkImpl& network,
                       const at::Tensor& inputs,
                       const at::Tensor& labels,
                       Pass pass);

/// The same, restricted to `parameters` of the network.
Gradient backpropagate(const NetworkImpl& network,
                       const at::Tensor& inputs,
                       const at::Tensor& labels,
                       Pass pass,
                       const std::vector<NamedParameter>& parameters);

/// Returns the gradient of sum_i <outputs[i], directions[i]> with respect to `parameters`, by name.
/// An undefined direction means 1 and requires a scalar output.
TensorDict gradients_of(const std::vector<at::Tensor>& outputs,
                        const std::vector<at::Tensor>& directions,
                        const std::vector<NamedParameter>& parameters);

}  // namespace ff::baselines
