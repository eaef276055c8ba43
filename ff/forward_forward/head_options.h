// Options of the softmax head.
#pragma once

#include <cstdint>
#include <string>

#include "ff/core/fields.h"
#include "ff/nn/layer_choice.h"
#include "ff/optim/optimizer_options.h"

namespace ff {

/// Defaults are those of Hinton's ffnew.m, converted to PyTorch's conventions.
struct HeadOptions {
  std::string type = "none";
  LayerChoice layers;
  std::string train = "along";
  std::int64_t epochs = 10;
  OptimizerOptions optimizer = {
      .type = "sgd", .learning_rate = 0.01, .momentum = 0.9, .weight_decay = 0.003};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of({"none", "softmax"}),
          "softmax: a linear classifier on the layers' normalised activations, without bias, "
          "initialised to 0; passes no gradient to the layers.");
    visit("layers",
          self.layers,
          one_of({"all"}),
          "Input layers of the head: all, {\"first\": k}, {\"from\": k} for layer k and those "
          "above, or a list of layers from 0.");
    visit("train",
          self.train,
          one_of({"along", "after"}),
          "along: on every batch on which the layers are trained; after: in separate epochs after "
          "the layers.");
    visit("epochs", self.epochs, between(1, 1e6), "Epochs of the head, with head.train after.");
    visit("optimizer", self.optimizer);
  }

  bool on() const { return type != "none"; }
};

}  // namespace ff
