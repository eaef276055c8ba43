#include "ff/forward_forward/model_options.h"

#include <algorithm>

#include "ff/core/find_choice.h"
#include "ff/forward_forward/goodness.h"
#include "ff/nn/activation.h"
#include "ff/nn/init.h"

namespace ff {

std::vector<std::string> ModelOptions::activation_names() { return names_of(activations()); }
std::vector<std::string> ModelOptions::init_names() { return names_of(inits()); }
std::vector<std::string> ModelOptions::goodness_names() { return names_of(goodnesses()); }

std::vector<std::vector<LayerOptions>> blocks_of(const ModelOptions& model) {
  auto layers = model.layers;
  if (layers.empty()) {
    for (const auto width : model.widths) layers.push_back({.type = "linear", .width = width});
  }
  std::vector<std::vector<LayerOptions>> blocks;
  for (auto& layer : layers) {
    if (layer.has_weights() || blocks.empty()) blocks.emplace_back();
    blocks.back().push_back(std::move(layer));
  }
  for (auto& block : blocks) {
    const auto is_activation = [](const LayerOptions& layer) { return layer.is_activation(); };
    if (std::any_of(block.begin(), block.end(), is_activation)) continue;
    // After batch normalisation, before pooling.
    const auto place = std::find_if(block.begin() + 1, block.end(), [](const LayerOptions& layer) {
      return layer.type != "batch-norm";
    });
    block.insert(place, LayerOptions{.type = model.activation});
  }
  return blocks;
}

bool is_linear_block(const std::vector<LayerOptions>& block) {
  return block.size() == 2 && block[0].type == "linear" && block[1].activation();
}

}  // namespace ff
