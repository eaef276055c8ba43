// The CUDA implementation of Device. Includes neither LibTorch nor CUDA headers; built only with a
// CUDA toolkit.
#pragma once

#include <cstddef>
#include <memory>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// Creates a device for GPU number `index`. `workspace` is device memory used by matrix products
/// only; it must outlive the device. LibTorch's CUDA libraries must have been loaded
/// (ff/engines/compute_device.h). Throws DeviceError.
///
/// The device uses its own blocking stream, which synchronises implicitly with the default stream:
/// it is ordered with respect to LibTorch's work before and after.
std::unique_ptr<Device> make_cuda_device(int index, void* workspace, std::size_t bytes);

/// Compute capability times 10 (89, 90) of a GPU, and the lowest that the kernels are built for.
int compute_capability(int index);
int least_capability();

}  // namespace ff::gpu
