#include "baselines/local_prediction.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff::baselines {
namespace {

std::int64_t pooled_side(const LocalPrediction::Options& options, const Shape& shape) {
  auto side = std::max(shape.height, shape.width);
  if (options.pooling == Pooling::kToTwo) return std::min<std::int64_t>(side, 2);
  while (side > 1 && shape.channels * side * side > options.most_inputs) --side;
  return side;
}

}  // namespace

LocalPrediction::LocalPrediction(const Options& options, const Shape& shape, std::int64_t classes)
    : side_(pooled_side(options, shape)) {
  const auto inputs = shape.channels * side_ * side_;
  std::vector<std::int64_t> widths(options.classifier.hidden_layers,
                                   options.classifier.width.value_or(inputs));
  widths.push_back(classes);
  classifier =
      Network(NetworkOptions{.input = {inputs, 1, 1},
                             .layers = mlp_layers(widths, "relu", options.classifier.batch_norm)});
  if (!options.zero) return;
  at::NoGradGuard no_grad;
  classifier->layers.back()->weight.zero_();
}

at::Tensor LocalPrediction::features(const at::Tensor& h) const {
  if (h.dim() == 2) return h;
  return at::adaptive_avg_pool2d(h, {side_, side_}).flatten(1);
}

at::Tensor LocalPrediction::loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const {
  return at::cross_entropy_loss(classifier->forward(features(h), pass), labels);
}

at::Tensor LocalPrediction::scores(const at::Tensor& h) const {
  return classifier->forward(features(h), Pass::kEvaluate);
}

at::Tensor LocalLoss::scores(const at::Tensor&) const { return {}; }

}  // namespace ff::baselines
