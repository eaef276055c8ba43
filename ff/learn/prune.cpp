#include "ff/learn/prune.h"

#include <cmath>

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff {
namespace {

// Returns the indices of the `count` smallest entries of |flat|; stable sort, for ties by index.
at::Tensor smallest(const at::Tensor& flat, std::int64_t count) {
  const auto order =
      std::get<1>(at::sort(flat.abs(), /*stable=*/true, /*dim=*/0, /*descending=*/false));
  return order.narrow(/*dim=*/0, /*start=*/0, count);
}

void prune_together_(const std::vector<at::Tensor>& weights, double ratio) {
  std::vector<at::Tensor> flat;
  for (const auto& weight : weights) flat.push_back(weight.reshape({-1}));
  auto all = at::cat(flat);
  all.index_fill_(/*dim=*/0, smallest(all, prune_count(ratio, all.numel())), 0);
  std::int64_t offset = 0;
  for (const auto& weight : weights) {
    weight.copy_(all.narrow(/*dim=*/0, offset, weight.numel()).view(weight.sizes()));
    offset += weight.numel();
  }
}

}  // namespace

std::int64_t prune_count(double ratio, std::int64_t n) {
  const double exact = ratio * static_cast<double>(n);
  return std::min(n, static_cast<std::int64_t>(std::floor(exact * (1 + 1e-12))));
}

void prune_(const std::vector<at::Tensor>& weights, double ratio, const std::string& scope) {
  at::NoGradGuard no_grad;
  if (scope == "network") {
    prune_together_(weights, ratio);
  } else {
    for (const auto& weight : weights) prune_together_({weight}, ratio);
  }
}

}  // namespace ff
