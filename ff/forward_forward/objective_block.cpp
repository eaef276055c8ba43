#include "ff/forward_forward/objective_block.h"

#include <c10/util/Exception.h>

#include "ff/nn/dropout.h"

namespace ff {

ObjectiveBlockImpl::ObjectiveBlockImpl(const BlockBodyOptions& options, double dropout)
    : body_(*this, options), dropout_(dropout) {}

at::Tensor ObjectiveBlockImpl::forward(const at::Tensor& x, Pass pass) const {
  return body_.from_activation(body_.before_activation(x, pass), pass);
}

at::Tensor ObjectiveBlockImpl::loss(const at::Tensor& x, const at::Tensor& labels) const {
  return objective_->loss(forward(x.detach(), Pass::kProbe), labels);
}

ObjectiveStep ObjectiveBlockImpl::train_step(const at::Tensor& x, const at::Tensor& labels) {
  TORCH_CHECK(optimizer_,
              "ObjectiveBlock: train_step needs an optimizer; call set_optimizer first");
  const auto activations = dropped(forward(x.detach(), Pass::kTrain), dropout_);
  const auto loss = objective_->loss(activations, labels);
  optimizer_->zero_grad();
  loss.backward();
  optimizer_->step();
  return {loss.detach(), activations.detach()};
}

void ObjectiveBlockImpl::set_objective(std::shared_ptr<Objective> objective) {
  objective_ = register_module("objective", std::move(objective));
}

void ObjectiveBlockImpl::set_optimizer(const OptimizerOptions& options) {
  std::vector<NamedParameter> learned;
  for (const auto& item : named_parameters()) learned.push_back({item.key(), item.value()});
  optimizer_ = make_optimizer(options, std::move(learned));
}

}  // namespace ff
