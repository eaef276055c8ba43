#include "ff/engines/cpu/background.h"

#include <ATen/Functions.h>

namespace ff::fused {

namespace {

// Returns the value that at least half of the floats have: it must be one of the two medians.
Background most_floats(const at::Tensor& floats) {
  const auto on_cpu = floats.to(at::kCPU);
  const auto count = on_cpu.numel();
  for (const auto rank : {(count + 1) / 2, count / 2 + 1}) {
    const auto middle = std::get<0>(on_cpu.kthvalue(rank));
    if (2 * on_cpu.eq(middle).sum().item<std::int64_t>() >= count) return middle.item<double>();
  }
  return std::nullopt;
}

}  // namespace

Background find_background(const ImageSet& images) {
  if (images.size() == 0 || images.channels() != 1) return std::nullopt;
  constexpr std::int64_t kLook = 2000;
  const auto bytes = images.images.narrow(0, 0, std::min(kLook, images.size())).reshape({-1});
  if (images.floats()) return most_floats(bytes);
  const auto counts = bytes.to(at::kLong).bincount({}, 256);
  const auto most = counts.argmax().item<std::int64_t>();
  const auto share = counts[most].item<double>() / static_cast<double>(bytes.numel());
  if (share < 0.5) return std::nullopt;
  return images.table[0][most].item<double>();
}

Background background_of(const DataInfo& info, const FusedOptions& options) {
  if (options.background != "auto") return std::nullopt;
  return info.resident ? find_background(*info.resident) : info.background;
}

}  // namespace ff::fused
