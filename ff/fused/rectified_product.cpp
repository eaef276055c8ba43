#include "ff/fused/rectified_product.h"

#include <algorithm>

#include <ATen/Parallel.h>

#include "ff/profile.h"

namespace ff::fused {
namespace {

// Up to these shares of entries that are not zero, sums over them take less time than the BLAS's
// product, which does many times as much arithmetic, but waits for no memory. The gradient's form
// saves a pass over the weights too.
constexpr double kForwardFilled = 0.22;
constexpr double kUpdateFilled = 0.35;

// Columns that are done for all rows before the next: their part of the weight then stays in the
// cache.
constexpr std::int64_t kPanel = 128;

}  // namespace

template <class T>
RectifiedProduct<T>::RectifiedProduct(const at::Tensor& weight,
                                      const std::string& name,
                                      const TensorDict& state,
                                      const OptimizerOptions& options,
                                      const at::Tensor& gradient,
                                      std::shared_ptr<SparseEntries<T>> entries)
    : in_(weight.size(1)),
      out_(weight.size(0)),
      dense_(weight, name, state, options, gradient),
      learned_(weight, name, state, options),
      entries_(std::move(entries)),
      gradients_(at::get_num_threads(), std::vector<T>(out_)) {
  TORCH_CHECK(weight.t().is_contiguous(), "fused: the weight is not transposed in memory");
}

template <class T>
void RectifiedProduct<T>::forward(const at::Tensor& x, const at::Tensor& z) {
  const auto rows = x.size(0);
  {
    const ProfileScope timed("sparse: find entries");
    filled_ = entries_->count(x.template const_data_ptr<T>(), rows, in_);
    if (filled_ <= kUpdateFilled) entries_->list_rows();
  }
  if (filled_ > kForwardFilled) return dense_.forward(x, z);
  const ProfileScope timed("sparse: products forward");
  const auto* weight = learned_.parameter().value;
  auto* to = z.template mutable_data_ptr<T>();
  // A thread takes whole panels, or with many threads a share of the rows of one.
  const auto panels = (out_ + kPanel - 1) / kPanel;
  const auto shares = std::clamp<std::int64_t>(2 * at::get_num_threads() / panels, 1, rows);
  at::parallel_for(0, panels * shares, /*grain_size=*/1, [&](std::int64_t begin, std::int64_t end) {
    for (auto task = begin; task < end; ++task) {
      const auto from = task / shares * kPanel, share = task % shares;
      for (auto r = rows * share / shares; r < rows * (share + 1) / shares; ++r) {
        const auto row = entries_->row(r);
        kernels<T>().weighted_sum(row.index,
                                  row.value,
                                  row.count,
                                  weight + from,
                                  out_,
                                  to + r * out_ + from,
                                  std::min(kPanel, out_ - from));
      }
    }
  });
}

template <class T>
void RectifiedProduct<T>::update(const at::Tensor& dz,
                                 const at::Tensor& dz_transposed,
                                 const at::Tensor& x) {
  if (filled_ > kUpdateFilled) return dense_.update(dz_transposed, x);
  {
    const ProfileScope timed("sparse: find entries");
    entries_->list_columns();
  }
  const ProfileScope timed("sparse: gradient and optimizer");
  const auto step = learned_.begin_step();
  const auto weight = learned_.parameter();
  const auto* rows = dz.template const_data_ptr<T>();
  at::parallel_for(0, in_, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    auto* gradient = gradients_[at::get_thread_num()].data();
    for (auto k = begin; k < end; ++k) {
      const auto column = entries_->column(k);
      kernels<T>().weighted_sum(
          column.index, column.value, column.count, rows, out_, gradient, out_);
      kernels<T>().update(step, weight.at(k * out_), gradient, out_);
    }
  });
}

template class RectifiedProduct<float>;
template class RectifiedProduct<double>;

}  // namespace ff::fused
