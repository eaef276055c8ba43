// Registers the control experiments: backpropagation with part of the layers frozen.
#include "baselines/partial_backprop.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  return std::make_unique<baselines::PartialBackprop>(
      config.model.type, network_learner_options(config), train);
}

}  // namespace

std::vector<LearnerKind> control_kinds() {
  return {
      network_kind(
          "readout", "trains the last layer only; the others keep their initial weights", {}, make),
      network_kind(
          "first-layer", "trains only the first and the last layer, by backpropagation", {}, make)};
}

}  // namespace ff::experiments
