// BlockBody: the layers of a block, from its input normalisation to its output.
#pragma once

#include <string>
#include <vector>

#include "ff/core/option_error.h"
#include "ff/forward_forward/model_options.h"
#include "ff/nn/normalize.h"
#include "ff/nn/steps.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// The layers of a block, and their place in a network.
struct BlockBodyOptions {
  std::vector<LayerOptions> layers;  // a layer with weights, then those without
  Shape input;
  std::string init = "torch";
  std::string normalize = "l2";
  double epsilon = 1e-4;
};

/// Returns why layer `i` of a block, if it is a shortcut, cannot be where it is: a block applies
/// what follows the activation to the activation's input alone. Empty if it can.
std::string problem_of_shortcut(const std::vector<LayerOptions>& block, std::size_t i);

/// Returns what makes model.layers impossible as blocks, with config paths: as check_stack, and
/// shortcuts that cannot be where they are or join something other than their own block's input.
std::vector<OptionProblem> problems_of_layers(const ModelOptions& model);

/// Length normalisation over all values of a sample, a linear or convolutional layer, then batch
/// normalisation, activation and pooling as listed. A shortcut joins the normalised input, before
/// the activation. Registers its tensors in `owner`: weight, bias, norms.0.weight, ...,
/// norms.0.running_mean, ...; others.0... for other kinds of layers.
///
/// The constructor draws the weights from the default CPU generator. Throws OptionError as
/// check_stack does, std::invalid_argument if a layer does not fit its input or for
/// problem_of_shortcut.
class BlockBody {
 public:
  BlockBody(torch::nn::Module& owner, const BlockBodyOptions& options);

  /// Maps (N, C, H, W), or flat samples (N, C*H*W), to the input of the first activation. Throws
  /// c10::Error if the samples have another number of values.
  at::Tensor before_activation(const at::Tensor& x, Pass pass) const;

  /// Applies the first activation and the layers after it.
  at::Tensor from_activation(const at::Tensor& z, Pass pass) const {
    return steps_.from_activation(z, pass);
  }

  at::Tensor weight() const { return layer_->weight; }
  at::Tensor bias() const { return layer_->bias; }
  const Shape& output() const { return output_; }  // of one sample

 private:
  Shape input_, output_;
  WeightedLayer layer_ = nullptr;
  Steps steps_;
  const LengthNormalization& normalize_;
  double epsilon_;
};

}  // namespace ff
