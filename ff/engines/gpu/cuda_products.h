// Matrix products by cuBLASLt. For .cu files.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include <cuda_runtime.h>

#include "ff/engines/gpu/cublas_lt.h"
#include "ff/engines/gpu/product.h"

namespace ff::gpu {

/// A product as cuBLASLt wants it described. It stores matrices by columns, we by rows; so
/// out^T = b^T a^T is what it computes, of the same memory, and its A is our b.
class ProductPlan {
 public:
  explicit ProductPlan(const Product& product);
  ~ProductPlan();
  ProductPlan(const ProductPlan&) = delete;
  ProductPlan& operator=(const ProductPlan&) = delete;

  /// Chooses the algorithm, for operands at least so well aligned, within a workspace.
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

/// Chooses an algorithm for each shape once, then runs it.
class CudaProducts {
 public:
  /// `workspace` is memory on the GPU that no one else uses.
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
