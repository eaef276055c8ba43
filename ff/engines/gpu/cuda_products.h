// Matrix products with cuBLASLt. For .cu files.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include <cuda_runtime.h>

#include "ff/engines/gpu/cublas_lt.h"
#include "ff/engines/gpu/matrix_product.h"

namespace ff::gpu {

/// A cuBLASLt descriptor of a product. cuBLASLt is column-major and we are row-major, so it
/// computes out^T = b^T a^T on the same memory: its A is our b, its B our a.
class ProductPlan {
 public:
  explicit ProductPlan(const Product& product);
  ~ProductPlan();
  ProductPlan(const ProductPlan&) = delete;
  ProductPlan& operator=(const ProductPlan&) = delete;

  /// Selects the algorithm (heuristic), given the operands' alignment and the workspace size.
  void choose(cublasLtHandle_t handle, std::size_t workspace_bytes, const Product& product);

  void run(cublasLtHandle_t handle,
           const Product& product,
           void* workspace,
           std::size_t workspace_bytes,
           cudaStream_t stream) const;

 private:
  cublasLtMatmulDesc_t operation_ = nullptr;
  cublasLtMatrixLayout_t a_ = nullptr, b_ = nullptr, out_ = nullptr;
  cublasLtMatmulAlgo_t algorithm_;
  bool in_double_ = false;
};

/// Selects an algorithm once per shape, then reuses it.
class CudaProducts {
 public:
  /// `workspace` is GPU memory for exclusive use.
  CudaProducts(void* workspace, std::size_t bytes);
  ~CudaProducts();
  CudaProducts(const CudaProducts&) = delete;
  CudaProducts& operator=(const CudaProducts&) = delete;

  void run(const Product& product, cudaStream_t stream);

 private:
  cublasLtHandle_t handle_ = nullptr;
  void* workspace_;
  std::size_t bytes_;
  std::map<std::string, std::unique_ptr<ProductPlan>> plans_;
};

}  // namespace ff::gpu
