// Products over rows that come from a ReLU.
#pragma once

#include <memory>
#include <vector>

#include "ff/engines/cpu/product.h"
#include "ff/engines/cpu/sparse_entries.h"

namespace ff::fused {

/// As DenseProduct, for rows of which most entries are zero once the layer below has learned (3 to
/// 30 % of a Forward-Forward layer's units answer an image): a sum over those that are not, where
/// that is faster than the BLAS, and the optimizer's step while a gradient is in the cache. The
/// sums take the rows and columns in their order, whatever the number of threads. The weight is
/// kept transposed in memory: shape (out, in), strides (1, out).
template <class T>
class RectifiedProduct {
 public:
  /// `entries`, from make_entries, may be shared by layers that train one after another, as
  /// `gradient` may.
  RectifiedProduct(const at::Tensor& weight,
                   const std::string& name,
                   const TensorDict& state,
                   const OptimizerOptions& options,
                   const at::Tensor& gradient,
                   std::shared_ptr<SparseEntries<T>> entries);

  static std::shared_ptr<SparseEntries<T>> make_entries();

  /// z (M, out) <- x (M, in) W^T; x must live until update.
  void forward(const at::Tensor& x, const at::Tensor& z);

  /// One optimizer step with the gradient dz^T x of the x that forward had; dz (M, out) comes both
  /// ways.
  void update(const at::Tensor& dz, const at::Tensor& dz_transposed, const at::Tensor& x);

 private:
  std::int64_t in_, out_;
  DenseProduct<T> dense_;
  LearnedTensor<T> learned_;
  std::shared_ptr<SparseEntries<T>> entries_;
  double filled_ = 1;                      // share of the latest x's entries that are not zero
  std::vector<std::vector<T>> gradients_;  // of one column of the weight, for each thread
};

}  // namespace ff::fused
