// NVIDIA's cuBLASLt, loaded when a GPU is used: the library that LibTorch brings, which nothing is
// linked to, so that the program starts where there is none. For .cu files.
#pragma once

#include <cublasLt.h>

namespace ff::gpu {

/// The functions of it that are used, by their names without the prefix.
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

/// Loads it once. Throws DeviceError when it is not there, or lacks one of them.
const CublasLt& cublas_lt();

/// Throws DeviceError with `what` was tried and what the library says.
void check(cublasStatus_t status, const char* what);

}  // namespace ff::gpu
