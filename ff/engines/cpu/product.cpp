#include "ff/engines/cpu/product.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include "ff/core/profile.h"

namespace ff::fused {
namespace {

// Column block size: all groups process one block of columns before the next, so that the part of
// the weight (forward) or of dz (update) they all read stays in the cache.
constexpr std::int64_t kForwardColumns = 128;
constexpr std::int64_t kUpdateColumns = 128;

}  // namespace

template <class T>
DenseProduct<T>::DenseProduct(const at::Tensor& weight,
                              const std::string& name,
                              const TensorDict& state,
                              const OptimizerOptions& options,
                              const at::Tensor& gradient,
                              Bf16Products* bf16)
    : weight_(weight.detach()),
      transposed_(weight_.t()),
      gradient_(gradient.as_strided(weight.sizes(), weight.strides())),
      learned_(weight, name, state, options),
      bf16_(bf16) {
  TORCH_CHECK(weight.is_contiguous() || (weight.t().is_contiguous() && !bf16),
              "fused: the weight is laid out as no product here wants it");
}

template <class T>
void DenseProduct<T>::forward(const at::Tensor& x, const at::Tensor& z) const {
  const ProfileScope timed("products forward");
  if (bf16_ && !bf16_->paused()) return bf16_->forward(x, weight_, z);
  auto out = z;
  at::mm_out(out, x, transposed_);
}

template <class T>
void DenseProduct<T>::update(const at::Tensor& dz_transposed, const at::Tensor& x) {
  {
    const ProfileScope timed("products for gradients");
    if (bf16_) {
      bf16_->gradient(dz_transposed, gradient_);
    } else {
      at::mm_out(gradient_, dz_transposed, x);
    }
  }
  step(learned_);
}

template <class T>
void DenseProduct<T>::step(LearnedTensor<T>& learned) {
  const ProfileScope timed("optimizer");
  const auto constants = learned.begin_step();
  const auto parameter = learned.parameter();
  const auto* gradient = gradient_.template const_data_ptr<T>();
  const auto& run = kernels<T>();
  at::parallel_for(0, gradient_.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    run.update(constants, parameter.at(begin), gradient + begin, end - begin);
  });
}

template <class T>
void BackgroundProduct<T>::Blocks::resize(std::int64_t groups, std::int64_t entries) {
  room = entries;
  index.resize(groups * entries);
  count.resize(groups);
}

template <class T>
BackgroundProduct<T>::BackgroundProduct(const at::Tensor& weight,
                                        const std::string& name,
                                        const TensorDict& state,
                                        const OptimizerOptions& options,
                                        std::int64_t max_rows)
    : kernels_(kernels<T>()),
      weight_(weight.detach()),
      in_(weight.size(1)),
      out_(weight.size(0)),
      learned_(weight, name, state, options),
      base_(out_),
      new_base_(at::get_num_threads(), out_) {
  TORCH_CHECK(weight.t().is_contiguous(), "fused: the weight is not transposed in memory");
  by_rows_.resize((max_rows + kGroup - 1) / kGroup, in_);
  by_columns_.resize((in_ + kGroup - 1) / kGroup, max_rows);
  column_values_.resize(by_columns_.index.size() * kGroup);
}

template <class T>
void BackgroundProduct<T>::read(const T* rows, const T* scale, std::int64_t count, T background) {
  rows_ = rows;
  scale_ = scale;
  count_ = count;
  background_ = background;
  find_row_blocks();
}

template <class T>
std::int64_t SparseWeight<T>::padded_out(std::int64_t out) {
  constexpr std::int64_t kVector = 16;
  return (out + kVector - 1) / kVector * kVector;
}

template <class T>
SparseWeight<T>::SparseWeight(const at::Tensor& weight)
    : in_(weight.size(1)), out_(padded_out(weight.size(0))) {
  constexpr std::int64_t kCacheBytes = 512 * 1024, kTile = 64;  // a multiple of every kernel's tile
  const auto fits = kCacheBytes / (in_ * static_cast<std::int64_t>(sizeof(T)));
  panel_ = std::min(out_, std::max(kTile, fits / kTile * kTile));
  const auto transposed = at::constant_pad_nd(weight.t(), {0, out_ - weight.size(0)});
  std::vector<at::Tensor> panels;
  for (const auto& panel : transposed.split(panel_, 1)) panels.push_back(panel.reshape(-1));
  values_ = at::cat(panels);
}

template <class T>
SparseRows<T>::SparseRows(std::int64_t in, std::int64_t max_rows)
    : in_(in),
      index_(in * ((max_rows + kGroup - 1) / kGroup)),
      found_((max_rows + kGroup - 1) / kGroup),
      ones_(kGroup, T(1)) {}

template <class T>
void SparseRows<T>::forward(const T* x, std::int64_t rows, const SparseWeight<T>& weight, T* z) {
  const auto& run = kernels<T>();
  const auto out = weight.out();
  zeros_.resize(weight.panel());
  tile_.resize(kGroup * weight.panel());
  const auto rows_from = [&](std::int64_t first) {
    return static_cast<int>(std::min<std::int64_t>(kGroup, rows - first));
  };
  for (std::int64_t first = 0; first < rows; first += kGroup) {
    const auto group = first / kGroup;
    found_[group] =
        run.find_columns(x + first * in_, rows_from(first), in_, in_, index_.data() + group * in_);
  }
  for (std::int64_t column = 0; column < out; column += weight.panel()) {
    const auto width = std::min(weight.panel(), out - column);
    for (std::int64_t first = 0; first < rows; first += kGroup) {
      const auto group = first / kGroup;
      const auto count = rows_from(first);
      T* to = width == out ? z + first * out : tile_.data();
      run.sparse_forward({index_.data() + group * in_, found_[group], x + first * in_, in_},
                         weight.from(column),
                         zeros_.data(),
                         T(0),
                         ones_.data(),
                         to,
                         count,
                         width,
                         0,
                         width);
      for (int r = 0; r < count && width < out; ++r) {
        std::copy_n(to + r * width, width, z + (first + r) * out + column);
      }
    }
  }
}

