// FFNetwork: Forward-Forward layers one upon the other.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/data/label_overlay.h"
#include "ff/forward_forward/linear.h"
#include "ff/forward_forward/model_options.h"

namespace ff {

/// A layer of a Forward-Forward network, of whatever kind.
using FFLayer = std::shared_ptr<FFBaseImpl>;

/// A stack of Forward-Forward layers, registered as layers.0, layers.1, ...: FFLinear where a block
/// is a fully connected layer with its non-linearity, FFBlock elsewhere.
class FFNetworkImpl : public torch::nn::Module {
 public:
  /// Layers are made first to last, each drawing its weights from the default CPU generator,
  /// whatever the device they then move to. Throws OptionError where layers do not fit the input.
  FFNetworkImpl(const Shape& input,
                const ModelOptions& model,
                const LossOptions& loss,
                const OptimizerOptions& optimizer,
                const at::Device& device = at::kCPU);

  /// On samples of `in_features` values.
  FFNetworkImpl(std::int64_t in_features,
                const ModelOptions& model,
                const LossOptions& loss,
                const OptimizerOptions& optimizer,
                const at::Device& device = at::kCPU)
      : FFNetworkImpl(Shape{.channels = in_features}, model, loss, optimizer, device) {}

  /// Activations after the first `layers` layers, (N, in) -> (N, out); without gradient.
  at::Tensor features(const at::Tensor& x, std::size_t layers);

  /// Normalised activities of the chosen layers side by side, (N, in) -> (N, sum of their widths):
  /// what a head sees; with dropout as in training, or without. Carries gradients, as the next
  /// does, through all layers below: for whoever wants none, under a guard.
  at::Tensor normalized_activities(const at::Tensor& x,
                                   const std::vector<std::int64_t>& chosen,
                                   bool with_dropout);

  /// Activations of a layer, flattened to (N, width), as the layer above normalises them.
  at::Tensor normalized(const at::Tensor& activations) const;

  /// Goodness of every layer for every label: rows (N, D) -> (N, C, L); `rows` are left as they
  /// are. No random numbers are drawn.
  at::Tensor goodness_by_label(const at::Tensor& rows, const LabelOverlay& overlay);

  std::vector<FFLayer> layers;

 private:
  const RowNormalization& normalize_;
  double epsilon_;
};

TORCH_MODULE(FFNetwork);

}  // namespace ff
