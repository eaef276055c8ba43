#include "ff/forward_forward/ff_measures.h"

#include <ATen/Functions.h>
#include <torch/csrc/autograd/autograd.h>

namespace ff {

FFMeasures::FFMeasures(FFNetwork network)
    : network_(std::move(network)), measures_(network_->layers.size(), network_->layers.size()) {}

std::vector<at::Tensor> FFMeasures::own_gradients(at::Tensor pos, at::Tensor neg) {
  std::vector<at::Tensor> gradients;
  for (std::size_t l = 0; l < network_->layers.size(); ++l) {
    auto& layer = network_->layers[l];
    gradients.push_back(
        torch::autograd::grad({layer->objective(pos, neg)}, {layer->weight}).front());
    at::NoGradGuard no_grad;
    pos = layer->forward(pos);
    neg = layer->forward(neg);
    measures_.add_activations(l, pos);
  }
  return gradients;
}

void FFMeasures::add(const MeasuredRows& rows, const at::Tensor& scores) {
  std::vector<at::Tensor> weights;
  for (const auto& layer : network_->layers) weights.push_back(layer->weight);
  const auto truth = torch::autograd::grad({at::cross_entropy_loss(scores, rows.labels)},
                                           weights,
                                           /*grad_outputs=*/{},
                                           /*retain_graph=*/std::nullopt,
                                           /*create_graph=*/false,
                                           /*allow_unused=*/true);
  const auto own = own_gradients(rows.positives, rows.negatives);
  for (std::size_t l = 0; l < own.size(); ++l) {
    if (truth[l].defined()) measures_.add_gradient(l, own[l], truth[l]);
  }
}

}  // namespace ff
