// RectifiedProduct: matrix products whose input is the output of a ReLU.
#pragma once

#include <memory>
#include <vector>

#include "ff/engines/cpu/product.h"
#include "ff/engines/cpu/sparse_entries.h"

namespace ff::fused {

/// As DenseProduct, for inputs that are mostly zero: after training, 3 to 30 % of a Forward-Forward
/// layer's units are active for an image. Sums over the non-zero entries only, where that is faster
/// than BLAS, and performs the optimizer step while the gradient is in the cache. The order of
/// summation does not depend on the number of threads. The weight is stored transposed: shape (out,
/// in), strides (1, out).
template <class T>
class RectifiedProduct {
 public:
  /// `entries`, from make_entries(), and `gradient` may be shared by layers that train in turn.
  RectifiedProduct(const at::Tensor& weight,
                   const std::string& name,
                   const TensorDict& state,
                   const OptimizerOptions& options,
                   const at::Tensor& gradient,
                   std::shared_ptr<SparseEntries<T>> entries);

  static std::shared_ptr<SparseEntries<T>> make_entries();

  /// z (M, out) <- x (M, in) W^T; x must stay alive until update().
  void forward(const at::Tensor& x, const at::Tensor& z);

  /// Performs one optimizer step with the gradient dz^T x, x as in the last forward(); dz (M, out)
  /// is passed in both layouts.
  void update(const at::Tensor& dz, const at::Tensor& dz_transposed, const at::Tensor& x);

 private:
  std::int64_t in_, out_;
  DenseProduct<T> dense_;
  LearnedTensor<T> learned_;
  std::shared_ptr<SparseEntries<T>> entries_;
  double filled_ = 1;                      // density: share of non-zero entries of the last x
  std::vector<std::vector<T>> gradients_;  // gradient of one weight column, per thread
};

}  // namespace ff::fused
