// Random draws that do not disturb the generator of the initial weights and the data order.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace ff {

/// RAII guard: while it lives, the default CPU generator runs on a separate seed, derived from its
/// last seed; the destructor restores the saved state. Used by modules that draw their own weights,
/// and by diagnostics that must not change training.
class SeparateSeedGuard {
 public:
  SeparateSeedGuard();
  ~SeparateSeedGuard();
  SeparateSeedGuard(const SeparateSeedGuard&) = delete;
  SeparateSeedGuard& operator=(const SeparateSeedGuard&) = delete;

 private:
  at::Tensor state_;
};

/// Returns `count` samples of U[0, 1), float (count, 1), from the default CPU generator: one random
/// decision per sample.
at::Tensor draw_uniforms(std::int64_t count);

}  // namespace ff
