#include "ff/device.h"

#include <fstream>
#include <stdexcept>

#include <torch/cuda.h>

#ifdef FF_WITH_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace ff {
namespace {

// The value of "key: value" in a file of /proc, without the spaces around it.
std::string proc_value(const std::string& file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const auto begin = line.find_first_not_of(" \t", line.find(':') + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

at::Device cuda_device(const std::string& name) {
  const auto count = static_cast<int>(torch::cuda::device_count());
  const std::string cure = "; use --device cpu" +
#ifdef FF_WITH_CUDA
                           std::string();
#else
                           std::string(" or build with a CUDA toolkit: this program has none");
#endif
  if (count == 0) throw std::invalid_argument("--device " + name + ": no CUDA device found" + cure);
  int index = 0;
  if (name != "cuda") {
    const auto digits = name.substr(5);
    if (digits.empty() || digits.size() > 3 ||
        digits.find_first_not_of("0123456789") != std::string::npos) {
      throw std::invalid_argument("--device " + name + ": allowed: auto, cpu, cuda, cuda:N");
    }
    index = std::stoi(digits);
  }
  if (index >= count) {
    throw std::invalid_argument("--device " + name + ": there are " + std::to_string(count) +
                                " CUDA devices, counted from 0");
  }
  return {at::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

}  // namespace

at::Device pick_device(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  if (name == "auto")
    return torch::cuda::is_available() ? cuda_device("cuda") : at::Device(at::kCPU);
  if (name == "cuda" || name.starts_with("cuda:")) return cuda_device(name);
  throw std::invalid_argument("--device " + name + ": allowed: auto, cpu, cuda, cuda:N");
}

std::string to_text(const at::Device& device) {
  return device.is_cuda() ? "cuda:" + std::to_string(device.index()) : "cpu";
}

std::string device_name(const at::Device& device) {
#ifdef FF_WITH_CUDA
  if (device.is_cuda()) return at::cuda::getDeviceProperties(device.index())->name;
#endif
  return device.is_cuda() ? to_text(device) : proc_value("/proc/cpuinfo", "model name");
}

void synchronize(const at::Device& device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

void reset_peak_memory(const at::Device& device) {
#ifdef FF_WITH_CUDA
  if (device.is_cuda()) c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
#endif
  // "5" resets the high-water mark of the resident size (man proc, clear_refs).
  if (device.is_cpu()) std::ofstream("/proc/self/clear_refs") << "5";
}

std::int64_t peak_memory_bytes([[maybe_unused]] const at::Device& device) {
#ifdef FF_WITH_CUDA
  if (device.is_cuda()) {
    return c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).allocated_bytes[0].peak;
  }
#endif
  const auto kilobytes = proc_value("/proc/self/status", "VmHWM");
  return kilobytes.empty() ? 0 : std::stoll(kilobytes) * 1024;
}

}  // namespace ff
