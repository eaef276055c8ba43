// A network that is trained as a whole: layers with weights, each followed by what works on its
// output. A rule takes it as it is, or walks through it block by block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/pimpl.h>

#include "ff/core/tensor_dict.h"
#include "ff/nn/layer_options.h"
#include "ff/nn/steps.h"
#include "ff/nn/weighted_layer.h"
#include "ff/optim/optimizer.h"

namespace ff {

struct NetworkOptions {
  Shape input;
  std::vector<LayerOptions> layers;
  std::string init = "torch";
  std::string linear = "addmm";  // or "mm"
};

/// Weighted layers (layers.0, layers.1, ...), each with the normalisations (norms.0, ...),
/// non-linearities, pooling and layers of other kinds (others.0, ...) that follow it: a block. The
/// last layer is linear, and alone.
class NetworkImpl : public torch::nn::Module {
 public:
  /// Layers draw their weights first to last. Throws OptionError as check_layers does, and
  /// where a kernel is larger than the image it meets.
  explicit NetworkImpl(const NetworkOptions& options);

  /// Rows (N, C*H*W) -> logits (N, classes).
  at::Tensor forward(const at::Tensor& rows, Pass pass) const;

  /// Rows as the first layer takes them.
  at::Tensor input(const at::Tensor& rows) const;
  /// What block `l` makes of what its layer gives.
  at::Tensor after(std::size_t l, at::Tensor z, Pass pass) const;

  /// Weighted layers, and so blocks.
  std::size_t depth() const { return layers.size(); }
  /// Of one image, after block `l`.
  const Shape& shape_after(std::size_t l) const { return blocks_[l].output; }
  /// The non-linearity that is all there is in block `l` behind its layer; nullptr where there is
  /// none, or more.
  const Activation* activation_after(std::size_t l) const;
  /// Whether a layer's weight is more than a matrix (out, in).
  bool is_convolutional() const;

  /// The parameters of block `l`, of its layer first, and those of all blocks in order.
  std::vector<NamedParameter> parameters_of(std::size_t l) const;
  std::vector<NamedParameter> all_parameters() const;

  /// Parameters and running statistics by the names of Python's state_dict, live.
  TensorDict tensors() const;

  std::vector<WeightedLayer> layers;

 private:
  struct Named {
    std::string name;  // "norms.0"
    std::shared_ptr<LayerImpl> layer;
  };
  struct Block {
    Steps steps;
    std::vector<Named> modules;  // those of the steps that have tensors
    Shape output;
  };

  void add(const LayerOptions& layer, Shape& shape, const NetworkOptions& options);

  Shape input_;
  std::vector<Block> blocks_;
  torch::nn::ModuleList list_ = nullptr;
};

TORCH_MODULE(Network);

/// Throws OptionError ("model.layers[2]: ...") for a stack that cannot be: nothing to work on, an
/// image wanted where there is none.
void check_stack(const std::vector<LayerOptions>& layers);

/// The same, and where the last layer is not linear.
void check_layers(const std::vector<LayerOptions>& layers);

/// The first batch normalisation among `layers` that one image of shape `input` gives a single
/// value per channel: PyTorch's and ours refuse to train on a batch of one image there. Throws
/// OptionError where a kernel is larger than the image it meets.
std::optional<std::size_t> norm_of_single_values(const std::vector<LayerOptions>& layers,
                                                 const Shape& input);

}  // namespace ff
