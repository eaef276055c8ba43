// Peer normalisation (Hinton 2022, section 4.2.2 and ffnew.m): units that are more active than
// their peers, on the average over positive data, are held back, and idle ones are woken.
#pragma once

#include <ATen/core/Tensor.h>

#include "ff/forward_forward/peer_options.h"

namespace ff {

/// mean (D) <- momentum mean + (1 - momentum) mean over the rows of activations (B, D).
void update_mean_activation(at::Tensor mean, const at::Tensor& activations, double momentum);

/// weight sum_j (mean_j - mean of means) mean_n z_nj, z (B, D) the products with bias of positive
/// rows -> scalar. Its gradient at z is that of ffnew.m, line 154, for a loss that is the mean over
/// positives and negatives; it passes no activation, so that a silent ReLU feels it too.
at::Tensor peer_term(const at::Tensor& mean, const at::Tensor& z, double weight);

}  // namespace ff
