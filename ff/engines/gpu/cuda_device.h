// A CUDA device. No LibTorch and no header of CUDA's: only built where there is a toolkit.
#pragma once

#include <cstddef>
#include <memory>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// GPU number `index`. `workspace` is memory there, for products alone, which outlives the device.
/// LibTorch's CUDA half must have been loaded (ff/engines/compute_device.h). Throws DeviceError.
///
/// It asks on a stream of its own, which waits for the default stream and is waited for by it: what
/// LibTorch does there before and after is in order.
std::unique_ptr<Device> make_cuda_device(int index, void* workspace, std::size_t bytes);

/// 10 times the compute capability of a GPU: 89, 90; and the least that the kernels are built for.
int compute_capability(int index);
int least_capability();

}  // namespace ff::gpu
