// The two matrix products of a layer, z = x W^T and the weights' gradient with its update, over
// dense inputs or over inputs that are mostly background.
#pragma once

#include <memory>
#include <vector>

#include "ff/engines/cpu/bf16_products.h"
#include "ff/engines/cpu/buffers.h"
#include "ff/engines/cpu/learned_tensor.h"

namespace ff::fused {

/// Entries of a sweep that are worth waking a thread for.
inline constexpr std::int64_t kGrain = 16384;

/// Products over dense rows by the BLAS that LibTorch brings.
template <class T>
class DenseProduct {
 public:
  /// weight (out, in), contiguous or transposed in memory; its optimizer's state in `state`, as
  /// `name`. `gradient` is memory for at least as many entries, which others may use between
  /// updates. `bf16`, where there is one, does the products of training of a contiguous weight,
  /// each layer's forward and then its update.
  DenseProduct(const at::Tensor& weight,
               const std::string& name,
               const TensorDict& state,
               const OptimizerOptions& options,
               const at::Tensor& gradient,
               Bf16Products* bf16 = nullptr);

  /// z (M, out) <- x (M, in) W^T
  void forward(const at::Tensor& x, const at::Tensor& z) const;

  const at::Tensor& weight() const { return weight_; }

  /// One optimizer step with the gradient dz^T x; dz comes transposed, (out, M).
  void update(const at::Tensor& dz_transposed, const at::Tensor& x);

  /// One of another tensor of the weight's shape, with the gradient that update had.
  void update_too(LearnedTensor<T>& other) { step(other); }

 private:
  void step(LearnedTensor<T>& learned);

  at::Tensor weight_, transposed_, gradient_;
  LearnedTensor<T> learned_;
  Bf16Products* bf16_;
};

/// A weight (out, in) as SparseRows reads it: transposed, filled up with columns of zeros to whole
/// vectors, in panels of columns, of which each stays in a core's cache.
template <class T>
class SparseWeight {
 public:
  explicit SparseWeight(const at::Tensor& weight);

  std::int64_t in() const { return in_; }
  std::int64_t out() const { return out_; }      // with the zeros
  std::int64_t panel() const { return panel_; }  // columns of a panel but the last
  static std::int64_t padded_out(std::int64_t out);
  /// The panel that begins with this column, (in, panel).
  const T* from(std::int64_t column) const { return values_.const_data_ptr<T>() + column * in_; }

 private:
  std::int64_t in_, out_, panel_;
  at::Tensor values_;
};

/// z (rows, weight.out()) <- x (rows, in) W^T for rows that are mostly zero, such as those after a
/// ReLU. By one thread.
template <class T>
class SparseRows {
 public:
  SparseRows(std::int64_t in, std::int64_t max_rows);
  void forward(const T* x, std::int64_t rows, const SparseWeight<T>& weight, T* z);

 private:
  std::int64_t in_;
  std::vector<std::int32_t> index_;  // of each group of rows, the columns that one of them lights
  std::vector<std::int64_t> found_;  // how many
  std::vector<T> zeros_, ones_, tile_;
};

/// Products over rows x = scale (background + sparse): most entries of an MNIST image are the
/// black background, so the rows share a part that is computed once, and what differs is a fifth.
/// The weight is kept transposed in memory: shape (out, in), strides (1, out).
template <class T>
class BackgroundProduct {
 public:
  BackgroundProduct(const at::Tensor& weight,
                    const std::string& name,
                    const TensorDict& state,
                    const OptimizerOptions& options,
                    std::int64_t max_rows);

  /// Takes `count` rows (count, in), from which `background` has been subtracted, with a factor
  /// each. Both arrays must live until update.
  void read(const T* rows, const T* scale, std::int64_t count, T background);

  /// z (count, out) of the rows that were read.
  void forward(T* z);

  /// From here until the next read the rows, changed in place, stand on another background.
  void stand_on(T background) { background_ = background; }

  /// One optimizer step; dz (count, out) is the gradient times each row's scale, `gradient_sum`
  /// (out) its sum over rows.
  void update(const T* dz, const T* gradient_sum);

  /// Row `column` of the transposed weight: what input `column` feeds, (out).
  const T* column(std::int64_t input) const { return learned_.parameter().value + input * out_; }

 private:
  struct Blocks {  // the indices of all groups, one group after the other
    std::vector<std::int32_t> index;
    std::vector<std::int64_t> count;  // per group
    std::int64_t room = 0;            // entries each group has room for

    void resize(std::int64_t groups, std::int64_t entries);
    std::int32_t* of(std::int64_t group) { return index.data() + group * room; }
  };

  void find_row_blocks();
  void find_column_blocks();
  void sum_weights();
  template <class Function>
  void for_column_groups(const Function& of_groups) const;
  void keep_sums();

  const Kernels<T>& kernels_;
  at::Tensor weight_;
  std::int64_t in_, out_;
  LearnedTensor<T> learned_;
  Blocks by_rows_, by_columns_;
  std::vector<T> column_values_;  // of by_columns_, kGroup each
  std::vector<T> base_;           // column sums of the weight, (out)
  ThreadSums<T> new_base_;
  std::uint32_t version_ = 0;  // of the weight, when base_ was right
  bool summed_ = false;
  const T* rows_ = nullptr;
  const T* scale_ = nullptr;
  std::int64_t count_ = 0;
  T background_ = 0;
};

}  // namespace ff::fused
