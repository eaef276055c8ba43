// Matrix products of a layer on the CPU, z = x W^T and the weight gradient dz^T x fused with the
// optimizer step: for dense inputs, and for inputs that are mostly background.
#pragma once

#include <memory>
#include <vector>

#include "ff/engines/cpu/bf16_products.h"
#include "ff/engines/cpu/buffers.h"
#include "ff/engines/cpu/learned_tensor.h"

namespace ff::fused {

/// Grain size of parallel loops over entries: less work does not pay for waking a thread.
inline constexpr std::int64_t kGrain = 16384;

/// Dense products, by the BLAS that LibTorch uses.
template <class T>
class DenseProduct {
 public:
  /// `weight` (out, in) is contiguous, or transposed in memory; `state` is its optimizer's state,
  /// under `name`. `gradient` is a workspace of at least as many entries, which may be shared
  /// between updates. If not null, `bf16` computes the training products; requires a contiguous
  /// weight, and calls that alternate between forward() and update() layer by layer.
  DenseProduct(const at::Tensor& weight,
               const std::string& name,
               const TensorDict& state,
               const OptimizerOptions& options,
               const at::Tensor& gradient,
               Bf16Products* bf16 = nullptr);

  /// z (M, out) <- x (M, in) W^T
  void forward(const at::Tensor& x, const at::Tensor& z) const;

  const at::Tensor& weight() const { return weight_; }

  /// Performs one optimizer step with the gradient dz^T x; dz is passed transposed, (out, M).
  void update(const at::Tensor& dz_transposed, const at::Tensor& x);

  /// Steps another tensor of the weight's shape, with the gradient of the last update().
  void update_with_last_gradient(LearnedTensor<T>& other) { step(other); }

 private:
  void step(LearnedTensor<T>& learned);

  at::Tensor weight_, transposed_, gradient_;
  LearnedTensor<T> learned_;
  Bf16Products* bf16_;
};

/// A weight (out, in) in the layout of SparseRows: transposed, zero-padded to a multiple of 16
/// columns, and split into column panels that fit into a core's cache.
template <class T>
class SparseWeight {
 public:
  explicit SparseWeight(const at::Tensor& weight);

  std::int64_t in() const { return in_; }
  std::int64_t out() const { return out_; }      // including padding
  std::int64_t panel() const { return panel_; }  // columns per panel; the last may have fewer
  static std::int64_t padded_out(std::int64_t out);
  /// Returns the panel that starts at this column, (in, panel).
  const T* from(std::int64_t column) const { return values_.const_data_ptr<T>() + column * in_; }

 private:
  std::int64_t in_, out_, panel_;
  at::Tensor values_;
};

/// z (rows, weight.out()) <- x (rows, in) W^T, for mostly-zero x such as ReLU activations.
/// Single-threaded.
template <class T>
class SparseRows {
 public:
  SparseRows(std::int64_t in, std::int64_t max_rows);
  void forward(const T* x, std::int64_t rows, const SparseWeight<T>& weight, T* z);

 private:
  std::int64_t in_;
  std::vector<std::int32_t> index_;  // per group of rows, the columns with a non-zero
  std::vector<std::int64_t> found_;  // their number, per group
  std::vector<T> zeros_, ones_, tile_;
};

/// Products for inputs x = scale (background + sparse). About 80 % of an MNIST image's pixels are
/// black, so the background's contribution is computed once and only the other pixels are processed
/// per sample. The weight is stored transposed: shape (out, in), strides (1, out).
template <class T>
class BackgroundProduct {
 public:
  BackgroundProduct(const at::Tensor& weight,
                    const std::string& name,
                    const TensorDict& state,
                    const OptimizerOptions& options,
                    std::int64_t max_rows);

  /// Sets the input: `count` samples (count, in) with `background` subtracted, and a scale per
  /// sample. Both arrays must stay alive until update().
  void read(const T* rows, const T* scale, std::int64_t count, T background);

  /// z (count, out) <- x W^T, for the input set by read().
  void forward(T* z);

  /// Sets the background to use until the next read(), if the samples were modified in place.
  void set_background(T background) { background_ = background; }

  /// Performs one optimizer step. dz (count, out) is dL/dz times each sample's scale,
  /// `gradient_sum` (out) its sum over samples.
  void update(const T* dz, const T* gradient_sum);

  /// Returns row `input` of the transposed weight, (out).
  const T* column(std::int64_t input) const { return learned_.parameter().value + input * out_; }

 private:
  struct Blocks {  // indices of all groups, consecutively
    std::vector<std::int32_t> index;
    std::vector<std::int64_t> count;  // per group
    std::int64_t room = 0;            // capacity per group

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
  std::vector<T> column_values_;  // of by_columns_, kGroup values each
  std::vector<T> base_;           // sum of the weight over inputs, (out)
  ThreadSums<T> new_base_;
  std::uint32_t version_ = 0;  // version of the weight that base_ is for
  bool summed_ = false;
  const T* rows_ = nullptr;
  const T* scale_ = nullptr;
  std::int64_t count_ = 0;
  T background_ = 0;
};

}  // namespace ff::fused
