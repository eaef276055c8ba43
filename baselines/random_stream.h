// Random numbers of a learning rule, separate from those of the initial weights and of the sample
// order, so that all rules start from the same weights and see the same batches for a seed.
#pragma once

#include <cstdint>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "ff/nn/pass.h"

namespace ff::baselines {

/// Provides one generator per draw, seeded from the current seed of the default CPU generator (XOR
/// 0x46454544).
class RandomStream {
 public:
  RandomStream();

  /// Returns a new CPU generator, reproducible from the seed and the number of the draw.
  /// Pass::kTrain advances to the next draw; other passes return the generator of the next training
  /// draw without advancing.
  at::Generator next(Pass pass);

  /// The seed and the number of draws, int64 (2), for checkpoints; shares storage with the stream.
  const at::Tensor& state() const { return state_; }

 private:
  at::Tensor state_;
};

}  // namespace ff::baselines
