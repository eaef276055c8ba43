#include "ff/gpu/ff_engine.h"

#include <algorithm>
#include <numeric>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/dropout.h"
#include "ff/fused/update.h"

namespace ff::gpu {
namespace {

std::int64_t widest_of(const FFNetwork& network) {
  std::int64_t widest = 0;
  for (const auto& layer : network->layers) widest = std::max(widest, layer->weight.size(0));
  return widest;
}

std::int64_t largest_of(const FFNetwork& network) {
  std::int64_t largest = 0;
  for (const auto& layer : network->layers) largest = std::max(largest, layer->weight.numel());
  return largest;
}

}  // namespace

std::string reason_against(const ModelOptions& model,
                           const LossOptions& loss,
                           const OptimizerOptions& optimizer) {
  if (Activations::find(model.activation) < 0) return "model.activation " + model.activation;
  if (Losses::find(loss.type) < 0) return "loss.type " + loss.type;
  if (!find_goodness(model.goodness).scale) return "model.goodness " + model.goodness;
  if (RowNormalizations::find(model.normalize.type) < 0) {
    return "model.normalize.type " + model.normalize.type;
  }
  if (find_loss(loss.type).paired) return "loss.type " + loss.type;
  return fused::missing_update(optimizer);
}

template <class T, class X>
FFEngine<T, X>::FFEngine(Device& device,
                         const at::Device& place,
                         const std::vector<FFNetwork>& networks,
                         const ModelOptions& model,
                         const LossOptions& loss,
                         const std::vector<OptimizerOptions>& optimizers,
                         std::int64_t max_rows,
                         std::int64_t max_steps,
                         const EngineExtras& extras)
    : device_(device),
      place_(place),
      kept_(networks),
      networks_(static_cast<std::int64_t>(networks.size())),
      widest_(widest_of(networks.front())),
      activation_(Activations::find(model.activation)),
      loss_(Losses::find(loss.type)),
      temperature_(static_cast<T>(loss.temperature)),
      positive_sign_(find_direction(loss.direction) == Direction::kMaxSsq ? -1 : 1),
      normalize_input_(model.normalize.input),
      peer_(model.peer),
      dropout_(model.dropout),
      dropout_seeds_(extras.dropout_seeds),
      scale_{RowNormalizations::find(model.normalize.type),
             static_cast<T>(model.normalize.epsilon)},
      unchanged_{RowNormalizations::find("none"), T(0)},
      rows_(
          networks_ * max_rows, networks.front()->layers.front()->weight.size(1), widest_, place) {
  const auto reason = reason_against(model, loss, optimizers.front());
  TORCH_CHECK(reason.empty(), "gpu: cannot do ", reason);
  for (std::size_t l = 0; l < networks.front()->layers.size(); ++l)
    add_layer(networks, l, model, optimizers);
  TORCH_CHECK(dropout_ == 0 || dropout_seeds_, "gpu: dropout without seeds");
  if (extras.head) add_head(*extras.head, max_rows / 2);  // of positives alone
  const auto rows = networks_ * max_rows;
  if (!std::is_same_v<T, X>) dz_ = tensor_of<X>({rows * widest_}, place);
  const auto of_head = head_ ? head_->weight.size() : 0;
  gradient_ = tensor_of<T>({networks_ * std::max(largest_of(networks.front()), of_head)}, place);
  row_loss_ = tensor_of<T>({rows}, place);
  row_grad_ = tensor_of<T>({rows}, place);
  const auto parameters = parts() * networks_ * 3;
  cursor_ = records_of<Cursor>(1, place);
  rules_ = records_of<UpdateRule>(parameters, place);
  steps_ = records_of<std::int64_t>(parameters, place);
  updates_ = records_of<Update<T>>(parameters, place);
  history_ = tensor_of<double>({max_steps, networks_, parts(), 2}, place);
}

template <class T, class X>
void FFEngine<T, X>::add_layer(const std::vector<FFNetwork>& networks,
                               std::size_t l,
                               const ModelOptions& model,
                               const std::vector<OptimizerOptions>& optimizers) {
  const auto stacked = [&](const std::string& name, const auto& tensor) {
    std::vector<ParameterOf> parts;
    for (std::size_t n = 0; n < networks.size(); ++n) {
      const auto& layer = networks[n]->layers[l];
      parts.push_back({tensor(*layer), layer->optimizer_state(), optimizers[n]});
    }
    return StackedParameter<T>(name, std::move(parts));
  };
  const auto& weight = networks.front()->layers[l]->weight;
  const auto in = weight.size(1), out = weight.size(0);
  layers_.push_back(
      {stacked("weight", [](auto& layer) { return layer.weight; }),
       stacked("bias", [](auto& layer) { return layer.bias; }),
       stacked("threshold", [](auto& layer) { return layer.threshold; }),
       std::nullopt,
       {},
       in,
       out,
       static_cast<T>(find_goodness(model.goodness).scale(static_cast<double>(out)))});
  if (peer_.on()) {
    const auto mean = [](auto& layer) { return layer.mean_activation; };
    layers_.back().mean_activation = stacked("mean_activation", mean);
  }
  if (!std::is_same_v<T, X>) {
    layers_.back().weight_copy = tensor_of<X>({networks_, out, in}, place_);
  }
}

// In a step's training, or as the head sees the layers before it.
template <class T, class X>
Dropout<T> FFEngine<T, X>::dropout_of(std::size_t layer, bool training) const {
  if (dropout_ == 0) return {};
  return {.seeds = dropout_seeds_,
          .cursor = cursor(),
          .pass = static_cast<std::int64_t>(2 * layer + (training ? 1 : 0)),
          .kept = static_cast<T>(1 - dropout_),
          .scale = static_cast<T>(dropout_scale(dropout_))};
}

// Takes in a step's products; null without peer normalisation.
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
RowMemory<T, X> FFEngine<T, X>::make_rows(std::int64_t count) const {
  return RowMemory<T, X>(networks_ * count, layers_.front().in, widest_, place_);
}

// Weights may have been loaded or pruned since the last step wrote their copies.
template <class T, class X>
void FFEngine<T, X>::refresh_copies() {
  at::NoGradGuard no_grad;
  for (auto& layer : layers_) {
    if (layer.weight_copy.defined()) layer.weight_copy.copy_(layer.weight.values());
  }
}

template <class T, class X>
const X* FFEngine<T, X>::operand(const Layer& layer) const {
  if constexpr (std::is_same_v<T, X>) {
    return layer.weight.learned().value;
  } else {
    return pointer<X>(layer.weight_copy);
  }
}

template <class T, class X>
void FFEngine<T, X>::begin_epoch() {
  refresh_copies();
  std::vector<UpdateRule> rules;
  std::vector<std::int64_t> steps;
  for (const auto& layer : layers_) {
    const StackedParameter<T>* parameters[] = {&layer.weight, &layer.bias, &layer.threshold};
    for (std::size_t n = 0; n < kept_.size(); ++n) {
      for (const auto* parameter : parameters) {
        rules.push_back(parameter->rules()[n]);
        steps.push_back(parameter->steps()[n]);
      }
    }
  }
  if (head_) {  // a weight, and nothing in the places of a bias and a threshold
    rules.insert(rules.end(), {head_->weight.rules()[0], {}, {}});
    steps.insert(steps.end(), {head_->weight.steps()[0], 0, 0});
  }
  upload(rules, rules_);
  upload(steps, steps_);
  upload(std::vector<Cursor>{{-1}}, cursor_);  // begin_step moves on to the first batch
}

template <class T, class X>
void FFEngine<T, X>::end_epoch(Parts trained, std::int64_t steps) {
  for (auto part = trained.first; part < trained.first + trained.count; ++part) {
    if (part == depth()) {
      head_->weight.add_steps(steps);
      continue;
    }
    auto& layer = layers_[part];
    for (auto* parameter : {&layer.weight, &layer.bias, &layer.threshold}) {
      parameter->add_steps(steps);
    }
  }
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

// Through layer `l`: to the layer above where it reads, and to the head's place for this layer.
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
                                   .history = pointer<double>(history_) + 2 * place,
                                   .networks = networks_,
                                   .rows = count,
                                   .width = layer.out,
                                   .size = layer.out * layer.in,
                                   .history_stride = 2 * parts()});
}

template class FFEngine<float, float>;
template class FFEngine<float, BFloat16>;
template class FFEngine<double, double>;

}  // namespace ff::gpu
