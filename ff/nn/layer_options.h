// The layers of a network, as a config lists them one by one (`model.layers`).
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "ff/core/own_options.h"

namespace ff {

struct Activation;
struct LayerOptions;

/// An option of a kind of layer: a member of LayerOptions, or a value by name, whose default this
/// is.
struct LayerField {
  const char* name;
  std::variant<std::int64_t LayerOptions::*, bool LayerOptions::*, OwnValue> value;
  Rule rule = {};
  const char* help = "";
};

/// One layer. `type` says which of the other members it has (ff/nn/layer_kind.h, and one file per
/// kind in ff/nn/layers/): linear and conv have weights; the rest works on what they give.
struct LayerOptions {
  std::string type;
  std::int64_t width = 0;     // linear
  std::int64_t channels = 0;  // conv
  std::int64_t kernel = 0;    // conv, max-pool
  std::int64_t stride = 1;    // conv
  std::int64_t padding = 0;   // conv
  bool affine = true;         // batch-norm
  OwnValues own = {};         // what has no member here, by name

  bool operator==(const LayerOptions&) const = default;

  /// Whether it has weights that a rule trains.
  bool has_weights() const;
  /// Whether it is a non-linearity.
  bool is_activation() const;
  /// The activation of ff/nn/activation.h that it is; nullptr for every other layer.
  const Activation* activation() const;

  /// The option called `name` that has no member here, or its default; T is bool, std::int64_t,
  /// double or std::string. Throws std::invalid_argument where the layer has no such option.
  template <class T>
  T get(const char* name) const {
    return std::get<T>(own_value(name));
  }

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type", self.type, tag(types()), "What the layer does.");
    for (const auto& field : fields_of(self.type)) {
      std::visit(
          [&](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, OwnValue>) {
              visit_own(self.own, {field.name, value, field.rule, field.help}, visit);
            } else {
              visit(field.name, self.*value, field.rule, field.help);
            }
          },
          field.value);
    }
  }

  /// linear, conv, batch-norm, max-pool, what is registered, and the activations.
  static std::vector<std::string> types();
  static std::vector<LayerOptions> variants();

 private:
  static const std::vector<LayerField>& fields_of(const std::string& type);
  OwnValue own_value(const char* name) const;
};

/// The long form of a multilayer perceptron: `activation` after each linear layer but the last,
/// behind a batch-norm where asked for: "none", "affine", or "plain" (without scale and shift).
std::vector<LayerOptions> perceptron_layers(const std::vector<std::int64_t>& widths,
                                            const std::string& activation,
                                            const std::string& batch_norm = "none");

}  // namespace ff
