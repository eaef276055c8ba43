// cuBLASLt, loaded at run time (dlopen) from the library that LibTorch ships: nothing links to it,
// so that the program also starts without it. For .cu files.
#pragma once

#include <cublasLt.h>

namespace ff::gpu {

/// The cuBLASLt functions in use, by their names without the prefix.
struct CublasLt {
  decltype(&cublasLtCreate) create;
  decltype(&cublasLtDestroy) destroy;
  decltype(&cublasLtMatmul) matmul;
  decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic;
  decltype(&cublasLtMatmulDescCreate) operation_create;
  decltype(&cublasLtMatmulDescDestroy) operation_destroy;
  decltype(&cublasLtMatmulDescSetAttribute) operation_set;
  decltype(&cublasLtMatrixLayoutCreate) layout_create;
  decltype(&cublasLtMatrixLayoutDestroy) layout_destroy;
  decltype(&cublasLtMatrixLayoutSetAttribute) layout_set;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create;
  decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set;
  decltype(&cublasLtGetStatusString) status_text;
};

/// Loads the library on first use. Throws DeviceError if it or a function is missing.
const CublasLt& cublas_lt();

/// Throws DeviceError with the failed operation `what` and the library's message.
void check(cublasStatus_t status, const char* what);

}  // namespace ff::gpu
