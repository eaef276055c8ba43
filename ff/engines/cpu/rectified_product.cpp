#include "ff/engines/cpu/rectified_product.h"

#include <algorithm>

#include <ATen/Parallel.h>

#include "ff/core/profile.h"

namespace ff::fused {
namespace {

// Densities up to which sparse sums take less time than BLAS, which does several times as much
// arithmetic but is not limited by memory latency. The sparse gradient also saves a pass over the
// weights.
constexpr double kForwardFilled = 0.22;
constexpr double kUpdateFilled = 0.35;

static_assert(kForwardFilled <= kUpdateFilled);  // the lists are sized for the latter

// Cache budget for the columns of dz that are read repeatedly.
constexpr std::int64_t kGradientBytes = 2 << 20;

}  // namespace

template <class T>
std::shared_ptr<SparseEntries<T>> RectifiedProduct<T>::make_entries() {
  return std::make_shared<SparseEntries<T>>(kUpdateFilled);
}

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
      entries_(std::move(entries)) {
  TORCH_CHECK(weight.t().is_contiguous(), "fused: the weight is not transposed in memory");
}

template <class T>
void RectifiedProduct<T>::forward(const at::Tensor& x, const at::Tensor& z) {
  const auto rows = x.size(0);
  {
    const ProfileScope timed("sparse: find entries");
    filled_ = entries_->count(x.template const_data_ptr<T>(), rows, in_);
    if (filled_ <= kForwardFilled) entries_->list_rows();
  }
  if (!(filled_ <= kForwardFilled)) return dense_.forward(x, z);
  const ProfileScope timed("sparse: products forward");
  const auto& run = kernels<T>();
  const auto* weight = learned_.parameter().value;
  auto* to = z.template mutable_data_ptr<T>();
  // Loop over panels of sum_columns columns outside, rows inside: the panel of the weight stays in
  // the cache. With many threads, several share a panel's rows.
  const auto panel = run.sum_columns;
  const auto panels = (out_ + panel - 1) / panel;
  const auto shares = std::min(rows, (4 * at::get_num_threads() + panels - 1) / panels);
  at::parallel_for(0, panels * shares, /*grain_size=*/1, [&](std::int64_t begin, std::int64_t end) {
    for (auto task = begin; task < end; ++task) {
      const auto from = task / shares * panel, share = task % shares;
      for (auto r = rows * share / shares; r < rows * (share + 1) / shares; ++r) {
        const auto row = entries_->row(r);
        run.weighted_sum(row.index,
                         row.value,
                         row.count,
                         weight + from,
                         out_,
                         to + r * out_ + from,
                         std::min(panel, out_ - from));
      }
    }
  });
}

template <class T>
void RectifiedProduct<T>::update(const at::Tensor& dz,
                                 const at::Tensor& dz_transposed,
                                 const at::Tensor& x) {
  if (!(filled_ <= kUpdateFilled)) return dense_.update(dz_transposed, x);
  {
    const ProfileScope timed("sparse: find entries");
    entries_->list_columns();
  }
  const ProfileScope timed("sparse: gradient and optimizer");
  const auto& run = kernels<T>();
  const auto step = learned_.begin_step();
  const auto weight = learned_.parameter();
  const auto* rows = dz.template const_data_ptr<T>();
  const auto fits = kGradientBytes / (dz.size(0) * static_cast<std::int64_t>(sizeof(T)));
  const auto panel = std::max(run.sum_columns, fits / run.sum_columns * run.sum_columns);
  gradients_.resize(at::get_num_threads());
  at::parallel_for(0, in_, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    auto& gradient = gradients_[at::get_thread_num()];
    gradient.resize(out_);
    for (std::int64_t from = 0; from < out_; from += panel) {
      const auto width = std::min(panel, out_ - from);
      for (auto k = begin; k < end; ++k) {
        const auto column = entries_->column(k);
        run.weighted_sum(
            column.index, column.value, column.count, rows + from, out_, gradient.data(), width);
        run.update(step, weight.at(k * out_ + from), gradient.data(), width);
      }
    }
  });
}

template class RectifiedProduct<float>;
template class RectifiedProduct<double>;

}  // namespace ff::fused
