// Which device the engine for GPUs runs on, where it runs at all.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// Makes the device that computes where tensors at `place` are.
using DeviceMaker = std::function<std::shared_ptr<Device>(const at::Device& place)>;

/// Whether tensors at `place` are a GPU's, or the host's that emulates one.
bool is_gpu(const at::Device& place);

/// Why the engine cannot run there; empty when it can.
std::string reason_against(const at::Device& place);

/// Such a device. Throws DeviceError when it cannot be had.
std::shared_ptr<Device> make_device(const at::Device& place);

/// From now on the CPU counts as a GPU, whose devices `maker` makes; null: no longer. For tests and
/// for --device emulated.
void emulate(DeviceMaker maker);
bool emulated();

}  // namespace ff::gpu
