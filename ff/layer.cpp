#include "ff/layer.h"

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

namespace ff {

FFBaseImpl::FFBaseImpl(const LossOptions& options)
    : loss_(find_loss(options.type)), direction_(find_direction(options.direction)) {}

void FFBaseImpl::register_threshold(double initial, bool learned) {
  threshold = register_parameter("threshold", at::full({1}, initial, at::kFloat), learned);
}

at::Tensor FFBaseImpl::loss(const at::Tensor& goodness_pos, const at::Tensor& goodness_neg) const {
  return loss_.of(wrong_side(goodness_pos, goodness_neg, threshold, direction_));
}

TrainStep FFBaseImpl::train_step(const at::Tensor& pos, const at::Tensor& neg) {
  TORCH_CHECK(optimizer_, "FFBase: train_step needs an optimizer; call set_optimizer first");
  // Two passes, not one over both halves: the original's bits depend on it.
  const auto activations_pos = forward(pos.detach());
  const auto activations_neg = forward(neg.detach());
  const auto value = loss(goodness(activations_pos), goodness(activations_neg));
  optimizer_->zero_grad();
  value.backward();
  optimizer_->step();
  return {value.detach(), activations_pos.detach(), activations_neg.detach()};
}

void FFBaseImpl::set_optimizer(const OptimizerOptions& options) {
  std::vector<NamedParameter> learned;
  for (const auto& item : named_parameters()) {
    if (item.value().requires_grad()) learned.push_back({item.key(), item.value()});
  }
  optimizer_ = make_optimizer(options, std::move(learned));
}

void FFBaseImpl::set_rate_factor(double factor) {
  TORCH_CHECK(optimizer_, "FFBase: set_rate_factor needs an optimizer; call set_optimizer first");
  optimizer_->set_rate_factor(factor);
}

TensorDict FFBaseImpl::optimizer_state() const {
  return optimizer_ ? optimizer_->state() : TensorDict{};
}

}  // namespace ff
