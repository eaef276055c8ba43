#include "ff/engines/cpu/background.h"

#include <ATen/Functions.h>

namespace ff::fused {

Background find_background(const ImageSet& images) {
  if (images.size() == 0 || images.channels() != 1) return std::nullopt;
  constexpr std::int64_t kLook = 2000;
  const auto bytes = images.images.narrow(0, 0, std::min(kLook, images.size())).reshape({-1});
  const auto counts = bytes.to(at::kLong).bincount({}, 256);
  const auto most = counts.argmax().item<std::int64_t>();
  const auto share = counts[most].item<double>() / static_cast<double>(bytes.numel());
  if (share < 0.5) return std::nullopt;
  return images.table[0][most].item<double>();
}

}  // namespace ff::fused
