#include "ff/nn/layer_options.h"

#include <stdexcept>

#include "ff/core/find_choice.h"
#include "ff/nn/activation.h"
#include "ff/nn/layer_kind.h"

namespace ff {

std::vector<std::string> LayerOptions::types() {
  auto types = names_of(layer_kinds());
  for (const auto& name : names_of(activations())) types.push_back(name);
  return types;
}

bool LayerOptions::has_weights() const {
  const auto* kind = find_layer_kind(type);
  return kind && kind->has_weights;
}

bool LayerOptions::is_activation() const {
  const auto* kind = find_layer_kind(type);
  return kind ? kind->is_activation : activation() != nullptr;
}

const Activation* LayerOptions::activation() const {
  for (const auto& one : activations()) {
    if (type == one.name) return &one;
  }
  return nullptr;
}

const std::vector<LayerField>& LayerOptions::fields_of(const std::string& type) {
  static const std::vector<LayerField> none;
  const auto* kind = find_layer_kind(type);
  return kind ? kind->fields : none;
}

CustomValue LayerOptions::custom_value(const char* name) const {
  const auto found = own.find(name);
  if (found != own.end()) return found->second;
  for (const auto& field : fields_of(type)) {
    const auto* standard = std::get_if<CustomValue>(&field.value);
    if (standard && std::string(field.name) == name) return *standard;
  }
  throw std::invalid_argument("layer " + type + " has no option '" + name + "'");
}

std::vector<LayerOptions> LayerOptions::variants() {
  std::vector<LayerOptions> variants;
  for (const auto& type : types()) variants.push_back({.type = type});
  return variants;
}

std::vector<LayerOptions> mlp_layers(const std::vector<std::int64_t>& widths,
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
