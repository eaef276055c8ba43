// Options of the network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ff/core/fields.h"
#include "ff/forward_forward/peer_options.h"
#include "ff/forward_forward/threshold_options.h"
#include "ff/nn/layer_options.h"
#include "ff/nn/normalize_options.h"

namespace ff {

/// The keys under `model`. Shared by all learning rules, some of which use only a part (listed in
/// the registry).
struct ModelOptions {
  std::string type = "ff";
  std::vector<std::int64_t> widths = {512, 256, 10};
  std::vector<LayerOptions> layers;  // replaces widths, activation and batch_norm
  std::string activation = "relu";
  std::string batch_norm = "none";
  std::string linear = "addmm";
  std::string init = "torch";
  std::string goodness = "mean-square";
  ThresholdOptions threshold;
  NormalizeOptions normalize;
  double dropout = 0;
  PeerOptions peer;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type", self.type, one_of(rule_names_of<Visitor>()), "The learning rule.");
    visit("widths",
          self.widths,
          nonempty(between(1, 1e6)),
          "Units of each fully connected layer, first to last.");
    visit("layers",
          self.layers,
          "Long form of model.widths: a list of all layers, first to last; if not empty, it "
          "describes the whole network. A Forward-Forward block begins with a linear or conv layer "
          "and extends to the next one; each has its own goodness and optimizer, and "
          "model.activation if it lists no non-linearity.");
    visit("activation", self.activation, one_of(activation_names()), "Non-linearity of the units.");
    visit("batch_norm",
          self.batch_norm,
          one_of({"none", "affine", "plain"}),
          "Batch normalisation between each hidden layer and its non-linearity: none; affine, with "
          "a learned scale and shift; plain, without.");
    visit("linear",
          self.linear,
          one_of({"addmm", "mm"}),
          "How the autograd engine computes linear layers (results differ by rounding): addmm, "
          "product and bias in one operation, like nn.Linear; mm, in two operations, like the "
          "layers defined in the original's SignOnlyBP notebooks.");
    visit("init",
          self.init,
          one_of(init_names()),
          "Initial weights: torch, U(+-1/sqrt(fan_in)), biases too; normal, N(0, 1/fan_in), biases "
          "0; zero, both 0, which only rules with separate feedback weights can train.");
    visit("goodness",
          self.goodness,
          one_of(goodness_names()),
          "Goodness of a layer: mean or sum of its squared activations.");
    visit("threshold", self.threshold);
    visit("normalize", self.normalize);
    visit("dropout",
          self.dropout,
          half_open(0, 1),
          "Dropout probability of each layer's units in training, for goodness and for the next "
          "layer; kept units are scaled to preserve the expected sum of squares.");
    visit("peer", self.peer);
  }

  /// Returns the allowed values of `type`: those of the visitor's static rule_names(), if it has
  /// one, because other rules are defined in other libraries; else only "ff".
  template <class Visitor>
  static std::vector<std::string> rule_names_of() {
    if constexpr (requires { Visitor::rule_names(); }) {
      return Visitor::rule_names();
    } else {
      return {"ff"};
    }
  }

  static std::vector<std::string> activation_names();
  static std::vector<std::string> init_names();
  static std::vector<std::string> goodness_names();
};

/// Returns the layers of each block, first to last: a layer with weights and the layers up to the
/// next one. Adds model.activation to blocks without an activation.
std::vector<std::vector<LayerOptions>> blocks_of(const ModelOptions& model);

/// True if the block is a fully connected layer plus activation, i.e. an FFLinear.
bool is_linear_block(const std::vector<LayerOptions>& block);

}  // namespace ff
