// Selection and creation of the device for the GPU engine.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// Creates a device that computes where tensors at `place` are.
using DeviceMaker = std::function<std::shared_ptr<Device>(const at::Device& place)>;

/// True if tensors at `place` are on a GPU, or on a CPU that emulates one.
bool is_gpu(const at::Device& place);

/// Returns why the GPU engine cannot run there; empty if it can.
std::string reason_against(const at::Device& place);

/// Creates the device for `place`. Throws DeviceError if that fails.
std::shared_ptr<Device> make_device(const at::Device& place);

/// Makes the CPU count as a GPU, with devices created by `maker`; null undoes this. For tests and
/// for --device emulated.
void emulate(DeviceMaker maker);
bool emulated();

}  // namespace ff::gpu
