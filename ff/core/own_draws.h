// Random numbers that leave those of the weights and of the images' order alone.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace ff {

/// While it lives, the default CPU generator is another one, seeded from the seed that it was last
/// given; then it is as it was. For modules that draw their own weights, and for looks at training
/// that must not change it.
class OwnDraws {
 public:
  OwnDraws();
  ~OwnDraws();
  OwnDraws(const OwnDraws&) = delete;
  OwnDraws& operator=(const OwnDraws&) = delete;

 private:
  at::Tensor state_;
};

/// Uniform numbers in [0, 1) that decide something for each of `count` samples, float (count, 1),
/// from the default CPU generator.
at::Tensor draw_uniforms(std::int64_t count);

}  // namespace ff
