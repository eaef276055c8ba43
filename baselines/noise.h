// Random numbers of a rule's step. All are drawn on the CPU, from the default generator, whose
// state checkpoints keep: a run resumes to the same bits, on whatever device.
#pragma once

#include <ATen/core/Tensor.h>

namespace ff::baselines {

/// Standard normal numbers of the shape, type and device of `like`.
at::Tensor normal_like(const at::Tensor& like);

/// Puts the generator back to where it was, for a look that may not change what is drawn next.
class KeepGenerator {
 public:
  KeepGenerator();
  ~KeepGenerator();
  KeepGenerator(const KeepGenerator&) = delete;
  KeepGenerator& operator=(const KeepGenerator&) = delete;

 private:
  at::Tensor state_;
};

}  // namespace ff::baselines
