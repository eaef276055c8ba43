// FFNetwork: a stack of Forward-Forward layers.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/data/label_overlay.h"
#include "ff/forward_forward/ff_linear.h"
#include "ff/forward_forward/model_options.h"

namespace ff {

/// A Forward-Forward layer of any kind.
using FFLayer = std::shared_ptr<FFBaseImpl>;

/// A stack of Forward-Forward layers, registered as layers.0, layers.1, ...: an FFLinear for each
/// block that is a fully connected layer plus activation, an FFBlock for any other block.
class FFNetworkImpl : public torch::nn::Module {
 public:
  /// Initialises the layers first to last from the default CPU generator, then moves them to
  /// `device`. Throws OptionError if a layer does not fit its input.
  FFNetworkImpl(const Shape& input,
                const ModelOptions& model,
                const LossOptions& loss,
                const OptimizerOptions& optimizer,
                const at::Device& device = at::kCPU);

  /// For flat samples of `in_features` values.
  FFNetworkImpl(std::int64_t in_features,
                const ModelOptions& model,
                const LossOptions& loss,
                const OptimizerOptions& optimizer,
                const at::Device& device = at::kCPU)
      : FFNetworkImpl(Shape{.channels = in_features}, model, loss, optimizer, device) {}

  /// Returns the activations of the first `layers` layers, (N, in) -> (N, out); without gradient.
  at::Tensor features(const at::Tensor& x, std::size_t layers);

  /// Returns the concatenated normalised activations of the `chosen` layers, (N, in) -> (N, sum of
  /// their widths), optionally with dropout applied: the head's input. Like goodness_by_label(), it
  /// is differentiable through all layers below; use a NoGradGuard if no gradient is needed.
  at::Tensor normalized_activities(const at::Tensor& x,
                                   const std::vector<std::int64_t>& chosen,
                                   bool with_dropout);

  /// Returns a layer's activations, flattened to (N, width) and normalised as for the layer above.
  at::Tensor normalized(const at::Tensor& activations) const;

  /// Label sweep: returns the goodness of every layer for every label, samples (N, D) -> (N, C, L).
  /// Does not modify `rows`; draws no random numbers.
  at::Tensor goodness_by_label(const at::Tensor& rows, const LabelOverlay& overlay);

  std::vector<FFLayer> layers;

 private:
  const LengthNormalization& normalize_;
  double epsilon_;
};

TORCH_MODULE(FFNetwork);

}  // namespace ff
