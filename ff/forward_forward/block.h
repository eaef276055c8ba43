// FFBlock: a Forward-Forward layer made of several layers that share one goodness.
#pragma once

#include <string>
#include <vector>

#include <torch/nn/pimpl.h>

#include "ff/forward_forward/base.h"
#include "ff/forward_forward/ff_linear.h"
#include "ff/forward_forward/goodness.h"
#include "ff/nn/steps.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// Options of a block.
struct FFBlockOptions {
  std::vector<LayerOptions> layers;  // a layer with weights, then those without
  Shape input;
  std::string goodness = "mean-square";
  std::string init = "torch";
  std::string normalize = "l2";
  double epsilon = 1e-4;
  ThresholdOptions threshold;
  LossOptions loss;
  PeerOptions peer;
  double dropout = 0;
};

/// A block of layers between two points where gradients are stopped: length normalisation over all
/// values of a sample, a linear or convolutional layer, then batch normalisation, activation and
/// pooling as listed. Its goodness is computed from all values of its output. Parameters: weight,
/// bias, threshold, norms.0.weight, ...; buffers: norms.0.running_mean, ...; others.0... for other
/// kinds of layers.
///
/// Throws OptionError as check_stack does, std::invalid_argument if a kernel is larger than its
/// input.
class FFBlockImpl : public FFBaseImpl {
 public:
  explicit FFBlockImpl(const FFBlockOptions& options);

  /// Maps (N, C, H, W), or flat samples (N, C*H*W), to (N, out) or (N, C', H', W').
  at::Tensor preactivation(const at::Tensor& x, Pass pass = Pass::kEvaluate) override;
  at::Tensor activation(const at::Tensor& z, Pass pass = Pass::kEvaluate) const override;
  at::Tensor goodness(const at::Tensor& activations) const override;
  Shape output_shape() const override { return output_; }

 private:
  Shape input_, output_;
  WeightedLayer layer_ = nullptr;
  Steps steps_;
  const Goodness& goodness_;
  const LengthNormalization& normalize_;
  double epsilon_;
};

TORCH_MODULE(FFBlock);

}  // namespace ff
