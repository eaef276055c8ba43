#include "ff/engines/gpu/devices.h"

#ifdef FF_WITH_CUDA
#include "ff/engines/gpu/cuda_device.h"
#include "ff/engines/gpu/memory.h"
#endif

namespace ff::gpu {
namespace {

DeviceMaker& emulator() {
  static DeviceMaker maker;
  return maker;
}

}  // namespace

void emulate(DeviceMaker maker) { emulator() = std::move(maker); }

bool emulated() { return emulator() != nullptr; }

bool is_gpu(const at::Device& place) {
#ifdef FF_WITH_CUDA
  if (place.is_cuda()) return true;
#endif
  return place.is_cpu() && emulated();
}

std::string reason_against([[maybe_unused]] const at::Device& place) {
#ifdef FF_WITH_CUDA
  if (!place.is_cuda()) return {};
  const auto text = [](int capability) {
    return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
  };
  try {
    const auto has = compute_capability(place.index()), needs = least_capability();
    if (has >= needs) return {};
    return "a GPU of compute capability " + text(has) + " (built for " + text(needs) + " and up)";
  } catch (const DeviceError& error) {
    return std::string("this GPU (") + error.what() + ")";
  }
#endif
  return {};
}

#ifdef FF_WITH_CUDA
namespace {

// Workspace of cuBLASLt; NVIDIA recommends 32 MiB for Hopper.
constexpr std::int64_t kWorkspaceBytes = 32 << 20;

struct CudaWithWorkspace {
  at::Tensor workspace;
  std::unique_ptr<Device> device;  // destroyed before its workspace
};

}  // namespace
#endif

std::shared_ptr<Device> make_device(const at::Device& place) {
  if (place.is_cpu() && emulated()) return emulator()(place);
#ifdef FF_WITH_CUDA
  if (place.is_cuda()) {
    const auto both = std::make_shared<CudaWithWorkspace>();
    both->workspace = tensor_of<std::uint8_t>({kWorkspaceBytes}, place);
    both->device =
        make_cuda_device(place.index(), both->workspace.mutable_data_ptr(), kWorkspaceBytes);
    return {both, both->device.get()};
  }
#endif
  throw DeviceError("no GPU engine for device " + place.str());
}

}  // namespace ff::gpu
