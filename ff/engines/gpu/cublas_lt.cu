#include <dlfcn.h>
#include <string>

#include "ff/engines/gpu/cublas_lt.h"
#include "ff/engines/gpu/device.h"

namespace ff::gpu {
namespace {

// LibTorch's CUDA libraries have loaded it already, so its soname suffices.
const std::string kLibrary = "libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR);

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function) throw DeviceError("CUDA: " + kLibrary + " has no " + name);
}

CublasLt load() {
  void* library = dlopen(kLibrary.c_str(), RTLD_NOW);
  if (!library)
    throw DeviceError("CUDA: " + kLibrary + ", which is part of LibTorch, cannot be loaded");
  CublasLt lt;
  find(library, "cublasLtCreate", lt.create);
  find(library, "cublasLtDestroy", lt.destroy);
  find(library, "cublasLtMatmul", lt.matmul);
  find(library, "cublasLtMatmulAlgoGetHeuristic", lt.heuristic);
  find(library, "cublasLtMatmulDescCreate", lt.operation_create);
  find(library, "cublasLtMatmulDescDestroy", lt.operation_destroy);
  find(library, "cublasLtMatmulDescSetAttribute", lt.operation_set);
  find(library, "cublasLtMatrixLayoutCreate", lt.layout_create);
  find(library, "cublasLtMatrixLayoutDestroy", lt.layout_destroy);
  find(library, "cublasLtMatrixLayoutSetAttribute", lt.layout_set);
  find(library, "cublasLtMatmulPreferenceCreate", lt.preference_create);
  find(library, "cublasLtMatmulPreferenceDestroy", lt.preference_destroy);
  find(library, "cublasLtMatmulPreferenceSetAttribute", lt.preference_set);
  find(library, "cublasLtGetStatusString", lt.status_text);
  return lt;
}

}  // namespace

const CublasLt& cublas_lt() {
  static const CublasLt lt = load();
  return lt;
}

void check(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw DeviceError(std::string("CUDA: cuBLASLt: ") + what + ": " +
                    cublas_lt().status_text(status));
}

}  // namespace ff::gpu
