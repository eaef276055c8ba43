// Peer normalisation (Hinton 2022, section 4.2.2 and ffnew.m): a regulariser that pulls each unit's
// mean activation, over positive samples, towards the mean of its layer:
//
//   m <- momentum * m + (1 - momentum) * mean_n a_n         (running mean per unit)
//   L <- L + weight * sum_j (m_j - mean(m)) * mean_n z_nj   (with m held constant)
#pragma once

#include <ATen/core/Tensor.h>

#include "ff/forward_forward/peer_options.h"

namespace ff {

/// Updates the running mean: mean (D) <- momentum * mean + (1 - momentum) * mean_n a_n, for
/// activations a (B, D).
void update_mean_activation(at::Tensor mean, const at::Tensor& activations, double momentum);

/// Returns the loss term weight * sum_j (mean_j - mean(mean)) * mean_n z_nj, for preactivations z
/// (B, D) of positive samples -> scalar. Its gradient at z is that of ffnew.m, line 154, for a loss
/// averaged over positives and negatives. It bypasses the activation function, so that inactive
/// ReLUs receive it too.
at::Tensor peer_term(const at::Tensor& mean, const at::Tensor& z, double weight);

}  // namespace ff
