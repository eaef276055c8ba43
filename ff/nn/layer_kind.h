// Registry of the layer kinds that a config can list in `model.layers`; user code can extend it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/nn/layer.h"
#include "ff/nn/layer_options.h"

namespace ff {

/// Arguments for constructing a layer at its place in a network.
struct LayerPlace {
  Shape input;                   // shape of one input sample
  std::string init = "torch";    // weight initialisation (ff/nn/init.h)
  std::string linear = "addmm";  // or "mm": fully connected layers round differently
  /// Shapes of the inputs of the blocks up to the one that the layer is in, first to last; for
  /// layers without weights.
  std::vector<Shape> blocks = {};
};

/// A kind of layer: its name (the value of `type`), its options, and its factory.
struct LayerKind {
  const char* name;
  std::vector<LayerField> fields = {};
  bool has_weights = false;    // `make` returns a WeightedLayerImpl; starts a block
  bool is_activation = false;  // an activation function
  bool needs_image = false;    // expects (N, C, H, W); not allowed after a layer that flattens
  bool flattens = false;       // outputs (N, D) rather than (N, C, H, W)
  /// Returns the shape of one output sample; null: the input's shape. Throws std::invalid_argument
  /// if the layer does not fit the input.
  Shape (*output)(const LayerOptions& options, const Shape& input) = nullptr;
  /// Creates the layer. Draws the initial weights, if any, from the default CPU generator.
  std::shared_ptr<LayerImpl> (*make)(const LayerOptions& options, const LayerPlace& place);
  /// Module list that the layer is registered in if it has tensors but no weights: the prefix of
  /// its names in a checkpoint ("norms.0.weight"). "norms" also marks a normalisation: the default
  /// activation of a Forward-Forward block comes after it.
  const char* list = "others";
  /// As `output`, for a layer that also reads the inputs of blocks (LayerImpl::join); null for all
  /// others.
  Shape (*joined)(const LayerOptions& options, const LayerPlace& place) = nullptr;
};

/// Returns the built-in and the registered kinds. The activations of ff/nn/activation.h, which have
/// no options and a known derivative, are layers as well but not listed here.
const std::vector<LayerKind>& layer_kinds();

/// Returns the kind called `type`; nullptr if there is none or it is an activation.
const LayerKind* find_layer_kind(const std::string& type);

/// Registers a layer kind. Call it at the beginning of main(): the first lookup closes the list.
/// Throws std::logic_error if the list is closed or the name is taken.
void register_layer(LayerKind kind);

/// Returns the shape of one output sample of the layer at `place`. Throws std::invalid_argument if
/// the layer does not fit.
Shape output_shape(const LayerKind& kind, const LayerOptions& options, const LayerPlace& place);

/// Returns the shape of the input of a block that begins with the layer `options` after an output
/// of shape `below`: a vector if the layer flattens images.
Shape block_input(const LayerOptions& options, const Shape& below);

/// Creates the layer that `options` describe (any kind except activations) and sets `output` and
/// `takes_image`. Throws std::invalid_argument if the kind is unknown or does not fit its input.
std::shared_ptr<LayerImpl> make_layer(const LayerOptions& options, const LayerPlace& place);

/// Appends `layer` to the module list `list` of `owner`, creating the list if needed. Returns the
/// layer's name, e.g. "norms.0".
std::string register_in_list(torch::nn::Module& owner,
                             const std::string& list,
                             const std::shared_ptr<LayerImpl>& layer);

}  // namespace ff
