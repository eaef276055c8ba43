// A layer with weights, fully connected or convolutional.
#pragma once

#include <cstdint>
#include <string>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/nn/layer_options.h"
#include "ff/nn/shape.h"

namespace ff {

/// Positions along an axis of `size` pixels that a kernel of `layer` has, `padding` at both ends.
/// Throws std::invalid_argument when the kernel is larger than that.
std::int64_t kernel_positions(std::int64_t size, const LayerOptions& layer, std::int64_t stride);

/// What nn.Linear or nn.Conv2d is: weight (out, in) or (out, in, k, k), and bias (out).
class WeightedLayerImpl : public torch::nn::Module {
 public:
  /// Draws weight, then bias, from the default CPU generator. Throws as kernel_positions does.
  WeightedLayerImpl(const LayerOptions& options,
                    const Shape& input,
                    const std::string& init,
                    const std::string& linear);

  /// (N, in) -> (N, out), or (N, in, H, W) -> (N, out, H', W'). A linear layer flattens its input.
  at::Tensor forward(const at::Tensor& x) const;

  bool is_conv() const { return weight.dim() == 4; }
  /// The input as the weight takes it.
  at::Tensor shaped(const at::Tensor& x) const { return is_conv() ? x : x.flatten(1); }

  at::Tensor weight, bias;
  std::int64_t stride = 1, padding = 0;
  bool adds_bias_apart = false;  // linear: mm and an addition, not addmm
  Shape output;                  // of one image
};

TORCH_MODULE(WeightedLayer);

}  // namespace ff
