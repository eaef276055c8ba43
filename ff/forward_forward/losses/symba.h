// SymBa (Lee and Song 2023, arXiv 2303.08418): softplus(-alpha (g_pos - g_neg)), a loss of pairs
// without a threshold. alpha is one over LossOptions::temperature.
#pragma once

#include <ATen/TensorOperators.h>

#include "ff/forward_forward/loss.h"

namespace ff {

/// How far each pair is the wrong way round: g_neg - g_pos under max-ssq, g_pos - g_neg under
/// min-ssq. (B), (B), rows i belonging together -> (B).
inline at::Tensor wrong_order(const at::Tensor& goodness_pos,
                              const at::Tensor& goodness_neg,
                              Direction direction) {
  return direction == Direction::kMaxSsq ? goodness_neg - goodness_pos
                                         : goodness_pos - goodness_neg;
}

}  // namespace ff
