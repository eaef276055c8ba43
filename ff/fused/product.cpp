#include "ff/fused/product.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

namespace ff::fused {
namespace {

// Enough work for a thread to be worth waking.
constexpr std::int64_t kGrain = 16384;

// Columns of the layer that are done for all groups before the next: what all groups read, a part
// of the weight (forward) or of dz (update), then stays in the cache.
constexpr std::int64_t kForwardColumns = 128;
constexpr std::int64_t kUpdateColumns = 64;

}  // namespace

template <class T>
DenseProduct<T>::DenseProduct(const at::Tensor& weight,
                              const std::string& name,
                              const TensorDict& state,
                              const OptimizerOptions& options)
    : weight_(weight.detach()),
      transposed_(weight_.t()),
      gradient_(at::empty_like(weight_)),
      learned_(weight, name, state, options) {
  TORCH_CHECK(weight.is_contiguous(), "fused: the weight is not contiguous");
}

template <class T>
void DenseProduct<T>::forward(const at::Tensor& x, const at::Tensor& z) const {
  auto out = z;
  at::mm_out(out, x, transposed_);
}

template <class T>
void DenseProduct<T>::backward(const at::Tensor& dz, const at::Tensor& dx) const {
  auto out = dx;
  at::mm_out(out, dz, weight_);
}

template <class T>
void DenseProduct<T>::update(const at::Tensor& dz_transposed, const at::Tensor& x) {
  at::mm_out(gradient_, dz_transposed, x);
  const auto step = learned_.begin_step();
  const auto parameter = learned_.parameter();
  const auto* gradient = gradient_.template const_data_ptr<T>();
  const auto& run = kernels<T>();
  at::parallel_for(0, gradient_.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    run.update(step, parameter.at(begin), gradient + begin, end - begin);
  });
}

template <class T>
void BackgroundProduct<T>::Blocks::resize(std::int64_t groups, std::int64_t entries) {
  room = entries;
  index.resize(groups * entries);
  values.resize(groups * entries * kGroup);
  count.resize(groups);
}

template <class T>
SparseBlock<T> BackgroundProduct<T>::Blocks::group(std::int64_t g) const {
  return {index.data() + g * room, values.data() + g * room * kGroup, count[g]};
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
}

template <class T>
void BackgroundProduct<T>::read(const T* rows, const T* scale, std::int64_t count, T background) {
  rows_ = rows;
  scale_ = scale;
  count_ = count;
  background_ = background;
  find_row_blocks();
}

// Entries are written whether wanted or not and kept by moving on: no branch to mispredict.
template <class T>
void BackgroundProduct<T>::find_row_blocks() {
  at::parallel_for(
      0,
      (count_ + kGroup - 1) / kGroup,
      /*grain_size=*/4,
      [&](std::int64_t begin, std::int64_t end) {
        for (auto g = begin; g < end; ++g) {
          const T* row[kGroup];  // past the last row the last one again: the kernel ignores it
          for (int r = 0; r < kGroup; ++r) {
            row[r] = rows_ + std::min(g * kGroup + r, count_ - 1) * in_;
          }
          auto* index = by_rows_.index.data() + g * by_rows_.room;
          auto* values = by_rows_.values.data() + g * by_rows_.room * kGroup;
          std::int64_t found = 0;
          for (std::int64_t k = 0; k < in_; ++k) {
            bool any = false;
            for (int r = 0; r < kGroup; ++r) {
              const T value = row[r][k] - background_;
              values[found * kGroup + r] = value;
              any |= value != 0;
            }
            index[found] = static_cast<std::int32_t>(k);
            found += any;
          }
          by_rows_.count[g] = found;
        }
      });
}

template <class T>
void BackgroundProduct<T>::find_column_blocks() {
  at::parallel_for(
      0, (in_ + kGroup - 1) / kGroup, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
        for (auto g = begin; g < end; ++g) {
          const auto first = g * kGroup;
          const auto columns = std::min<std::int64_t>(kGroup, in_ - first);
          auto* index = by_columns_.index.data() + g * by_columns_.room;
          auto* values = by_columns_.values.data() + g * by_columns_.room * kGroup;
          std::int64_t found = 0;
          for (std::int64_t r = 0; r < count_; ++r) {
            const T* row = rows_ + r * in_ + first;
            bool any = false;
            for (std::int64_t c = 0; c < kGroup; ++c) {
              const T value = c < columns ? row[c] - background_ : T(0);
              values[found * kGroup + c] = value;
              any |= value != 0;
            }
            index[found] = static_cast<std::int32_t>(r);
            found += any;
          }
          by_columns_.count[g] = found;
        }
      });
}

template <class T>
void BackgroundProduct<T>::sum_weights() {
  if (summed_ && version_ == weight_._version()) return;
  std::fill(base_.begin(), base_.end(), T(0));
  const auto* value = learned_.parameter().value;
  for (std::int64_t k = 0; k < in_; ++k) {
    for (std::int64_t j = 0; j < out_; ++j) base_[j] += value[k * out_ + j];
  }
  version_ = weight_._version();
  summed_ = true;
}

template <class T>
void BackgroundProduct<T>::forward(T* z) {
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
                             by_rows_.group(g),
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
  const auto step = learned_.begin_step();
  const auto weight = learned_.parameter();
  new_base_.zero();
  at::parallel_for(
      0, (in_ + kGroup - 1) / kGroup, /*grain_size=*/1, [&](std::int64_t begin, std::int64_t end) {
        auto* base = new_base_.of(at::get_thread_num());
        for (std::int64_t from = 0; from < out_; from += kUpdateColumns) {
          for (auto g = begin; g < end; ++g) {
            const auto first = g * kGroup;
            kernels_.sparse_update(by_columns_.group(g),
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
  const T* total = new_base_.total();
  std::copy(total, total + out_, base_.begin());
}

template class DenseProduct<float>;
template class DenseProduct<double>;
template class BackgroundProduct<float>;
template class BackgroundProduct<double>;

}  // namespace ff::fused
