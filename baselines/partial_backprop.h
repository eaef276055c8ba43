// Backpropagation into some of the layers only: controls that show the benefit of training the
// others.
#pragma once

#include <string>
#include <vector>

#include "baselines/network_learner.h"

namespace ff::baselines {

/// Returns the trained layers: "readout", the last one only; "first-layer", the first and the last
/// one, with the exact gradient through the untrained layers between them.
std::vector<std::size_t> trained_layers(const std::string& control, std::size_t depth);

/// dW_l = delta_l^T h_{l-1} with backpropagation's exact delta_l for the layers in trained_layers()
/// (Rumelhart, Hinton and Williams 1986); all other parameters keep their initial values.
class PartialBackprop : public NetworkLearner {
 public:
  /// `control`: "readout" or "first-layer". Throws as NetworkLearner's constructor.
  PartialBackprop(const std::string& control, NetworkLearnerOptions options, DataInfo info);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

 private:
  std::vector<NamedParameter> trained_;
};

}  // namespace ff::baselines
