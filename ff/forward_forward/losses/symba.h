// SymBa (Lee & Song 2023, arXiv 2303.08418): a pairwise loss without threshold,
//
//   L = mean log(1 + exp(-alpha (g_pos - g_neg))),  alpha = 1 / LossOptions::temperature
#pragma once

#include <ATen/TensorOperators.h>

#include "ff/forward_forward/loss.h"

namespace ff {

/// Returns z of each pair: g_neg - g_pos under max-ssq, g_pos - g_neg under min-ssq. (B), (B) ->
/// (B); entries i form a pair.
inline at::Tensor wrong_order(const at::Tensor& goodness_pos,
                              const at::Tensor& goodness_neg,
                              Direction direction) {
  return direction == Direction::kMaxSsq ? goodness_neg - goodness_pos
                                         : goodness_pos - goodness_neg;
}

}  // namespace ff
