#include "ff/engines/compute_device.h"

#include <dlfcn.h>
#include <fstream>
#include <stdexcept>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <c10/core/CachingDeviceAllocator.h>
#include <torch/cuda.h>

#include "ff/engines/gpu/devices.h"
#include "ff/engines/gpu/emulated_device.h"

namespace ff {
namespace {

// Returns the value of "key: value" in a file of /proc, without leading spaces.
std::string proc_value(const std::string& file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const auto begin = line.find_first_not_of(" \t", line.find(':') + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

// Loads LibTorch's CUDA libraries on demand and only if a driver is present: they are large. Must
// run before LibTorch is first queried about CUDA, because it caches the answer.
struct CudaLibraries {
#ifdef FF_WITH_CUDA
  static constexpr bool built = true;
#else
  static constexpr bool built = false;
#endif
  void* driver = built ? dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) : nullptr;
  void* torch = driver ? dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) : nullptr;
  std::string reason() const {
    if (!built) return "this program was built for the CPU only";
    if (!driver) return "no CUDA driver (libcuda.so.1) on this machine";
    return torch ? "" : "this LibTorch has no CUDA (libtorch_cuda.so)";
  }
};

const CudaLibraries& cuda_libraries() {
  static const CudaLibraries libraries;
  return libraries;
}

std::string cuda_device_name(int index) {
  using Get = int (*)(int*, int);
  using GetName = int (*)(char*, int, int);
  const auto get = reinterpret_cast<Get>(dlsym(cuda_libraries().driver, "cuDeviceGet"));
  const auto name = reinterpret_cast<GetName>(dlsym(cuda_libraries().driver, "cuDeviceGetName"));
  int device = 0;
  char text[256] = "";
  if (!get || !name || get(&device, index) != 0 || name(text, sizeof text, device) != 0) return "";
  return text;
}

constexpr std::string_view kNumbered = "cuda:";

at::Device cuda_device(const std::string& name) {
  const auto reason = cuda_libraries().reason();
  const auto count = reason.empty() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (count == 0) {
    throw std::invalid_argument("--device " + name + ": no CUDA device found" +
                                (reason.empty() ? "" : " (" + reason + ")") + "; use --device cpu");
  }
  const int index = name == "cuda" ? 0 : std::stoi(name.substr(kNumbered.size()));
  if (index >= count) {
    throw std::invalid_argument("--device " + name + ": there are " + std::to_string(count) +
                                " CUDA devices, counted from 0");
  }
  return {at::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

}  // namespace

bool cuda_is_available() {
  return cuda_libraries().reason().empty() && torch::cuda::is_available();
}

const char* const kDeviceNames = "auto, cpu, cuda, cuda:N, emulated";

bool is_device_name(const std::string& name) {
  if (name == "auto" || name == "cpu" || name == "cuda" || name == "emulated") return true;
  if (!name.starts_with(kNumbered)) return false;
  const auto digits = name.substr(kNumbered.size());
  return !digits.empty() && digits.size() <= 3 &&
         digits.find_first_not_of("0123456789") == std::string::npos;
}

at::Device pick_device(const std::string& name) {
  if (!is_device_name(name)) {
    throw std::invalid_argument("--device " + name + ": allowed: " + kDeviceNames);
  }
  if (name == "cpu") return at::kCPU;
  if (name == "auto") return cuda_is_available() ? cuda_device("cuda") : at::Device(at::kCPU);
  if (name != "emulated") return cuda_device(name);
  gpu::emulate([](const at::Device&) { return std::make_shared<gpu::HostDevice>(); });
  return at::kCPU;
}

std::string to_text(const at::Device& device) {
  if (device.is_cuda()) return "cuda:" + std::to_string(device.index());
  return gpu::emulated() ? "emulated" : "cpu";
}

std::string device_name(const at::Device& device) {
  if (device.is_cpu()) return proc_value("/proc/cpuinfo", "model name");
  const auto name = cuda_device_name(device.index());
  return name.empty() ? to_text(device) : name;
}

void synchronize(const at::Device& device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

void reset_peak_memory(const at::Device& device) {
  if (device.is_cuda()) at::getDeviceAllocator(device.type())->resetPeakStats(device.index());
  if (!device.is_cpu()) return;
#ifdef __GLIBC__
  malloc_trim(0);  // return freed memory, so that it does not count
#endif
  // Writing 5 resets the peak resident set size, VmHWM (man proc, clear_refs).
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::int64_t peak_memory_bytes(const at::Device& device) {
  if (device.is_cuda()) {
    const auto stats = at::getDeviceAllocator(device.type())->getDeviceStats(device.index());
    return stats.allocated_bytes[0].peak;
  }
  const auto kilobytes = proc_value("/proc/self/status", "VmHWM");
  return kilobytes.empty() ? 0 : std::stoll(kilobytes) * 1024;
}

}  // namespace ff
