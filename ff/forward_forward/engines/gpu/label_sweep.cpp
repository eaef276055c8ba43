// Label sweep of the fused GPU engine: the goodness of every label for every image.
#include <algorithm>

#include <ATen/core/grad_mode.h>

#include "ff/forward_forward/engines/gpu/goodness_engine.h"

namespace ff::gpu {
namespace {

// Approximate workspace for activations, preactivations and pixels.
constexpr std::int64_t kSweepBytes = 128 << 20;

}  // namespace

template <class T, class X>
struct FFEngine<T, X>::Sweep {
  std::size_t network;
  std::int64_t classes;
  T label_value;
  at::Tensor columns;         // T (classes, out of the first layer)
  at::Tensor pixels, shared;  // T (images, pixels), T (images, out of the first layer)
  at::Tensor squares;         // T (images)
  RowMemory<T, T> memory;     // images * classes rows
};

// z (rows, out) <- x (rows, in) W^T for one of the networks, in T.
template <class T, class X>
void FFEngine<T, X>::multiply_one(
    const Layer& layer, const Sweep& sweep, const T* x, T* z, std::int64_t rows) {
  const auto size = layer.out * layer.in;
  const auto network = static_cast<std::int64_t>(sweep.network);
  device_.multiply(product_in<T>({x, false, 0},
                                 {layer.weight.learned().value + network * size, true, 0},
                                 z,
                                 rows,
                                 layer.out,
                                 layer.in));
}

// The first layer's preactivation is a sum: the image's part, computed once, and the weight column
// of the label.
template <class T, class X>
void FFEngine<T, X>::sweep_first(const Sweep& sweep,
                                 const T* rows,
                                 std::int64_t images,
                                 T* goodness) {
  const auto& first = layers_.front();
  device_.launch(ClearLabels<T, T>{.from = rows,
                                   .x = pointer<T>(sweep.pixels),
                                   .squares = pointer<T>(sweep.squares),
                                   .rows = images,
                                   .pixels = first.in,
                                   .classes = sweep.classes});
  multiply_one(first, sweep, pointer<T>(sweep.pixels), pointer<T>(sweep.shared), images);
  const bool only = layers_.size() == 1;
  const auto network = static_cast<std::int64_t>(sweep.network);
  device_.launch(LabelRows<T, T>{.shared = pointer<T>(sweep.shared),
                                 .squares = pointer<T>(sweep.squares),
                                 .columns = pointer<T>(sweep.columns),
                                 .bias = first.bias.learned().value + network * first.out,
                                 .next = only ? nullptr : sweep.memory.input(1),
                                 .goodness = goodness,
                                 .images = images,
                                 .classes = sweep.classes,
                                 .pixels = first.in,
                                 .width = first.out,
                                 .goodness_stride = depth(),
                                 .label_value = sweep.label_value,
                                 .goodness_scale = first.goodness_scale,
                                 .activation = activation_,
                                 .input_scale = input_scale(),
                                 .next_scale = scale_});
}

template <class T, class X>
void FFEngine<T, X>::sweep_above(const Sweep& sweep, std::int64_t rows, T* goodness) {
  const auto network = static_cast<std::int64_t>(sweep.network);
  for (std::size_t l = 1; l < layers_.size(); ++l) {
    const auto& layer = layers_[l];
    const bool last = l + 1 == layers_.size();
    multiply_one(layer, sweep, sweep.memory.input(l), sweep.memory.z(), rows);
    device_.launch(ActivateRows<T, T>{.z = sweep.memory.z(),
                                      .bias = layer.bias.learned().value + network * layer.out,
                                      .next = last ? nullptr : sweep.memory.input(l + 1),
                                      .goodness = goodness + l,
                                      .features = nullptr,
                                      .networks = 1,
                                      .rows = rows,
                                      .width = layer.out,
                                      .goodness_stride = depth(),
                                      .feature_stride = 0,
                                      .goodness_scale = layer.goodness_scale,
                                      .activation = activation_,
                                      .next_scale = scale_,
                                      .dropout = {}});
  }
}

template <class T, class X>
at::Tensor FFEngine<T, X>::goodness_by_label(std::size_t network,
                                             const at::Tensor& rows,
                                             const LabelOverlay& overlay) {
  at::NoGradGuard no_grad;
  const auto& first = layers_.front();
  const auto source = rows.contiguous();
  const auto labels = overlay.classes();
  const auto of_image = labels * widest_ * static_cast<std::int64_t>(3 * sizeof(T));
  const auto block =
      std::clamp<std::int64_t>(kSweepBytes / of_image, 1, std::max<std::int64_t>(rows.size(0), 1));
  const auto weight = first.weight.values()[static_cast<std::int64_t>(network)];
  const Sweep sweep{network,
                    labels,
                    static_cast<T>(*overlay.value().template const_data_ptr<double>()),
                    weight.narrow(/*dim=*/1, 0, labels).t().contiguous(),
                    tensor_of<T>({block, first.in}, place_),
                    tensor_of<T>({block, first.out}, place_),
                    tensor_of<T>({block}, place_),
                    RowMemory<T, T>(block * labels, /*pixels=*/0, widest_, place_)};
  auto result = at::empty({rows.size(0), labels, depth()}, rows.options());
  const auto* from = source.template const_data_ptr<T>();
  auto* goodness = result.template mutable_data_ptr<T>();
  for (std::int64_t begin = 0; begin < rows.size(0); begin += block) {
    const auto images = std::min(block, rows.size(0) - begin);
    auto* to = goodness + begin * labels * depth();
    sweep_first(sweep, from + begin * first.in, images, to);
    sweep_above(sweep, images * labels, to);
  }
  device_.synchronize();  // the workspace is released here
  return result;
}

#define FF_SWEEP(T, X)                                   \
  template at::Tensor FFEngine<T, X>::goodness_by_label( \
      std::size_t, const at::Tensor&, const LabelOverlay&);
FF_SWEEP(float, float)
FF_SWEEP(float, BFloat16)
FF_SWEEP(double, double)

}  // namespace ff::gpu
