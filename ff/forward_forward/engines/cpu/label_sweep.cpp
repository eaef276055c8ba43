// Label sweep of the fused CPU engine: the goodness of every label for every image.
#include <algorithm>
#include <cstring>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "ff/core/profile.h"
#include "ff/forward_forward/engines/cpu/goodness_engine.h"

namespace ff::fused {
namespace {

// Images per block of a thread; chosen so that a block's activations stay in its cache.
constexpr std::int64_t kSweepImages = 16;

}  // namespace

template <class T>
struct FFEngine<T>::SweepBuffers {
  std::vector<RowBuffer<T>> activations;  // of each layer, normalised
  std::vector<RowBuffer<T>> z;            // preactivations of each layer above the first
  std::vector<SparseRows<T>> sparse;      // sparse products of these layers
  std::vector<T> row;                     // preactivations of the first layer, one sample
};

// The first layer's preactivation is a sum: the image's part, computed once, and the weight column
// of the label. The samples of a block (images x labels) then pass through the other layers.
template <class T>
void FFEngine<T>::goodness_of_block(const T* shared,
                                    const double* squares,
                                    std::int64_t images,
                                    const std::vector<T>& columns,
                                    const std::vector<SparseWeight<T>>& sparse,
                                    double label_value,
                                    SweepBuffers& buffers,
                                    T* goodness) {
  const auto first = layers_.front().out;
  const auto labels = static_cast<std::int64_t>(columns.size()) / first;
  const auto rows = images * labels;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    const auto* bias = layer.bias->parameter().value;
    if (l > 0 && !sparse.empty()) {
      buffers.sparse[l - 1].forward(
          buffers.activations[l - 1].row(0), rows, sparse[l - 1], buffers.z[l].row(0));
    } else if (l > 0) {
      std::get<DenseProduct<T>>(layer.product)
          .forward(buffers.activations[l - 1].first(rows).rows, buffers.z[l].first(rows).rows);
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      auto* z = l == 0 ? buffers.row.data() : buffers.z[l].row(r);
      if (l == 0) {
        const auto image = r / labels;
        const double length = squares[image] + label_value * label_value;
        const double factor =
            normalize_input_ ? normalize_.factor(length, static_cast<double>(layer.in), epsilon_)
                             : 1;
        kernels_.add_label(shared + image * first,
                           columns.data() + (r % labels) * first,
                           static_cast<T>(label_value),
                           static_cast<T>(factor),
                           z,
                           first);
      }
      auto* a = buffers.activations[l].row(r);
      const double sum = activation_->forward(z, bias, a, layer.out);
      goodness[r * depth() + static_cast<std::int64_t>(l)] =
          static_cast<T>(layer.goodness_scale * sum);
      const auto width = static_cast<double>(layer.out);
      kernels_.scale(a, static_cast<T>(normalize_.factor(sum, width, epsilon_)), layer.out);
    }
  }
}

template <class T>
at::Tensor FFEngine<T>::goodness_by_label(const at::Tensor& rows, const LabelOverlay& overlay) {
  at::NoGradGuard no_grad;
  const ProfileScope timed("label sweep");
  const Bf16Products::Pause exact(bf16_.get());
  const auto labels = overlay.classes();
  const double value = overlay.value().template item<double>();
  auto& first = layers_.front();
  auto result = at::empty({rows.size(0), labels, depth()}, rows.options());
  const auto source = rows.contiguous();
  auto* goodness = result.template mutable_data_ptr<T>();

  std::vector<T> columns(labels * first.out);
  const auto by_label = modules_.front()->weight.detach().narrow(1, 0, labels).t().contiguous();
  std::copy_n(by_label.template const_data_ptr<T>(), columns.size(), columns.begin());

  // After a ReLU most activations are zero, and for the samples of one image mostly the same ones;
  // other activations are never zero. The transposed copies of the weights cost little compared
  // with the sweep.
  std::vector<SparseWeight<T>> sparse;  // of the layers above the first
  for (std::size_t l = 1; l < layers_.size() && activation_->has_exact_zeros; ++l) {
    sparse.emplace_back(modules_[l]->weight.detach());
  }
  std::vector<SweepBuffers> buffers(at::get_num_threads());
  for (auto& own : buffers) {
    own.row.resize(first.out);
    for (const auto& weight : sparse) own.sparse.emplace_back(weight.in(), kSweepImages * labels);
    for (const auto& layer : layers_) {
      const auto width =
          activation_->has_exact_zeros ? SparseWeight<T>::padded_out(layer.out) : layer.out;
      own.activations.emplace_back(kSweepImages * labels, layer.out);
      own.z.push_back(&layer == &first ? RowBuffer<T>()
                                       : RowBuffer<T>(kSweepImages * labels, width));
    }
  }
  std::vector<double> squares(pixels_.rows());
  for (std::int64_t begin = 0; begin < rows.size(0); begin += pixels_.rows()) {
    const auto count = std::min(pixels_.rows(), rows.size(0) - begin);
    at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t from, std::int64_t to) {
      for (auto r = from; r < to; ++r) {
        auto* row = pixels_.row(r);
        std::memcpy(row,
                    source.template const_data_ptr<T>() + (begin + r) * first.in,
                    first.in * sizeof(T));
        std::fill_n(row, labels, T(0));
        squares[r] = background_ ? kernels_.squares_then_subtract(
                                       row, static_cast<T>(*background_), first.in)
                                 : kernels_.sum_of_squares(row, first.in);
        scale_[r] = T(1);
      }
    });
    products(0, count);
    const auto blocks = (count + kSweepImages - 1) / kSweepImages;
    at::parallel_for(0, blocks, /*grain_size=*/1, [&](std::int64_t from, std::int64_t to) {
      at::NoGradGuard no_grad_in_thread;
      for (auto b = from; b < to; ++b) {
        const auto image = b * kSweepImages;
        goodness_of_block(first.z.row(image),
                          squares.data() + image,
                          std::min(kSweepImages, count - image),
                          columns,
                          sparse,
                          value,
                          buffers[at::get_thread_num()],
                          goodness + (begin + image) * labels * depth());
      }
    });
  }
  return result;
}

template at::Tensor FFEngine<float>::goodness_by_label(const at::Tensor&, const LabelOverlay&);
template at::Tensor FFEngine<double>::goodness_by_label(const at::Tensor&, const LabelOverlay&);

}  // namespace ff::fused
