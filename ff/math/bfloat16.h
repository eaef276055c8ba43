// bfloat16: the upper half of a float32, the input format of matrix units (tensor cores, AMX). Free
// of LibTorch and CUDA headers, so that CPU and GPU code share one type.
#pragma once

#include <cstdint>
#include <cstring>

#include "ff/math/host_device_code.h"

namespace ff::fused {

struct BFloat16 {
  std::uint16_t bits;

  BFloat16() = default;
  /// Rounds to nearest, ties to even, as LibTorch does; NaN stays NaN.
  FF_HD explicit BFloat16(float value) {
    std::uint32_t whole;
    std::memcpy(&whole, &value, sizeof whole);
    const bool is_nan = (whole & 0x7fffffffU) > 0x7f800000U;
    bits = is_nan ? std::uint16_t(0x7fc0)
                  : static_cast<std::uint16_t>((whole + 0x7fffU + ((whole >> 16) & 1U)) >> 16);
  }
  FF_HD explicit operator float() const {
    const std::uint32_t whole = static_cast<std::uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &whole, sizeof value);
    return value;
  }
};

}  // namespace ff::fused
