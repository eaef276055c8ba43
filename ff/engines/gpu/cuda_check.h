// CUDA error codes as exceptions. For .cu files: CUDA runtime only, no LibTorch.
#pragma once

#include <string>

#include <cuda_runtime.h>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// Throws DeviceError with the failed operation `what` and CUDA's message, on one line.
inline void check(cudaError_t error, const std::string& what) {
  if (error == cudaSuccess) return;
  throw DeviceError("CUDA: " + what + ": " + cudaGetErrorString(error) + " (" +
                    cudaGetErrorName(error) + ")");
}

}  // namespace ff::gpu
