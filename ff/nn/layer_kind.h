// The layers that a config can list in `model.layers`: an open registry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/nn/layer.h"
#include "ff/nn/layer_options.h"

namespace ff {

/// What a layer is made for.
struct LayerPlace {
  Shape input;                   // of one sample
  std::string init = "torch";    // initial weights (ff/nn/init.h)
  std::string linear = "addmm";  // or "mm": how a fully connected layer rounds
};

/// A kind of layer: its name in `type`, its options, and how it is made.
struct LayerKind {
  const char* name;
  std::vector<LayerField> fields = {};
  bool has_weights = false;    // then `make` gives a WeightedLayerImpl: a block begins here
  bool is_activation = false;  // a non-linearity
  bool needs_image = false;    // (N, C, H, W); it cannot stand behind a layer that flattens
  bool flattens = false;       // what it gives is no image
  /// The shape of what it gives for one sample; null: of what it takes. Throws
  /// std::invalid_argument where there is none.
  Shape (*output)(const LayerOptions& options, const Shape& input) = nullptr;
  /// Draws initial weights, if any, from the default CPU generator.
  std::shared_ptr<LayerImpl> (*make)(const LayerOptions& options, const LayerPlace& place);
  /// The first part of its tensors' names in a checkpoint ("norms.0.weight"), without weights.
  const char* list = "others";
};

/// linear, conv, batch-norm, max-pool, and what is registered. The activations of
/// ff/nn/activation.h, which have no options and a known slope, are layers beside these.
const std::vector<LayerKind>& layer_kinds();

/// nullptr where there is none, and for the activations.
const LayerKind* find_layer_kind(const std::string& type);

/// Adds a kind of one's own; at the beginning of main(), as the first use of the list closes it.
/// Throws std::logic_error when it is too late, or the name is taken.
void register_layer(LayerKind kind);

/// The layer that `options` describe, of any kind but the activations; sets `output` and
/// `takes_image`. Throws std::invalid_argument where there is no such kind, or it does not fit.
std::shared_ptr<LayerImpl> make_layer(const LayerOptions& options, const LayerPlace& place);

/// Appends `layer` to the module list `list` of `owner`, which is made where there is none. Returns
/// the layer's name: "norms.0".
std::string register_in_list(torch::nn::Module& owner,
                             const std::string& list,
                             const std::shared_ptr<LayerImpl>& layer);

}  // namespace ff
