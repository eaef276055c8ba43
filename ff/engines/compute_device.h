// Compute devices: selection, synchronisation and peak memory.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace ff {

/// True if LibTorch can use a GPU. Loads its CUDA libraries if a driver is present.
bool cuda_is_available();

/// Device names accepted by pick_device: "auto, cpu, cuda, cuda:N, emulated"; and a test for them.
extern const char* const kDeviceNames;
bool is_device_name(const std::string& name);

/// Returns the device called `name`. "auto": a GPU if available, else the CPU; "cpu"; "cuda" or
/// "cuda:N"; "emulated": the CPU, on which the GPU engine runs its own kernels, slowly
/// (ff/engines/gpu/emulated_device.h). Throws std::invalid_argument if the name is none of these or
/// the GPU does not exist.
at::Device pick_device(const std::string& name);

/// Returns "cpu", "cuda:0" or "emulated".
std::string to_text(const at::Device& device);

/// Returns the hardware's model name.
std::string device_name(const at::Device& device);

/// Waits until all work enqueued on the device has finished.
void synchronize(const at::Device& device);

/// Resets the peak measured by peak_memory_bytes.
void reset_peak_memory(const at::Device& device);

/// Returns the peak since reset_peak_memory: on a CPU, of the process's resident set size; on a
/// GPU, of the bytes allocated by tensors. 0 if the system does not report it.
std::int64_t peak_memory_bytes(const at::Device& device);

}  // namespace ff
