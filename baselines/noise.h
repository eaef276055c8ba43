// Random numbers of a rule's own, which leave those of the weights and of the images' order alone.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace ff::baselines {

/// Standard normal numbers of the shape, type and device of `like`, drawn on the CPU.
at::Tensor normal_like(const at::Tensor& like, at::Generator generator);

/// While it lives, the default CPU generator is another one, seeded from the seed that it was last
/// given; then it is as it was. For modules that draw their own weights.
class OwnDraws {
 public:
  OwnDraws();
  ~OwnDraws();
  OwnDraws(const OwnDraws&) = delete;
  OwnDraws& operator=(const OwnDraws&) = delete;

 private:
  at::Tensor state_;
};

}  // namespace ff::baselines
