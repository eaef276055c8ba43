// Trains one Forward-Forward layer for a step with the installed library.
#include <iostream>

#include <torch/types.h>

#include "ff/forward_forward/ff_linear.h"

int main() {
  torch::manual_seed(0);
  ff::FFLinear layer(ff::FFLinearOptions{.in_features = 8, .out_features = 4});
  layer->set_optimizer({.learning_rate = 0.1});
  const auto before = layer->weight.detach().clone();
  const auto step = layer->train_step(torch::rand({16, 8}), torch::rand({16, 8}));
  const bool moved = !torch::equal(before, layer->weight);
  std::cout << "loss " << step.loss.item<float>() << ", weights " << (moved ? "moved" : "stayed")
            << "\n";
  return moved && !step.activations_pos.requires_grad() ? 0 : 1;
}
