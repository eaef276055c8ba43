#include "ff/optim/sgd.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff {

Sgd::Sgd(const OptimizerOptions& options, std::vector<NamedParameter> parameters)
    : Optimizer(options, std::move(parameters)) {
  if (options_.momentum == 0) return;
  for (const auto& [name, tensor] : parameters_) {
    velocity_.push_back(at::zeros_like(tensor));
    started_.push_back(at::zeros({1}, at::kBool));
  }
}

void Sgd::step() {
  clip_gradients();
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto& parameter = parameters_[i].tensor;
    auto grad = parameter.grad();
    if (!grad.defined()) continue;
    if (options_.batch_manhattan) grad = grad.sign();
    const auto decay = decay_of(options_, parameters_[i].name);
    if (decay != 0 && options_.decoupled_decay) parameter.mul_(1 - learning_rate() * decay);
    if (decay != 0 && !options_.decoupled_decay) grad = grad.add(parameter, /*alpha=*/decay);
    if (options_.momentum != 0) {
      auto& started = *started_[i].mutable_data_ptr<bool>();
      if (started) {
        velocity_[i].mul_(options_.momentum).add_(grad);
      } else {
        velocity_[i].copy_(grad);
        started = true;
      }
      grad = velocity_[i];
    }
    parameter.add_(grad, /*alpha=*/-learning_rate());
  }
}

TensorDict Sgd::state() const {
  auto state = Optimizer::state();
  for (std::size_t i = 0; i < velocity_.size(); ++i) {
    state[parameters_[i].name + ".momentum_buffer"] = velocity_[i];
    state[parameters_[i].name + ".started"] = started_[i];
  }
  return state;
}

}  // namespace ff
