// Registers weight perturbation, node perturbation and the forward gradient.
#include "baselines/perturbation.h"

#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  const auto& type = config.model.type;
  auto options = config.perturbation;
  if (type == "weight-perturbation") options.of = "weights";
  if (type == "node-perturbation") options.of = "units";
  return std::make_unique<baselines::Perturbation>(
      options, /*exact=*/type == "forward-gradient", network_learner_options(config), train);
}

LearnerKind kind(const char* name, const char* help, std::vector<std::string> keys) {
  keys.insert(keys.end(), {"perturbation.layers", "perturbation.exact_output"});
  return mlp_kind(name, help, std::move(keys), make);
}

}  // namespace

std::vector<LearnerKind> perturbation_kinds() {
  const std::vector<std::string> of_difference = {"perturbation.scale", "perturbation.central"};
  return {kind("weight-perturbation",
               "change of the batch's loss under a random perturbation of the weights",
               of_difference),
          kind("node-perturbation",
               "change of each image's loss under a random perturbation of the pre-activations",
               of_difference),
          kind("forward-gradient",
               "exact directional derivative along a random direction",
               {"perturbation.of"})};
}

}  // namespace ff::experiments
