#include "ff/forward_forward/base.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include "ff/forward_forward/losses/symba.h"
#include "ff/nn/dropout.h"

namespace ff {

FFBaseImpl::FFBaseImpl(const FFBaseOptions& options)
    : options_(options),
      loss_(find_loss(options.loss.type)),
      direction_(find_direction(options.loss.direction)) {}

void FFBaseImpl::register_threshold(double initial, bool learned) {
  threshold = register_parameter("threshold", at::full({1}, initial, at::kFloat), learned);
}

void FFBaseImpl::register_peers(std::int64_t units) {
  if (!options_.peer.on()) return;
  constexpr double kInitial = 0.5;
  mean_activation = register_buffer("mean_activation", at::full({units}, kInitial, at::kFloat));
}

at::Tensor FFBaseImpl::forward_with_dropout(const at::Tensor& x) {
  return dropped(forward(x), options_.dropout);
}

at::Tensor FFBaseImpl::loss(const at::Tensor& goodness_pos, const at::Tensor& goodness_neg) const {
  auto z = loss_.paired ? wrong_order(goodness_pos, goodness_neg, direction_)
                        : wrong_side(goodness_pos, goodness_neg, threshold, direction_);
  if (options_.loss.temperature != 1) z = z / options_.loss.temperature;
  return loss_.of(z);
}

FFBaseImpl::BothHalves FFBaseImpl::both_halves(const at::Tensor& pos,
                                               const at::Tensor& neg,
                                               double dropout,
                                               const at::Tensor& mean,
                                               Pass pass) {
  // Two forward passes rather than one concatenated batch: bit-equal to the original.
  const auto z_pos = preactivation(pos.detach(), pass);
  const auto activations_pos = dropped(activation(z_pos, pass), dropout);
  const auto activations_neg = dropped(forward(neg.detach(), pass), dropout);
  const auto value = loss(goodness(activations_pos), goodness(activations_neg));
  auto descended = value;
  if (options_.peer.on()) {
    update_mean_activation(mean, activations_pos, options_.peer.momentum);
    descended = value + peer_term(mean, z_pos, options_.peer.weight);
  }
  return {value, descended, activations_pos, activations_neg};
}

at::Tensor FFBaseImpl::objective(const at::Tensor& pos, const at::Tensor& neg) {
  const auto mean = options_.peer.on() ? mean_activation.clone() : at::Tensor();
  return both_halves(pos, neg, /*dropout=*/0, mean, Pass::kProbe).objective;
}

TrainStep FFBaseImpl::train_step(const at::Tensor& pos, const at::Tensor& neg) {
  TORCH_CHECK(optimizer_, "FFBase: train_step needs an optimizer; call set_optimizer first");
  const auto both = both_halves(pos, neg, options_.dropout, mean_activation, Pass::kTrain);
  optimizer_->zero_grad();
  both.objective.backward();
  optimizer_->step();
  return {both.loss.detach(), both.activations_pos.detach(), both.activations_neg.detach()};
}

void FFBaseImpl::set_optimizer(const OptimizerOptions& options) {
  std::vector<NamedParameter> learned;
  for (const auto& item : named_parameters()) {
    if (item.value().requires_grad()) learned.push_back({item.key(), item.value()});
  }
  optimizer_ = make_optimizer(options, std::move(learned));
}

void FFBaseImpl::set_lr_scale(double factor) {
  TORCH_CHECK(optimizer_, "FFBase: set_rate_factor needs an optimizer; call set_optimizer first");
  optimizer_->set_lr_scale(factor);
}

TensorDict FFBaseImpl::optimizer_state() const {
  return optimizer_ ? optimizer_->state() : TensorDict{};
}

TensorDict FFBaseImpl::training_state() const {
  auto state = optimizer_state();
  if (mean_activation.defined()) state["mean_activation"] = mean_activation;
  return state;
}

}  // namespace ff
