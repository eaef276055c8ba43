// Python's `random` module, as far as the original implementation uses it: seed(n) and
// choice(list).
// choice(list).
#pragma once

#include <cstdint>

#include <ATen/core/MT19937RNGEngine.h>
#include <ATen/core/Tensor.h>

namespace ff {

/// CPython's Mersenne Twister (MT19937); returns the same numbers for the same seed.
class PythonRandom {
 public:
  /// random.seed(seed): init_by_array over the 32-bit words of `seed`.
  explicit PythonRandom(std::uint64_t seed);

  /// random.getrandbits(bits) for 1 <= bits <= 32: the top bits of one draw.
  std::uint32_t bits(int bits);

  /// The index that random.choice picks from a list of `size` entries. Throws c10::Error if size <
  /// 1.
  std::int64_t choice(std::int64_t size);

  /// The generator's state, int64 (626), to save and to restore.
  at::Tensor state() const;
  void set_state(const at::Tensor& state);

 private:
  at::mt19937 engine_;
};

/// RAII guard: restores the generator's state in its destructor. Used by diagnostics that must not
/// change training.
class RandomStateGuard {
 public:
  explicit RandomStateGuard(PythonRandom& random) : random_(random), saved_(random) {}
  ~RandomStateGuard() { random_ = saved_; }
  RandomStateGuard(const RandomStateGuard&) = delete;
  RandomStateGuard& operator=(const RandomStateGuard&) = delete;

 private:
  PythonRandom& random_;
  PythonRandom saved_;
};

}  // namespace ff