template <class T>
void BackgroundProduct<T>::find_row_blocks() {
  const ProfileScope timed("background: find rows");
  at::parallel_for(0,
                   (count_ + kGroup - 1) / kGroup,
                   /*grain_size=*/4,
                   [&](std::int64_t begin, std::int64_t end) {
                     for (auto g = begin; g < end; ++g) {
                       const auto first = g * kGroup;
                       const auto rows =
                           static_cast<int>(std::min<std::int64_t>(kGroup, count_ - first));
                       by_rows_.count[g] = kernels_.find_columns(
                           rows_ + first * in_, rows, in_, in_, by_rows_.of(g));
                     }
                   });
}

template <class T>
void BackgroundProduct<T>::find_column_blocks() {
  const ProfileScope timed("background: find columns");
  at::parallel_for(
      0, (in_ + kGroup - 1) / kGroup, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
        for (auto g = begin; g < end; ++g) {
          const auto first = g * kGroup;
          const auto columns = static_cast<int>(std::min<std::int64_t>(kGroup, in_ - first));
          by_columns_.count[g] =
              kernels_.find_rows(rows_ + first,
                                 count_,
                                 columns,
                                 in_,
                                 by_columns_.of(g),
                                 column_values_.data() + g * by_columns_.room * kGroup);
        }
      });
}

// Sums in the order and over the threads of update(): a resumed run, without sums, is bit-equal.
template <class T>
void BackgroundProduct<T>::sum_weights() {
  if (summed_ && version_ == weight_._version()) return;
  new_base_.zero();
  const auto* value = learned_.parameter().value;
  for_column_groups([&](std::int64_t begin, std::int64_t end) {
    auto* base = new_base_.of(at::get_thread_num());
    for (auto k = begin * kGroup; k < std::min(end * kGroup, in_); ++k) {
      for (std::int64_t j = 0; j < out_; ++j) base[j] += value[k * out_ + j];
    }
  });
  keep_sums();
  version_ = weight_._version();
  summed_ = true;
}

// Splits the groups of input columns among threads: fixed, as the sums' rounding depends on it.
template <class T>
template <class Function>
void BackgroundProduct<T>::for_column_groups(const Function& of_groups) const {
  at::parallel_for(0, (in_ + kGroup - 1) / kGroup, /*grain_size=*/1, of_groups);
}

template <class T>
void BackgroundProduct<T>::keep_sums() {
  const T* total = new_base_.total();
  std::copy(total, total + out_, base_.begin());
}

template <class T>
void BackgroundProduct<T>::forward(T* z) {
  const ProfileScope timed("background: products forward");
  sum_weights();
  const auto* weight = learned_.parameter().value;
  at::parallel_for(0,
                   (count_ + kGroup - 1) / kGroup,
                   /*grain_size=*/1,
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t from = 0; from < out_; from += kForwardColumns) {
                       for (auto g = begin; g < end; ++g) {
                         const auto first = g * kGroup;
                         kernels_.sparse_forward(
                             {by_rows_.of(g), by_rows_.count[g], rows_ + first * in_, in_},
                             weight,
                             base_.data(),
                             background_,
                             scale_ + first,
                             z + first * out_,
                             static_cast<int>(std::min<std::int64_t>(kGroup, count_ - first)),
                             out_,
                             from,
                             std::min(from + kForwardColumns, out_));
                       }
                     }
                   });
}

template <class T>
void BackgroundProduct<T>::update(const T* dz, const T* gradient_sum) {
  find_column_blocks();
  const ProfileScope timed("background: gradient and optimizer");
  const auto step = learned_.begin_step();
  const auto weight = learned_.parameter();
  new_base_.zero();
  for_column_groups([&](std::int64_t begin, std::int64_t end) {
    auto* base = new_base_.of(at::get_thread_num());
    for (std::int64_t from = 0; from < out_; from += kUpdateColumns) {
      for (auto g = begin; g < end; ++g) {
        const auto first = g * kGroup;
        kernels_.sparse_update({by_columns_.of(g),
                                by_columns_.count[g],
                                column_values_.data() + g * by_columns_.room * kGroup,
                                kGroup},
                               dz,
                               gradient_sum,
                               background_,
                               step,
                               weight.at(first * out_),
                               base,
                               static_cast<int>(std::min<std::int64_t>(kGroup, in_ - first)),
                               out_,
                               from,
                               std::min(from + kUpdateColumns, out_));
      }
    }
  });
  keep_sums();
}

template class DenseProduct<float>;
template class DenseProduct<double>;
template class SparseWeight<float>;
template class SparseWeight<double>;
template class SparseRows<float>;
template class SparseRows<double>;
template class BackgroundProduct<float>;
template class BackgroundProduct<double>;

}  // namespace ff::fused
