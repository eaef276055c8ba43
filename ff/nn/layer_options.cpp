#include "ff/nn/layer_options.h"

#include <algorithm>

#include "ff/core/choice.h"
#include "ff/nn/activation.h"

namespace ff {

std::vector<std::string> LayerOptions::types() {
  std::vector<std::string> types = {"linear", "conv", "batch-norm", "max-pool"};
  for (const auto& name : names_of(activations())) types.push_back(name);
  return types;
}

bool LayerOptions::is_activation() const {
  const auto& all = activations();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return type == one.name; });
}

std::vector<LayerOptions> LayerOptions::variants() {
  std::vector<LayerOptions> variants;
  for (const auto& type : types()) variants.push_back({.type = type});
  return variants;
}

std::vector<LayerOptions> perceptron_layers(const std::vector<std::int64_t>& widths,
                                            const std::string& activation,
                                            const std::string& batch_norm) {
  std::vector<LayerOptions> layers;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    layers.push_back({.type = "linear", .width = widths[i]});
    if (i + 1 == widths.size()) break;
    if (batch_norm != "none") {
      layers.push_back({.type = "batch-norm", .affine = batch_norm == "affine"});
    }
    layers.push_back({.type = activation});
  }
  return layers;
}

}  // namespace ff
