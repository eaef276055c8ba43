// Checks of the CUDA libraries that need no GPU: they can be loaded, and accept the requested
// settings.
#include <dlfcn.h>
#include <string>

#include <ATen/Parallel.h>

#include "ff/engines/compute_device.h"
#include "ff/engines/gpu/cublas_lt.h"
#include "ff/engines/gpu/cuda_device.h"
#include "ff/engines/gpu/cuda_products.h"
#include "tests/catch.h"

namespace {

std::string file_of(void* symbol) {
  Dl_info info = {};
  return dladdr(symbol, &info) ? info.dli_fname : "";
}

// LibTorch loads the library together with its CUDA part; without a GPU, load it from the folder of
// its wheel.
bool load_cublas_lt() {
  const auto torch = file_of(reinterpret_cast<void*>(&at::get_num_threads));
  const auto packages = torch.substr(0, torch.rfind("/torch/lib/"));
  const auto file = packages + "/nvidia/cu" + std::to_string(CUBLAS_VER_MAJOR) +
                    "/lib/libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR);
  return dlopen(file.c_str(), RTLD_NOW) != nullptr;
}

}  // namespace

TEST_CASE("LibTorch's CUDA runtime is its own, not the program's", "[gpu]") {
  auto* symbol = dlsym(RTLD_DEFAULT, "cudaGetDeviceCount");
  REQUIRE(symbol);  // also a dependency of LibTorch's CPU part
  CHECK(file_of(symbol).find("libcudart.so") != std::string::npos);
}

TEST_CASE("cuBLASLt has every function that is used, and takes the descriptions of products",
          "[gpu]") {
  if (!load_cublas_lt()) {
    WARN("LibTorch's cuBLASLt is not where its wheel has it: not looked at");
    return;
  }
  CHECK(ff::gpu::cublas_lt().matmul != nullptr);
  for (const auto operands : {ff::gpu::Number::kFloat, ff::gpu::Number::kBFloat16}) {
    for (const bool transposed : {false, true}) {
      const ff::gpu::Product product = {.a = {nullptr, transposed, 128 * 784},
                                        .b = {nullptr, !transposed, 784 * 512},
                                        .out = nullptr,
                                        .m = 128,
                                        .n = 512,
                                        .k = 784,
                                        .networks = 8,
                                        .operands = operands,
                                        .result = ff::gpu::Number::kFloat};
      CHECK_NOTHROW(ff::gpu::ProductPlan(product));
    }
  }
}

TEST_CASE("a GPU that is not there is an error of one line", "[gpu]") {
  if (ff::cuda_is_available()) return;
  try {
    ff::gpu::compute_capability(0);
    FAIL("there is no GPU");
  } catch (const ff::gpu::DeviceError& error) {
    const std::string text = error.what();
    CHECK(text.starts_with("CUDA: its capability: "));
    CHECK(text.find('\n') == std::string::npos);
  }
}
