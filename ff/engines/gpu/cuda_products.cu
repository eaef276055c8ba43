#include <algorithm>
#include <cstdint>
#include <string>

#include "ff/engines/gpu/cuda_products.h"
#include "ff/engines/gpu/device.h"

namespace ff::gpu {
namespace {

cudaDataType_t data_type(Number number) {
  switch (number) {
    case Number::kFloat:
      return CUDA_R_32F;
    case Number::kDouble:
      return CUDA_R_64F;
    case Number::kBFloat16:
      return CUDA_R_16BF;
  }
  return CUDA_R_32F;
}

std::size_t bytes_of(Number number) {
  return number == Number::kDouble ? 8 : number == Number::kFloat ? 4 : 2;
}

cublasLtMatrixLayout_t make_layout(const ColumnMajor::Matrix& matrix,
                                   std::int64_t networks,
                                   Number number) {
  const auto& lt = cublas_lt();
  cublasLtMatrixLayout_t layout = nullptr;
  check(lt.layout_create(&layout, data_type(number), matrix.rows, matrix.columns, matrix.rows),
        "a layout");
  const auto count = static_cast<std::int32_t>(networks);
  check(lt.layout_set(layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count),
        "the number of networks");
  check(lt.layout_set(layout,
                      CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                      &matrix.network_stride,
                      sizeof matrix.network_stride),
        "the distance of networks");
  return layout;
}

// Returns the largest power of two, up to 256, that divides the addresses of all networks'
// matrices.
std::uint32_t alignment(const void* data,
                        std::int64_t network_stride,
                        std::int64_t networks,
                        Number number) {
  auto bits = reinterpret_cast<std::uintptr_t>(data) | 256U;
  if (networks > 1) bits |= static_cast<std::uintptr_t>(network_stride) * bytes_of(number);
  return static_cast<std::uint32_t>(bits & (~bits + 1));
}

struct Alignments {
  std::uint32_t a, b, out;  // named as in Product
};

Alignments alignments(const Product& p) {
  return {alignment(p.a.data, p.a.network_stride, p.networks, p.operands),
          alignment(p.b.data, p.b.network_stride, p.networks, p.operands),
          alignment(p.out, p.m * p.n, p.networks, p.result)};
}

// Key of everything that the choice of the algorithm depends on.
std::string key_of(const Product& p) {
  const auto aligned = alignments(p);
  const std::int64_t parts[] = {p.m,
                                p.n,
                                p.k,
                                p.networks,
                                p.a.transposed,
                                p.b.transposed,
                                p.a.network_stride,
                                p.b.network_stride,
                                static_cast<std::int64_t>(p.operands),
                                static_cast<std::int64_t>(p.result),
                                aligned.a,
                                aligned.b,
                                aligned.out};
  std::string key;
  for (const auto part : parts) key += std::to_string(part) + " ";
  return key;
}

}  // namespace

ProductPlan::ProductPlan(const Product& product) : in_double_(product.result == Number::kDouble) {
  const auto& lt = cublas_lt();
  const auto as_columns = column_major(product);
  // Full float32 precision: no TF32.
  check(lt.operation_create(&operation_,
                            in_double_ ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F,
                            in_double_ ? CUDA_R_64F : CUDA_R_32F),
        "a product");
  const auto operation = [](bool transpose) { return transpose ? CUBLAS_OP_T : CUBLAS_OP_N; };
  const cublasOperation_t op_a = operation(as_columns.transpose_a);
  const cublasOperation_t op_b = operation(as_columns.transpose_b);
  check(lt.operation_set(operation_, CUBLASLT_MATMUL_DESC_TRANSA, &op_a, sizeof op_a), "A^T");
  check(lt.operation_set(operation_, CUBLASLT_MATMUL_DESC_TRANSB, &op_b, sizeof op_b), "B^T");
  a_ = make_layout(as_columns.a, product.networks, product.operands);
  b_ = make_layout(as_columns.b, product.networks, product.operands);
  out_ = make_layout(as_columns.out, product.networks, product.result);
}

ProductPlan::~ProductPlan() {
  const auto& lt = cublas_lt();
  if (operation_) lt.operation_destroy(operation_);
  for (auto* layout : {a_, b_, out_}) {
    if (layout) lt.layout_destroy(layout);
  }
}

void ProductPlan::choose(cublasLtHandle_t handle,
                         std::size_t workspace_bytes,
                         const Product& product) {
  const auto& lt = cublas_lt();
  cublasLtMatmulPreference_t preference = nullptr;
  check(lt.preference_create(&preference), "a preference");
  const auto set = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    return lt.preference_set(preference, attribute, &value, sizeof value);
  };
  const auto aligned = alignments(product);
  const std::uint64_t workspace = workspace_bytes;
  auto status = set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace);
  const auto wanted = [&](auto attribute, std::uint32_t bytes) {
    if (status == CUBLAS_STATUS_SUCCESS) status = set(attribute, bytes);
  };
  wanted(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, aligned.b);
  wanted(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, aligned.a);
  wanted(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, aligned.out);
  wanted(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, aligned.out);
  cublasLtMatmulHeuristicResult_t found = {};
  int count = 0;
  if (status == CUBLAS_STATUS_SUCCESS) {
    status = lt.heuristic(handle, operation_, a_, b_, out_, out_, preference, 1, &found, &count);
  }
  lt.preference_destroy(preference);
  check(status, "choosing an algorithm");
  if (count == 0) throw DeviceError("CUDA: cuBLASLt has no algorithm for " + key_of(product));
  algorithm_ = found.algo;
}

void ProductPlan::run(cublasLtHandle_t handle,
                      const Product& product,
                      void* workspace,
                      std::size_t workspace_bytes,
                      cudaStream_t stream) const {
  const float one = 1, zero = 0;
  const double one_in_double = 1, zero_in_double = 0;
  const void* alpha = in_double_ ? static_cast<const void*>(&one_in_double) : &one;
  const void* beta = in_double_ ? static_cast<const void*>(&zero_in_double) : &zero;
  check(cublas_lt().matmul(handle,
                           operation_,
                           alpha,
                           product.b.data,
                           a_,
                           product.a.data,
                           b_,
                           beta,
                           product.out,
                           out_,
                           product.out,
                           out_,
                           &algorithm_,
                           workspace,
                           workspace_bytes,
                           stream),
        "a product");
}

CudaProducts::CudaProducts(void* workspace, std::size_t bytes)
    : workspace_(workspace), bytes_(bytes) {
  check(cublas_lt().create(&handle_), "begin");
}

CudaProducts::~CudaProducts() {
  plans_.clear();
  if (handle_) cublas_lt().destroy(handle_);
}

void CudaProducts::run(const Product& product, cudaStream_t stream) {
  auto& plan = plans_[key_of(product)];
  if (!plan) {
    auto made = std::make_unique<ProductPlan>(product);
    made->choose(handle_, bytes_, product);
    plan = std::move(made);
  }
  plan->run(handle_, product, workspace_, bytes_, stream);
}

}  // namespace ff::gpu
