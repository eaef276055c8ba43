#include "baselines/hebbian.h"

#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/mlp.h"
#include "ff/core/find_choice.h"
#include "ff/core/separate_seed.h"

namespace ff::baselines {
namespace {

using at::Tensor;

// Returns 1 at the largest entry of each sample, 0 elsewhere.
Tensor winner(const Tensor& u) {
  return at::zeros_like(u).scatter_(/*dim=*/1, u.argmax(/*dim=*/1, /*keepdim=*/true), 1);
}

Tensor soft_outputs(const Tensor& u, const Tensor&, double temperature) {
  return at::softmax(u / temperature, /*dim=*/1) * (2 * winner(u) - 1);
}

Tensor soft_scaled(const Tensor& dw, const Tensor&, const Tensor& lengths) {
  const auto largest = dw.abs().max().clamp_min(1e-30);
  return dw * ((lengths - 1).abs().sqrt() / largest).unsqueeze(1);
}

}  // namespace

const std::vector<HebbianRule>& hebbian_rules() {
  static const std::vector<HebbianRule> all = {
      {"oja",
       "Hebbian learning with Oja's decay, independent units",
       [](const Tensor& u, const Tensor&, double) { return u; },
       [](const Tensor& dw, const Tensor& y, const Tensor&) { return dw / y.size(0); }},
      {"competitive",
       "competitive Hebbian learning: winner-take-all",
       [](const Tensor& u, const Tensor& lengths, double) { return winner(u / lengths); },
       [](const Tensor& dw, const Tensor& y, const Tensor&) {
         return dw / y.sum(/*dim=*/0).clamp_min(1).unsqueeze(1);
       }},
      {"soft-hebb",
       "SoftHebb: soft winner-take-all by a softmax, anti-Hebbian updates for the losers",
       soft_outputs,
       soft_scaled}};
  return all;
}

HebbianLearner::HebbianLearner(const std::string& rule,
                               HebbianOptions hebbian,
                               NetworkLearnerOptions options,
                               DataInfo info)
    : NetworkLearner(std::move(options), std::move(info)),
      rule_(find_choice(hebbian_rules(), rule, "Hebbian rule")),
      hebbian_(hebbian) {
  TORCH_CHECK(!network->is_convolutional(),
              "HebbianLearner: convolutional layers are not supported");
  if (network->depth() > 1) refuse_stream("model.type", rule, "rules of one phase, such as bp");
  at::NoGradGuard no_grad;
  const SeparateSeedGuard own;
  for (std::size_t l = 0; l + 1 < network->depth(); ++l) {
    const auto& layer = network->layers[l];
    const auto deviation =
        hebbian_.init_scale / std::sqrt(static_cast<double>(layer->weight.size(1)));
    layer->weight.copy_(at::empty(layer->weight.sizes()).normal_(0, deviation));
    layer->bias.zero_();
  }
}

std::vector<Phase> HebbianLearner::phases() const {
  std::vector<Phase> phases;
  for (std::size_t l = 0; l + 1 < network->depth(); ++l) {
    phases.push_back({"layer " + std::to_string(l), hebbian_.epochs, static_cast<std::int64_t>(l)});
  }
  const auto last = static_cast<std::int64_t>(network->depth()) - 1;
  phases.push_back({"readout", options_.epochs, last});
  return phases;
}

void HebbianLearner::enter_epoch(const Phase& phase, std::int64_t epoch) {
  if (phase.name == "readout") NetworkLearner::enter_epoch(phase, epoch);
}

// Returns the input of `layer` during training. Normalisation uses batch statistics even in frozen
// layers, as this is where the running statistics come from.
at::Tensor HebbianLearner::forward_to(std::size_t layer, const at::Tensor& inputs) const {
  auto x = network->input(inputs);
  for (std::size_t l = 0; l < layer; ++l) {
    x = network->after(l, network->layers[l]->forward(x), Pass::kTrain);
  }
  return x;
}

HebbianLearner::Step HebbianLearner::step(std::size_t l, const at::Tensor& x) const {
  const auto weight = network->layers[l]->weight.detach();
  const auto lengths = weight.norm(2, /*dim=*/1);
  const auto unit = x / (x.norm(2, /*dim=*/1, /*keepdim=*/true) + 1e-8);
  const auto u = unit.mm(weight.t());
  const auto y = rule_.outputs(u, lengths, hebbian_.temperature);
  const auto dw = y.t().mm(unit) - (y * u).sum(/*dim=*/0).unsqueeze(1) * weight;
  return {rule_.scaled(dw, y, lengths), 1 - (u / lengths).amax(/*dim=*/1).mean()};
}

at::Tensor HebbianLearner::train_step(const Phase& phase, const Batch& batch) {
  at::NoGradGuard no_grad;
  const auto inputs = inputs_of(batch);
  const auto trained = static_cast<std::size_t>(phase.layer);
  if (phase.name != "readout") {
    const auto found = step(trained, forward_to(trained, inputs));
    network->layers[trained]->weight.add_(found.dw, hebbian_.learning_rate);
    return found.loss.view({1});
  }
  const auto x = forward_to(trained, inputs);
  const auto output = output_error(network->layers[trained]->forward(x), labels_of(batch));
  Gradient found;
  add_layer(found.by_name, trained, output.delta, x);
  optimizer_->set_gradients(found.by_name);
  optimizer_->step();
  return output.loss.view({1});
}

Gradient HebbianLearner::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  at::NoGradGuard no_grad;
  const auto last = network->depth() - 1;
  Gradient found;
  auto x = network->input(inputs);
  for (std::size_t l = 0; l < last; ++l) {
    found.by_name["layers." + std::to_string(l) + ".weight"] = -step(l, x).dw;
    x = network->after(l, network->layers[l]->forward(x), pass);
  }
  const auto output = output_error(network->layers[last]->forward(x), labels);
  add_layer(found.by_name, last, output.delta, x);
  found.loss = output.loss;
  return found;
}

}  // namespace ff::baselines
