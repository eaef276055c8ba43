// FFBlock: a Forward-Forward layer of several parts, with one goodness for all.
#pragma once

#include <string>
#include <vector>

#include <torch/nn/pimpl.h>

#include "ff/forward_forward/base.h"
#include "ff/forward_forward/goodness.h"
#include "ff/forward_forward/linear.h"
#include "ff/nn/steps.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// What a block is made of.
struct FFBlockOptions {
  std::vector<LayerOptions> layers;  // one with weights, and what follows it
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

/// A body of layers between two points where gradients stop: a linear or convolutional layer on the
/// sample, normalised over all its values, then batch normalisation, non-linearity and pooling as
/// listed. Goodness is that of all values that the body gives. Parameters: weight, bias, threshold,
/// norms.0.weight, ...; buffers: norms.0.running_mean, ...; others.0... of layers of other kinds.
///
/// Throws OptionError as check_stack does, std::invalid_argument where a kernel is larger than the
/// image it meets.
class FFBlockImpl : public FFBaseImpl {
 public:
  explicit FFBlockImpl(const FFBlockOptions& options);

  /// (N, C, H, W), or flattened samples (N, C*H*W), -> (N, out) or (N, C', H', W')
  at::Tensor preactivation(const at::Tensor& x, Pass pass = Pass::kEvaluate) override;
  at::Tensor activation(const at::Tensor& z, Pass pass = Pass::kEvaluate) const override;
  at::Tensor goodness(const at::Tensor& activations) const override;
  Shape output_shape() const override { return output_; }

 private:
  Shape input_, output_;
  WeightedLayer layer_ = nullptr;
  Steps steps_;
  const Goodness& goodness_;
  const RowNormalization& normalize_;
  double epsilon_;
};

TORCH_MODULE(FFBlock);

}  // namespace ff
