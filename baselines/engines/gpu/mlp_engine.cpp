#include "baselines/engines/gpu/mlp_engine.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/nn/activation.h"

namespace ff::gpu {
namespace {

bool needs_input(int activation) {
  bool needs = false;
  Activations::with(activation, [&](auto phi) { needs = decltype(phi)::needs_input; });
  return needs;
}

// LibTorch's activation, for evaluation.
at::Tensor activated(int activation, at::Tensor x) {
  Activations::with(activation,
                    [&](auto phi) { x = find_activation(decltype(phi)::name).forward(x); });
  return x;
}

}  // namespace

template <class T>
MlpEngine<T>::MlpEngine(Device& device,
                        const at::Device& place,
                        const MlpParts& parts,
                        std::int64_t max_rows,
                        std::int64_t max_steps)
    : device_(device),
      place_(place),
      activation_(Activations::find(parts.activation)),
      keeps_inputs_(activation_ >= 0 && needs_input(activation_)) {
  TORCH_CHECK(activation_ >= 0, "gpu: no activation '", parts.activation, "'");
  std::int64_t widest = 0, largest = 0;
  for (const auto& [weight, bias] : parts.layers) {
    const auto out = weight.tensor.size(0), in = weight.tensor.size(1);
    const auto stacked = [&](const NamedParameter& parameter) {
      return StackedParameter<T>(parameter.name,
                                 {{parameter.tensor, parts.state, parts.optimizer}});
    };
    layers_.push_back({stacked(weight), stacked(bias), in, out, {}, {}});
    auto& layer = layers_.back();
    layer.input = tensor_of<T>({max_rows, in}, place);
    if (keeps_inputs_) layer.inputs = tensor_of<T>({max_rows, out}, place);
    widest = std::max({widest, out, layers_.size() > 1 ? in : 0});
    largest = std::max(largest, out * in);
  }
  for (auto& z : z_) z = tensor_of<T>({max_rows, widest}, place);
  gradient_ = tensor_of<T>({largest}, place);
  row_loss_ = tensor_of<T>({max_rows}, place);
  const auto parameters = 3 * static_cast<std::int64_t>(layers_.size());
  cursor_ = records_of<Cursor>(1, place);
  rules_ = records_of<UpdateRule>(parameters, place);
  steps_ = records_of<std::int64_t>(parameters, place);
  updates_ = records_of<Update<T>>(parameters, place);
  step_log_ = tensor_of<double>({max_steps, 2}, place);
}

template <class T>
void MlpEngine<T>::begin_epoch() {
  std::vector<UpdateRule> rules;
  std::vector<std::int64_t> steps;
  for (const auto& layer : layers_) {
    for (const auto* parameter : {&layer.weight, &layer.bias}) {
      rules.push_back(parameter->rules()[0]);
      steps.push_back(parameter->steps()[0]);
    }
    rules.push_back(rules.back());  // unused third record of each layer
    steps.push_back(0);
  }
  upload(rules, rules_);
  upload(steps, steps_);
  upload(std::vector<Cursor>{{-1}}, cursor_);  // begin_step advances to the first batch
}

template <class T>
void MlpEngine<T>::end_epoch(std::int64_t steps) {
  for (auto& layer : layers_) {
    layer.weight.add_steps(steps);
    layer.bias.add_steps(steps);
  }
}

template <class T>
void MlpEngine<T>::begin_step() {
  device_.launch(BeginStep<T, T>{.cursor = pointer<Cursor>(cursor_),
                                 .rules = pointer<UpdateRule>(rules_),
                                 .steps = pointer<std::int64_t>(steps_),
                                 .updates = pointer<Update<T>>(updates_),
                                 .count = 3 * static_cast<std::int64_t>(layers_.size())});
}

template <class T>
void MlpEngine<T>::multiply(
    const Operand& a, const Operand& b, T* out, std::int64_t m, std::int64_t n, std::int64_t k) {
  device_.multiply(product_in<T>(a, b, out, m, n, k));
}

// Forward pass up to the products of the last layer, without its bias.
template <class T>
void MlpEngine<T>::forward(std::int64_t count) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& layer = layers_[l];
    multiply({pointer<T>(layer.input), false, 0},
             {layer.weight.learned().value, true, 0},
             z(l),
             count,
             layer.out,
             layer.in);
    if (l + 1 == layers_.size()) return;
    device_.launch(HiddenRows<T, T>{.z = z(l),
                                    .bias = layer.bias.learned().value,
                                    .a = pointer<T>(layers_[l + 1].input),
                                    .inputs = pointer<T>(layer.inputs),
                                    .rows = count,
                                    .width = layer.out,
                                    .activation = activation_});
  }
}

template <class T>
void MlpEngine<T>::train(const Batches& batches, std::int64_t count) {
  forward(count);
  const auto last = layers_.size() - 1;
  device_.launch(batches.cross_entropy<T, T>(
      {z(last), layers_[last].bias.learned().value, z(last), pointer<T>(row_loss_)},
      layers_[last].out,
      count,
      cursor()));
  for (auto l = last; l > 0; --l) {
    const auto& layer = layers_[l];
    // Before the update, as backpropagation needs the weight of the forward pass.
    multiply({z(l), false, 0},
             {layer.weight.learned().value, false, 0},
             z(l - 1),
             count,
             layer.in,
             layer.out);
    update(l, count);
    device_.launch(BackwardRows<T, T>{.dx = z(l - 1),
                                      .a = pointer<T>(layer.input),
                                      .inputs = pointer<T>(layers_[l - 1].inputs),
                                      .dz = z(l - 1),
                                      .rows = count,
                                      .width = layer.in,
                                      .activation = activation_});
  }
  update(0, count);
}

template <class T>
void MlpEngine<T>::update(std::size_t l, std::int64_t count) {
  const auto& layer = layers_[l];
  const bool last = l + 1 == layers_.size();
  multiply({z(l), true, 0},
           {pointer<T>(layer.input), false, 0},
           pointer<T>(gradient_),
           layer.out,
           layer.in,
           count);
  device_.launch(UpdateLayer<T, T>{.gradient = pointer<T>(gradient_),
                                   .dz = z(l),
                                   .row_loss = pointer<T>(row_loss_),
                                   .row_grad = nullptr,
                                   .updates = pointer<Update<T>>(updates_) + 3 * l,
                                   .weight = layer.weight.learned(),
                                   .bias = layer.bias.learned(),
                                   .threshold = {},
                                   .weight_copy = nullptr,
                                   .cursor = cursor(),
                                   .step_log = last ? pointer<double>(step_log_) : nullptr,
                                   .networks = 1,
                                   .rows = count,
                                   .width = layer.out,
                                   .size = layer.out * layer.in,
                                   .step_log_stride = 2});
}

template <class T>
at::Tensor MlpEngine<T>::logits(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  auto x = rows;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& layer = layers_[l];
    x = at::addmm(layer.bias.values()[0], x, layer.weight.values()[0].t());
    if (l + 1 < layers_.size()) x = activated(activation_, x);
  }
  return x;
}

template class MlpEngine<float>;
template class MlpEngine<double>;

}  // namespace ff::gpu
