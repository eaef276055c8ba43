// Hybrid images: negative data for unsupervised learning, which look right from near and wrong from
// afar (Hinton 2022, section 3.2).
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace ff {

/// Masks of large regions, bool (count, height, width) on `device`: random bits, blurred six times
/// by [1/4, 1/2, 1/4] along both axes with edges repeated, and cut at 1/2. Bits from the default
/// CPU generator, so that every device has the same; the blur, on the device, is exact.
at::Tensor draw_masks(std::int64_t count,
                      std::int64_t height,
                      std::int64_t width,
                      at::Device device = at::kCPU);

/// rows (B, C*H*W) where the mask (B, H, W) is set, else others (B, C*H*W).
at::Tensor mixed(const at::Tensor& rows, const at::Tensor& others, const at::Tensor& masks);

/// The same on the CPU, into `rows`, without allocating; `others` one row after the other.
void mix_into(float* rows,
              const float* others,
              const bool* masks,
              std::int64_t count,
              std::int64_t channels,
              std::int64_t plane);

}  // namespace ff
