#include "ff/optim/adam.h"

#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace ff {

Adam::Adam(const OptimizerOptions& options, std::vector<NamedParameter> parameters)
    : Optimizer(options, std::move(parameters)) {
  for (const auto& [name, tensor] : parameters_) {
    moments_.push_back({at::zeros_like(tensor), at::zeros_like(tensor), at::zeros({1}, at::kLong)});
  }
}

void Adam::step() {
  clip_gradients();
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (parameters_[i].tensor.grad().defined()) update(parameters_[i], moments_[i]);
  }
}

// Same operations in the same order as Python's _single_tensor_adam, with scalars in double.
void Adam::update(const NamedParameter& named, Moments& moments) {
  const auto& parameter = named.tensor;
  auto grad = parameter.grad();
  auto& count = *moments.step.mutable_data_ptr<std::int64_t>();
  ++count;
  const auto decay = decay_of(options_, named.name);
  if (decay != 0 && options_.decoupled_decay) parameter.mul_(1 - learning_rate() * decay);
  if (decay != 0 && !options_.decoupled_decay) grad = grad.add(parameter, /*alpha=*/decay);
  moments.mean.lerp_(grad, 1 - options_.beta1);
  moments.square.mul_(options_.beta2).addcmul_(grad, grad, 1 - options_.beta2);
  const auto t = static_cast<double>(count);
  const double correction1 = 1 - std::pow(options_.beta1, t);
  const double correction2 = 1 - std::pow(options_.beta2, t);
  const auto denominator = (moments.square.sqrt() / std::sqrt(correction2)).add_(options_.epsilon);
  parameter.addcdiv_(moments.mean, denominator, -(learning_rate() / correction1));
}

TensorDict Adam::state() const {
  auto state = Optimizer::state();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto& name = parameters_[i].name;
    state[name + ".exp_avg"] = moments_[i].mean;
    state[name + ".exp_avg_sq"] = moments_[i].square;
    state[name + ".step"] = moments_[i].step;
  }
  return state;
}

}  // namespace ff
