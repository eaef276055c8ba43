// Backpropagation that reaches some of the layers only: the controls that say what training the
// others is worth.
#pragma once

#include <string>
#include <vector>

#include "baselines/network_learner.h"

namespace ff::baselines {

/// Which layers learn: "readout", the last alone, on random features; "first-layer", the first and
/// the last, with the exact gradient through what lies between and stays as it was drawn.
std::vector<std::size_t> trained_layers(const std::string& control, std::size_t depth);

class PartialBackprop : public NetworkLearner {
 public:
  /// `control`: readout or first-layer. Throws as NetworkLearner does.
  PartialBackprop(const std::string& control, NetworkLearnerOptions options, DataInfo info);

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;

 private:
  std::vector<NamedParameter> trained_;
};

}  // namespace ff::baselines
