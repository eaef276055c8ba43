// Hybrid images: negatives for unsupervised learning, with realistic short-range but unrealistic
// long-range correlations (Hinton 2022, section 3.2).
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace ff {

/// Draws masks with large connected regions, bool (count, height, width) on `device`: random bits,
/// blurred six times by [1/4, 1/2, 1/4] along both axes (edge pixels replicated), and thresholded
/// at 1/2. The bits come from the default CPU generator and the blur is exact, so that the masks
/// are the same on every device.
at::Tensor draw_masks(std::int64_t count,
                      std::int64_t height,
                      std::int64_t width,
                      at::Device device = at::kCPU);

/// Returns rows (B, C*H*W) where the mask (B, H, W) is true, else others (B, C*H*W). Throws
/// c10::Error if the shapes do not match.
at::Tensor mixed(const at::Tensor& rows, const at::Tensor& others, const at::Tensor& masks);

/// As mixed(), on the CPU, in place in `rows` and without allocation; for contiguous (B, C*H*W).
void mix_into(float* rows,
              const float* others,
              const bool* masks,
              std::int64_t count,
              std::int64_t channels,
              std::int64_t plane);

}  // namespace ff
