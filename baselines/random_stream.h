// Random numbers of a rule's own, apart from those of the weights and of the images' order: rules
// at one seed begin with the same weights and see the same batches.
#pragma once

#include <cstdint>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "ff/nn/pass.h"

namespace ff::baselines {

/// A generator for each draw, all of them from the seed that the default CPU generator was last
/// given.
class RandomStream {
 public:
  RandomStream();

  /// A fresh CPU generator, the same for the same draw. Pass::kTrain counts it; another pass looks
  /// ahead at the next.
  at::Generator next(Pass pass);

  /// The seed and the draws so far, int64 (2), live: what a checkpoint keeps.
  const at::Tensor& state() const { return state_; }

 private:
  at::Tensor state_;
};

}  // namespace ff::baselines
