// Options of a network's layers, listed one by one in a config (`model.layers`).
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "ff/core/custom_options.h"

namespace ff {

struct Activation;
struct LayerOptions;

/// An option of a layer kind: a member of LayerOptions, or the default of an option stored by name.
struct LayerField {
  const char* name;
  std::variant<std::int64_t LayerOptions::*, bool LayerOptions::*, CustomValue> value;
  Rule rule = {};
  const char* help = "";
};

/// Options of one layer. `type` determines which other members apply (ff/nn/layer_kind.h, and one
/// file per kind in ff/nn/layers/). linear and conv have weights; the other layers transform the
/// output of the last layer with weights.
struct LayerOptions {
  std::string type;
  std::int64_t width = 0;     // linear
  std::int64_t channels = 0;  // conv
  std::int64_t kernel = 0;    // conv, max-pool
  std::int64_t stride = 1;    // conv
  std::int64_t padding = 0;   // conv
  bool affine = true;         // batch-norm
  CustomValues own = {};      // options of registered kinds, by name

  bool operator==(const LayerOptions&) const = default;

  /// True if the layer has weights trained by the learning rule.
  bool has_weights() const;
  /// True if the layer is an activation function.
  bool is_activation() const;
  /// Returns the activation in ff/nn/activation.h of this name, or nullptr for other layers.
  const Activation* activation() const;

  /// Returns the option called `name` (one stored by name, not a member) or its default. T is bool,
  /// std::int64_t, double or std::string. Throws std::invalid_argument if the layer has no such
  /// option.
  template <class T>
  T get(const char* name) const {
    return std::get<T>(custom_value(name));
  }

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type", self.type, tag(types()), "What the layer does.");
    for (const auto& field : fields_of(self.type)) {
      std::visit(
          [&](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, CustomValue>) {
              visit_custom(self.own, {field.name, value, field.rule, field.help}, visit);
            } else {
              visit(field.name, self.*value, field.rule, field.help);
            }
          },
          field.value);
    }
  }

  /// Returns linear, conv, batch-norm, max-pool, the registered kinds, and the activations.
  static std::vector<std::string> types();
  static std::vector<LayerOptions> variants();

 private:
  static const std::vector<LayerField>& fields_of(const std::string& type);
  CustomValue custom_value(const char* name) const;
};

/// Returns the layers of an MLP with linear layers of `widths`. `activation` follows each linear
/// layer except the last, with batch normalisation in between if `batch_norm` is "affine" or
/// "plain" (without scale and shift) rather than "none".
std::vector<LayerOptions> mlp_layers(const std::vector<std::int64_t>& widths,
                                     const std::string& activation,
                                     const std::string& batch_norm = "none");

}  // namespace ff
