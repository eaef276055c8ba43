#include "ff/forward_forward/hard_negatives.h"

#include <limits>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/separate_seed.h"

namespace ff {

at::Tensor draw_hard_labels(const at::Tensor& logits, const at::Tensor& labels) {
  const auto own = labels.unsqueeze(1);
  const auto others =
      logits.scatter(/*dim=*/1, own, -std::numeric_limits<float>::infinity()).softmax(/*dim=*/1);
  const auto up_to = others.cumsum(/*dim=*/1);
  // Inverse transform sampling. Scaled by the actual sum, which rounding may keep below 1.
  const auto uniform = draw_uniforms(logits.size(0)).to(logits.options());
  const auto wanted = uniform * up_to.narrow(/*dim=*/1, up_to.size(1) - 1, 1);
  const auto drawn = (up_to <= wanted).sum(/*dim=*/1);
  // uniform < 1, but the product may round up to the sum: clamp to the last possible label.
  const auto last = others.size(1) - 1 - (others.flip({1}) > 0).to(at::kByte).argmax(/*dim=*/1);
  return at::minimum(drawn, last);
}

}  // namespace ff
