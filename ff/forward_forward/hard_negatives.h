// Hard negatives: wrong labels that the classifier finds likely (Hinton 2022, section 3.3; ffnew.m,
// lines 197 and 198).
#pragma once

#include <ATen/core/Tensor.h>

namespace ff {

/// One wrong label for each row, drawn with the probabilities that softmax of logits (B, C) leaves
/// once the row's own label, int64 (B), is ruled out. One uniform number a row from the default CPU
/// generator, whatever the device. Returns int64 (B); never the own label.
at::Tensor draw_hard_labels(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace ff
