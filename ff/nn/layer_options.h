// The layers of a network, as a config lists them one by one (`model.layers`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ff/core/fields.h"

namespace ff {

/// One layer. `type` says which of the other members it has: linear and conv have weights; the rest
/// works on what they give.
struct LayerOptions {
  std::string type;
  std::int64_t width = 0;     // linear
  std::int64_t channels = 0;  // conv
  std::int64_t kernel = 0;    // conv, max-pool
  std::int64_t stride = 1;    // conv
  std::int64_t padding = 0;   // conv
  bool affine = true;         // batch-norm

  bool operator==(const LayerOptions&) const = default;

  /// Whether it has weights that a rule trains.
  bool has_weights() const { return type == "linear" || type == "conv"; }
  /// Whether it is a non-linearity.
  bool is_activation() const;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type", self.type, tag(types()), "What the layer does.");
    if (self.type == "linear") {
      visit("width", self.width, required(between(1, 1e6)), "Units.");
    }
    if (self.type == "conv") {
      visit("channels", self.channels, required(between(1, 1e5)), "Channels of the output.");
    }
    if (self.type == "conv" || self.type == "max-pool") {
      visit("kernel", self.kernel, required(between(1, 1e3)), "Pixels in each direction.");
    }
    if (self.type == "conv") {
      visit("stride", self.stride, between(1, 1e3), "Pixels from one position to the next.");
      visit("padding", self.padding, between(0, 1e3), "Zeros added at each edge.");
    }
    if (self.type == "batch-norm") {
      visit("affine", self.affine, any(), "Whether a scale and a shift are learned.");
    }
  }

  /// linear, conv, batch-norm, max-pool, and the activations.
  static std::vector<std::string> types();
  static std::vector<LayerOptions> variants();
};

/// The long form of a multilayer perceptron: `activation` after each linear layer but the last,
/// behind a batch-norm where asked for: "none", "affine", or "plain" (without scale and shift).
std::vector<LayerOptions> perceptron_layers(const std::vector<std::int64_t>& widths,
                                            const std::string& activation,
                                            const std::string& batch_norm = "none");

}  // namespace ff
