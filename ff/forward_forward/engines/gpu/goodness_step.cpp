// Training step of the fused GPU engine: forward pass and update of a layer.
#include "ff/forward_forward/engines/gpu/goodness_engine.h"
#include "ff/nn/dropout.h"

namespace ff::gpu {

// Returns the dropout of a layer in this step; the head's pass draws other masks than training.
template <class T, class X>
Dropout<T> FFEngine<T, X>::dropout_of(std::size_t layer, bool training) const {
  if (dropout_ == 0) return {};
  return {.seeds = dropout_seeds_,
          .cursor = cursor(),
          .pass = static_cast<std::int64_t>(2 * layer + (training ? 1 : 0)),
          .kept = static_cast<T>(1 - dropout_),
          .scale = static_cast<T>(dropout_scale(dropout_))};
}

// Updates the running means from the preactivations; returns null if peer normalisation is off.
template <class T, class X>
const T* FFEngine<T, X>::update_mean_activation(const Layer& layer,
                                                std::int64_t count,
                                                const Dropout<T>& dropout) {
  if (!layer.mean_activation) return nullptr;
  const auto positives = count / 2;
  auto* mean = layer.mean_activation->learned().value;
  device_.launch(MeanActivations<T, X>{
      .z = rows_.z(),
      .bias = layer.bias.learned().value,
      .mean = mean,
      .networks = networks_,
      .rows = count,
      .positives = positives,
      .width = layer.out,
      .kept = static_cast<T>(peer_.momentum),
      .gain = static_cast<T>((1 - peer_.momentum) / static_cast<double>(positives)),
      .activation = activation_,
      .dropout = dropout});
  return mean;
}

template <class T, class X>
void FFEngine<T, X>::begin_step(Parts parts) {
  const auto each = 3 * networks_;
  const auto from = parts.first * each;
  device_.launch(BeginStep<T, X>{.cursor = pointer<Cursor>(cursor_),
                                 .rules = pointer<UpdateRule>(rules_) + from,
                                 .steps = pointer<std::int64_t>(steps_) + from,
                                 .updates = pointer<Update<T>>(updates_) + from,
                                 .count = parts.count * each});
}

template <class T, class X>
const X* FFEngine<T, X>::operand(const Layer& layer) const {
  if constexpr (std::is_same_v<T, X>) {
    return layer.weight.learned().value;
  } else {
    return pointer<X>(layer.weight_copy);
  }
}

// z (networks, count, out) <- x (networks, count, in) W^T
template <class T, class X>
Product FFEngine<T, X>::forward_product(const Layer& layer,
                                        const X* x,
                                        T* z,
                                        std::int64_t count) const {
  return {.a = {x, false, count * layer.in},
          .b = {operand(layer), true, layer.out * layer.in},
          .out = z,
          .m = count,
          .n = layer.out,
          .k = layer.in,
          .networks = networks_,
          .operands = number_of<X>(),
          .result = number_of<T>()};
}

// Propagates through layer `l`, to the input of the layer above and to the head's features.
template <class T, class X>
void FFEngine<T, X>::pass(const RowMemory<T, X>& memory,
                          std::size_t l,
                          std::int64_t count,
                          X* next,
                          T* features,
                          const Dropout<T>& dropout) {
  const auto& layer = layers_[l];
  device_.multiply(forward_product(layer, memory.input(l), memory.z(), count));
  device_.launch(ActivateRows<T, X>{.z = memory.z(),
                                    .bias = layer.bias.learned().value,
                                    .next = next,
                                    .goodness = nullptr,
                                    .features = features,
                                    .networks = networks_,
                                    .rows = count,
                                    .width = layer.out,
                                    .goodness_stride = 0,
                                    .feature_stride = head_ ? head_->features : 0,
                                    .goodness_scale = layer.goodness_scale,
                                    .activation = activation_,
                                    .next_scale = scale_,
                                    .dropout = dropout});
}

template <class T, class X>
void FFEngine<T, X>::pass_up(const RowMemory<T, X>& memory,
                             std::size_t from,
                             std::size_t to,
                             std::int64_t count) {
  for (auto l = from; l < to; ++l) pass(memory, l, count, memory.input(l + 1), nullptr, {});
}

template <class T, class X>
void FFEngine<T, X>::train_layer(std::size_t l, std::int64_t count) {
  const auto& layer = layers_[l];
  const bool last = l + 1 == layers_.size();
  X* dz = pointer<X>(dz_);
  if constexpr (std::is_same_v<T, X>) dz = rows_.z();
  const auto dropout = dropout_of(l, /*training=*/true);
  const auto positives = count / 2;
  device_.multiply(forward_product(layer, rows_.input(l), rows_.z(), count));
  const auto* means = update_mean_activation(layer, count, dropout);
  device_.launch(GoodnessRows<T, X>{
      .z = rows_.z(),
      .bias = layer.bias.learned().value,
      .threshold = layer.threshold.learned().value,
      .dz = dz,
      .next = last ? nullptr : rows_.input(l + 1),
      .row_loss = pointer<T>(row_loss_),
      .row_grad = pointer<T>(row_grad_),
      .mean_activation = means,
      .networks = networks_,
      .rows = count,
      .positives = positives,
      .width = layer.out,
      .goodness_scale = layer.goodness_scale,
      .positive_sign = positive_sign_,
      .temperature = temperature_,
      .peer_weight = static_cast<T>(peer_.weight / static_cast<double>(positives)),
      .activation = activation_,
      .loss = loss_,
      .next_scale = scale_,
      .dropout = dropout});
  device_.multiply({.a = {dz, true, count * layer.out},
                    .b = {rows_.input(l), false, count * layer.in},
                    .out = pointer<T>(gradient_),
                    .m = layer.out,
                    .n = layer.in,
                    .k = count,
                    .networks = networks_,
                    .operands = number_of<X>(),
                    .result = number_of<T>()});
  update(l, dz, count);
}

template <class T, class X>
void FFEngine<T, X>::update(std::size_t l, const X* dz, std::int64_t count) {
  const auto& layer = layers_[l];
  const auto place = static_cast<std::int64_t>(l);
  device_.launch(UpdateLayer<T, X>{.gradient = pointer<T>(gradient_),
                                   .dz = dz,
                                   .row_loss = pointer<T>(row_loss_),
                                   .row_grad = pointer<T>(row_grad_),
                                   .updates = pointer<Update<T>>(updates_) + 3 * networks_ * place,
                                   .weight = layer.weight.learned(),
                                   .bias = layer.bias.learned(),
                                   .threshold = layer.threshold.learned(),
                                   .weight_copy = pointer<X>(layer.weight_copy),
                                   .cursor = cursor(),
                                   .step_log = pointer<double>(step_log_) + 2 * place,
                                   .networks = networks_,
                                   .rows = count,
                                   .width = layer.out,
                                   .size = layer.out * layer.in,
                                   .step_log_stride = 2 * parts()});
}

#define FF_STEP(T, X)                                                                \
  template Dropout<T> FFEngine<T, X>::dropout_of(std::size_t, bool) const;           \
  template void FFEngine<T, X>::begin_step(Parts);                                   \
  template void FFEngine<T, X>::pass(                                                \
      const RowMemory<T, X>&, std::size_t, std::int64_t, X*, T*, const Dropout<T>&); \
  template void FFEngine<T, X>::pass_up(                                             \
      const RowMemory<T, X>&, std::size_t, std::size_t, std::int64_t);               \
  template void FFEngine<T, X>::train_layer(std::size_t, std::int64_t);
FF_STEP(float, float)
FF_STEP(float, BFloat16)
FF_STEP(double, double)

}  // namespace ff::gpu
