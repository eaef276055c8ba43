#include "ff/core/python_random.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

namespace ff {
namespace {

constexpr int kWords = at::MERSENNE_STATE_N;
using Words = std::array<std::uint32_t, kWords>;

// init_by_array (Matsumoto & Nishimura 2002), which CPython uses for seeding.
Words seeded_by(const std::vector<std::uint32_t>& key) {
  Words w;
  w[0] = 19650218U;
  for (int i = 1; i < kWords; ++i) {
    w[i] = 1812433253U * (w[i - 1] ^ (w[i - 1] >> 30)) + static_cast<std::uint32_t>(i);
  }
  int i = 1;
  const auto next = [&] {
    if (++i == kWords) {
      w[0] = w[kWords - 1];
      i = 1;
    }
  };
  std::size_t j = 0;
  for (std::size_t k = std::max<std::size_t>(kWords, key.size()); k > 0; --k) {
    w[i] = (w[i] ^ ((w[i - 1] ^ (w[i - 1] >> 30)) * 1664525U)) + key[j] +
           static_cast<std::uint32_t>(j);
    j = (j + 1) % key.size();
    next();
  }
  for (int k = kWords - 1; k > 0; --k) {
    w[i] = (w[i] ^ ((w[i - 1] ^ (w[i - 1] >> 30)) * 1566083941U)) - static_cast<std::uint32_t>(i);
    next();
  }
  w[0] = 0x80000000U;
  return w;
}

}  // namespace

PythonRandom::PythonRandom(std::uint64_t seed) {
  std::vector<std::uint32_t> key = {static_cast<std::uint32_t>(seed)};
  if (seed >> 32) key.push_back(static_cast<std::uint32_t>(seed >> 32));
  auto data = engine_.data();
  data.state_ = seeded_by(key);
  data.left_ = 1;  // the next draw generates the next block of 624 words
  data.next_ = 0;
  engine_.set_data(data);
}

std::uint32_t PythonRandom::bits(int bits) { return engine_() >> (32 - bits); }

std::int64_t PythonRandom::choice(std::int64_t size) {
  TORCH_CHECK(size >= 1, "PythonRandom: cannot choose from an empty sequence");
  const int width = std::bit_width(static_cast<std::uint64_t>(size));
  std::int64_t index = bits(width);
  while (index >= size) index = bits(width);
  return index;
}

at::Tensor PythonRandom::state() const {
  const auto data = engine_.data();
  auto state = at::empty({kWords + 2}, at::kLong);
  auto* values = state.mutable_data_ptr<std::int64_t>();
  std::copy(data.state_.begin(), data.state_.end(), values);
  values[kWords] = data.left_;
  values[kWords + 1] = static_cast<std::int64_t>(data.next_);
  return state;
}

void PythonRandom::set_state(const at::Tensor& state) {
  TORCH_CHECK(state.scalar_type() == at::kLong && state.numel() == kWords + 2,
              "PythonRandom: expected int64 (",
              kWords + 2,
              "), got ",
              state.sizes());
  const auto contiguous = state.contiguous();
  const auto* values = contiguous.const_data_ptr<std::int64_t>();
  auto data = engine_.data();
  for (int i = 0; i < kWords; ++i) data.state_[i] = static_cast<std::uint32_t>(values[i]);
  data.left_ = static_cast<int>(values[kWords]);
  data.next_ = static_cast<std::uint32_t>(values[kWords + 1]);
  engine_.set_data(data);
}

}  // namespace ff
