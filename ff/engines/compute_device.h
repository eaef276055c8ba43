// The device things run on: choosing it, waiting for it, and what it used.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace ff {

/// Whether there is a GPU that LibTorch can use. Loads its CUDA libraries where there is a driver.
bool cuda_is_available();

/// What pick_device takes: "auto, cpu, cuda, cuda:N, emulated"; whether `name` is one of them.
extern const char* const kDeviceNames;
bool is_device_name(const std::string& name);

/// "auto": a GPU when there is one, else the CPU; "cpu"; "cuda" or "cuda:N"; "emulated": the CPU,
/// on which the engine for GPUs then runs its own kernels, slowly
/// (ff/engines/gpu/emulated_device.h). Throws std::invalid_argument when it is none of these, or
/// the GPU does not exist.
at::Device pick_device(const std::string& name);

/// "cpu", "cuda:0", "emulated".
std::string to_text(const at::Device& device);

/// What the hardware calls itself.
std::string device_name(const at::Device& device);

/// Waits until the device has done everything asked of it.
void synchronize(const at::Device& device);

/// Starts a new measurement of the peak; see peak_memory_bytes.
void reset_peak_memory(const at::Device& device);

/// CPU: the largest resident size of the process since reset_peak_memory; CUDA: the most that
/// tensors held on the device. 0 where the system does not say.
std::int64_t peak_memory_bytes(const at::Device& device);

}  // namespace ff
