// Python's `random` module, as far as the original uses it: seed(n) and choice(list).
#pragma once

#include <cstdint>

#include <ATen/core/MT19937RNGEngine.h>
#include <ATen/core/Tensor.h>

namespace ff {

/// CPython's Mersenne Twister: the same numbers for the same seed.
class PythonRandom {
 public:
  /// random.seed(seed): init_by_array over the 32-bit words of |seed|.
  explicit PythonRandom(std::uint64_t seed);

  /// getrandbits(bits) for 1 <= bits <= 32: the top bits of one draw.
  std::uint32_t bits(int bits);

  /// The index that random.choice takes in a list of `size` entries; size >= 1.
  std::int64_t choice(std::int64_t size);

  /// Where the generator stands, int64 (626), and back.
  at::Tensor state() const;
  void set_state(const at::Tensor& state);

 private:
  at::mt19937 engine_;
};

/// Puts a generator back, at the end of its life, where it stood at the beginning: for looks at
/// training that must not change it.
class KeptRandom {
 public:
  explicit KeptRandom(PythonRandom& random) : random_(random), kept_(random) {}
  ~KeptRandom() { random_ = kept_; }
  KeptRandom(const KeptRandom&) = delete;
  KeptRandom& operator=(const KeptRandom&) = delete;

 private:
  PythonRandom& random_;
  PythonRandom kept_;
};

}  // namespace ff
