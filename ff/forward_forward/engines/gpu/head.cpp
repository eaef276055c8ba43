// Head of the fused GPU engine: its input and its training step.
#include <algorithm>

#include <c10/util/Exception.h>

#include "ff/forward_forward/engines/gpu/goodness_engine.h"

namespace ff::gpu {

template <class T, class X>
void FFEngine<T, X>::add_head(const HeadParts& parts, std::int64_t rows) {
  TORCH_CHECK(networks_ == 1, "gpu: networks that train together have no head");
  const auto& weight = parts.weight.tensor;
  std::vector<std::int64_t> places(layers_.size(), -1);
  std::int64_t features = 0;
  for (const auto l : parts.layers) {
    places[l] = features;
    features += layers_[l].out;
  }
  TORCH_CHECK(weight.size(1) == features,
              "gpu: a head of ",
              weight.size(1),
              " features on layers of ",
              features);
  head_ = Head{StackedParameter<T>("weight", {parts.weight}),
               features,
               weight.size(0),
               std::move(places),
               tensor_of<T>({rows, features}, place_),
               tensor_of<T>({rows, weight.size(0)}, place_)};
}

template <class T, class X>
void FFEngine<T, X>::forward_to_head(std::int64_t count, bool with_dropout) {
  const auto& places = head_->places;
  const auto top = std::distance(
      std::find_if(places.rbegin(), places.rend(), [](auto place) { return place >= 0; }),
      places.rend());
  for (std::int64_t l = 0; l < top; ++l) {
    auto* next = l + 1 < top ? rows_.input(l + 1) : nullptr;
    auto* features = places[l] < 0 ? nullptr : pointer<T>(head_->seen) + places[l];
    const auto dropout = with_dropout ? dropout_of(l, /*training=*/false) : Dropout<T>{};
    pass(rows_, l, count, next, features, dropout);
  }
}

// logits = seen W^T; then the gradient of the mean cross-entropy overwrites the logits.
template <class T, class X>
void FFEngine<T, X>::train_head(const Batches& batches, std::int64_t count) {
  const auto& [weight, features, classes, places, seen, logits] = *head_;
  auto* z = pointer<T>(logits);
  const auto part = depth();
  const Operand rows = {pointer<T>(seen), false, 0};
  device_.multiply(
      product_in<T>(rows, {weight.learned().value, true, 0}, z, count, classes, features));
  if (batches.draws_labels()) device_.launch(batches.draw_hard_labels<T>(z, count, cursor()));
  device_.launch(batches.cross_entropy<T, T>(
      {z, /*bias=*/nullptr, z, pointer<T>(row_loss_)}, classes, count, cursor()));
  device_.multiply(
      product_in<T>({z, true, 0}, rows, pointer<T>(gradient_), classes, features, count));
  device_.launch(UpdateLayer<T, T>{.gradient = pointer<T>(gradient_),
                                   .dz = z,
                                   .row_loss = pointer<T>(row_loss_),
                                   .row_grad = nullptr,
                                   .updates = pointer<Update<T>>(updates_) + 3 * part,
                                   .weight = weight.learned(),
                                   .bias = {},
                                   .threshold = {},
                                   .weight_copy = nullptr,
                                   .cursor = cursor(),
                                   .step_log = pointer<double>(step_log_) + 2 * part,
                                   .networks = 1,
                                   .rows = count,
                                   .width = 0,  // no biases
                                   .size = classes * features,
                                   .step_log_stride = 2 * parts()});
}

#define FF_HEAD(T, X)                                                     \
  template void FFEngine<T, X>::add_head(const HeadParts&, std::int64_t); \
  template void FFEngine<T, X>::forward_to_head(std::int64_t, bool);      \
  template void FFEngine<T, X>::train_head(const Batches&, std::int64_t);
FF_HEAD(float, float)
FF_HEAD(float, BFloat16)
FF_HEAD(double, double)

}  // namespace ff::gpu
