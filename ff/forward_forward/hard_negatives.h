// Hard negatives: wrong labels sampled from the classifier's predictions (Hinton 2022, section 3.3;
// ffnew.m, lines 197 and 198).
#pragma once

#include <ATen/core/Tensor.h>

namespace ff {

/// Draws one wrong label per sample with probability
///   p(c) = exp(logit_c) / sum over c' != label of exp(logit_c'),  c != label
/// for logits (B, C) and labels int64 (B). Uses one uniform number per sample from the default CPU
/// generator, on any device. Returns int64 (B).
at::Tensor draw_hard_labels(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace ff
