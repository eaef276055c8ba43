// What a rule would have the weights do on a batch, and how backpropagation would.
#pragma once

#include "ff/nn/network.h"

namespace ff::baselines {

/// By parameter name, in the optimizer's sense: a step goes against it. `loss` is that of the
/// batch, a scalar without gradient; (k) where layers have losses of their own.
struct Gradient {
  at::Tensor loss;
  TensorDict by_name;
};

/// Backpropagation's, of the mean cross-entropy of rows (N, C*H*W) against labels (N).
Gradient backpropagate(const NetworkImpl& network,
                       const at::Tensor& rows,
                       const at::Tensor& labels,
                       Pass pass);

/// The same of these `parameters` of the network alone.
Gradient backpropagate(const NetworkImpl& network,
                       const at::Tensor& rows,
                       const at::Tensor& labels,
                       Pass pass,
                       const std::vector<NamedParameter>& parameters);

/// The gradient of the sum of <outputs[i], directions[i]> with respect to `parameters`, by name; an
/// undefined direction stands for 1 and a scalar output.
TensorDict gradients_of(const std::vector<at::Tensor>& outputs,
                        const std::vector<at::Tensor>& directions,
                        const std::vector<NamedParameter>& parameters);

}  // namespace ff::baselines
