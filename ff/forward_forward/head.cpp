#include "ff/forward_forward/head.h"

#include <ATen/Functions.h>

namespace ff {

SoftmaxHeadImpl::SoftmaxHeadImpl(std::int64_t features,
                                 std::int64_t classes,
                                 const OptimizerOptions& options,
                                 const at::Device& device) {
  weight = register_parameter("weight", at::zeros({classes, features}, device));
  optimizer_ = make_optimizer(options, {{"weight", weight}});
}

at::Tensor SoftmaxHeadImpl::logits(const at::Tensor& features) const {
  return at::mm(features, weight.t());
}

SoftmaxHeadImpl::Step SoftmaxHeadImpl::train_step(const at::Tensor& features,
                                                  const at::Tensor& labels) {
  const auto out = logits(features.detach());
  const auto loss = at::cross_entropy_loss(out, labels);
  optimizer_->zero_grad();
  loss.backward();
  optimizer_->step();
  return {loss.detach(), out.detach()};
}

}  // namespace ff
