#include "ff/sgd.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff {

Sgd::Sgd(const OptimizerOptions& options, std::vector<NamedParameter> parameters)
    : Optimizer(std::move(parameters)), options_(options) {
  if (options_.momentum == 0) return;
  for (const auto& [name, tensor] : parameters_) {
    velocity_.push_back(at::zeros_like(tensor));
    started_.push_back(at::zeros({1}, at::kBool));
  }
}

void Sgd::step() {
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto& parameter = parameters_[i].tensor;
    auto grad = parameter.grad();
    if (!grad.defined()) continue;
    if (options_.weight_decay != 0) grad = grad.add(parameter, /*alpha=*/options_.weight_decay);
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
    parameter.add_(grad, /*alpha=*/-options_.learning_rate);
  }
}

TensorDict Sgd::state() const {
  TensorDict state;
  for (std::size_t i = 0; i < velocity_.size(); ++i) {
    state[parameters_[i].name + ".momentum_buffer"] = velocity_[i];
    state[parameters_[i].name + ".started"] = started_[i];
  }
  return state;
}

}  // namespace ff
