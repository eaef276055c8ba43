#include "ff/forward_forward/engines/gpu/goodness_engine.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/engines/cpu/learned_tensor.h"

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
  if (LengthNormalizations::find(model.normalize.type) < 0) {
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
      scale_{LengthNormalizations::find(model.normalize.type),
             static_cast<T>(model.normalize.epsilon)},
      unchanged_{LengthNormalizations::find("none"), T(0)},
      rows_(
          networks_ * max_rows, networks.front()->layers.front()->weight.size(1), widest_, place) {
  const auto reason = reason_against(model, loss, optimizers.front());
  TORCH_CHECK(reason.empty(), "gpu: does not support ", reason);
  for (std::size_t l = 0; l < networks.front()->layers.size(); ++l)
    add_layer(networks, l, model, optimizers);
  TORCH_CHECK(dropout_ == 0 || dropout_seeds_, "gpu: dropout without seeds");
  if (extras.head) add_head(*extras.head, max_rows / 2);  // the head sees positives only
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
  step_log_ = tensor_of<double>({max_steps, networks_, parts(), 2}, place);
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

template <class T, class X>
RowMemory<T, X> FFEngine<T, X>::make_rows(std::int64_t count) const {
  return RowMemory<T, X>(networks_ * count, layers_.front().in, widest_, place_);
}

// Weights may have been loaded from a checkpoint or pruned since their copies were written.
template <class T, class X>
void FFEngine<T, X>::refresh_copies() {
  at::NoGradGuard no_grad;
  for (auto& layer : layers_) {
    if (layer.weight_copy.defined()) layer.weight_copy.copy_(layer.weight.values());
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
  if (head_) {  // the head has a weight, but no bias or threshold
    rules.insert(rules.end(), {head_->weight.rules()[0], {}, {}});
    steps.insert(steps.end(), {head_->weight.steps()[0], 0, 0});
  }
  upload(rules, rules_);
  upload(steps, steps_);
  upload(std::vector<Cursor>{{-1}}, cursor_);  // begin_step advances to the first batch, 0
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

template class FFEngine<float, float>;
template class FFEngine<float, BFloat16>;
template class FFEngine<double, double>;

}  // namespace ff::gpu
