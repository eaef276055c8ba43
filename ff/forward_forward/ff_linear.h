// FFLinear: a fully connected Forward-Forward layer.
#pragma once

#include <torch/nn/pimpl.h>

#include "ff/forward_forward/base.h"
#include "ff/forward_forward/goodness.h"
#include "ff/forward_forward/threshold_options.h"
#include "ff/nn/activation.h"
#include "ff/nn/init.h"
#include "ff/nn/normalize.h"
#include "ff/nn/normalize_options.h"

namespace ff {

/// Options of a fully connected layer.
struct FFLinearOptions {
  std::int64_t in_features = 0;
  std::int64_t out_features = 0;
  std::string activation = "relu";
  std::string goodness = "mean-square";
  std::string init = "torch";
  std::string normalize = "l2";
  double epsilon = 1e-4;
  ThresholdOptions threshold;
  LossOptions loss;
  PeerOptions peer;
  double dropout = 0;
};

/// a = activation(normalize(x) W^T + b), x (N, in) -> a (N, out). Images are flattened.
///
///   ff::FFLinear layer(ff::FFLinearOptions{.in_features = 784, .out_features = 512});
///   layer->set_optimizer({.learning_rate = 0.1});
///   auto step = layer->train_step(pos, neg);  // (B, 784) each
///
/// Throws c10::Error if a width is below 1, std::invalid_argument for an unknown name.
class FFLinearImpl : public FFBaseImpl {
 public:
  explicit FFLinearImpl(const FFLinearOptions& options_in);

  at::Tensor preactivation(const at::Tensor& x, Pass pass = Pass::kEvaluate) override;
  at::Tensor activation(const at::Tensor& z, Pass pass = Pass::kEvaluate) const override;
  at::Tensor goodness(const at::Tensor& activations) const override;
  Shape output_shape() const override { return {.channels = options.out_features}; }

  FFLinearOptions options;

 private:
  const Activation& activation_;
  const Goodness& goodness_;
  const LengthNormalization& normalize_;
};

TORCH_MODULE(FFLinear);

}  // namespace ff
