// Loss functions of a Forward-Forward layer. With g the goodness, theta the threshold and z the
// amount by which a sample is on the wrong side (max-ssq; min-ssq flips the signs):
//
//   z_pos = theta - g_pos,  z_neg = g_neg - theta
//   softplus   L = mean log(1 + exp(z))    (Hinton 2022, section 2)
//   relu       L = mean max(z, 0)
//   symba      L = mean log(1 + exp(z)), z = alpha (g_neg - g_pos) per pair    (Lee & Song 2023)
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/forward_forward/loss_options.h"

namespace ff {

/// A loss as a function of z, where z > 0 means that the sample is on the wrong side.
struct Loss {
  const char* name;
  at::Tensor (*of)(const at::Tensor& z);  // (M) -> scalar, the mean over M samples
  // Loss and derivative for one sample, for the fused engines; null: not supported by them.
  double (*value)(double z) = nullptr;
  double (*slope)(double z) = nullptr;
  bool paired = false;  // z is per pair of a positive and a negative: g_neg - g_pos
};

/// Returns softplus, relu and symba (listed at the end of ff/math/loss.h, documented in losses/),
/// and the registered losses.
const std::vector<Loss>& losses();
const Loss& find_loss(const std::string& name);

/// Registers a loss; the same rules as for register_goodness.
void register_loss(Loss loss);

/// max-ssq: high goodness for positive samples; min-ssq: low (Hinton 2022, section 5).
enum class Direction { kMaxSsq, kMinSsq };
const std::vector<std::string>& direction_names();
Direction find_direction(const std::string& name);

/// Returns z of both halves, (B), (B), (1) -> (2B), with t the threshold:
///   max-ssq  cat(-(g_pos - t), g_neg - t)
///   min-ssq  cat(g_pos - t, -(g_neg - t))
/// The order of operations is the original's, for bit-equality.
at::Tensor wrong_side(const at::Tensor& goodness_pos,
                      const at::Tensor& goodness_neg,
                      const at::Tensor& threshold,
                      Direction direction);

}  // namespace ff
