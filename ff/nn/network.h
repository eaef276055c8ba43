// NetworkImpl: a feed-forward network, as a sequence of blocks. A block is a layer with weights and
// the layers without weights that follow it. Learning rules either run the whole network or iterate
// over its blocks.
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
  std::string linear = "addmm";  // or "mm": see LayerPlace
};

/// A network of blocks: layer l with weights (layers.l), followed by its normalisations (norms.0,
/// ...), activations, pooling and other layers (others.0, ...). The last block is a single linear
/// layer.
class NetworkImpl : public torch::nn::Module {
 public:
  /// Initialises the layers first to last. Throws OptionError as check_layers does, or if a kernel
  /// is larger than its input.
  explicit NetworkImpl(const NetworkOptions& options);

  /// Maps flat samples (N, C*H*W) to logits (N, classes).
  at::Tensor forward(const at::Tensor& rows, Pass pass) const;

  /// Reshapes flat samples (N, C*H*W) as the first layer expects them.
  at::Tensor input(const at::Tensor& rows) const;

  /// Returns the output of block `l` for its input x. A forward pass calls it for blocks 0, 1, ...
  /// with the same `inputs`, empty at first.
  at::Tensor block(std::size_t l, const at::Tensor& x, BlockInputs& inputs, Pass pass) const;

  /// The two parts of block(), for a rule that runs the layer with weights by itself: records x,
  /// the input of block `l`, for shortcuts; then applies the rest of the block to `z`, the output
  /// of the layer with weights.
  void enter(std::size_t l, const at::Tensor& x, BlockInputs& inputs) const;
  at::Tensor after(std::size_t l, at::Tensor z, const BlockInputs& inputs, Pass pass) const;

  /// Returns the number of blocks, i.e. of layers with weights.
  std::size_t depth() const { return layers.size(); }
  /// Returns the shape of one sample after block `l`.
  const Shape& shape_after(std::size_t l) const { return blocks_[l].output; }
  /// Returns the activation of block `l` if it is all that follows the layer with weights, else
  /// nullptr.
  const Activation* activation_after(std::size_t l) const;
  /// True if some layer's weight is not a matrix (out, in).
  bool is_convolutional() const;
  /// True if some layer reads the inputs of blocks.
  bool has_shortcuts() const { return has_shortcuts_; }

  /// Returns the parameters of block `l`, those of its layer with weights first; and of all blocks,
  /// in order.
  std::vector<NamedParameter> parameters_of(std::size_t l) const;
  std::vector<NamedParameter> all_parameters() const;

  /// Returns the live parameters and running statistics, under the names of Python's state_dict.
  TensorDict tensors() const;

  std::vector<WeightedLayer> layers;

 private:
  struct Named {
    std::string name;  // "norms.0"
    std::shared_ptr<LayerImpl> layer;
  };
  struct Block {
    Steps steps;
    std::vector<Named> modules;  // those with tensors
    Shape output;
  };

  void add(const LayerOptions& layer, Shape& shape, const NetworkOptions& options);

  Shape input_;
  std::vector<Block> blocks_;
  std::vector<Shape> block_inputs_;
  bool has_shortcuts_ = false;
  torch::nn::ModuleList list_ = nullptr;
};

TORCH_MODULE(Network);

/// Checks the order of layers. Throws OptionError ("model.layers[2]: ...") if the first layer has
/// no weights, or a layer that needs an image follows one that flattens.
void check_stack(const std::vector<LayerOptions>& layers);

/// As check_stack; also throws if the last layer is not linear.
void check_layers(const std::vector<LayerOptions>& layers);

/// Returns the index of the first batch normalisation whose input has a single value per channel
/// for one image of shape `input`; training on a batch of one image fails there, as in PyTorch,
/// because the variance is undefined. Throws OptionError if a kernel is larger than its input.
std::optional<std::size_t> norm_of_single_values(const std::vector<LayerOptions>& layers,
                                                 const Shape& input);

}  // namespace ff
