// CUDA's errors as exceptions. For .cu files: CUDA's runtime, no LibTorch.
#pragma once

#include <string>

#include <cuda_runtime.h>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// Throws DeviceError with `what` was tried and what CUDA says, in one line.
inline void check(cudaError_t error, const std::string& what) {
  if (error == cudaSuccess) return;
  throw DeviceError("CUDA: " + what + ": " + cudaGetErrorString(error) + " (" +
                    cudaGetErrorName(error) + ")");
}

}  // namespace ff::gpu
