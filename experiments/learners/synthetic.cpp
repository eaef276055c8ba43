// Registers synthetic gradients (Jaderberg et al. 2017).
#include "baselines/synthetic_gradients.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  const bool conditioned = config.model.type == "cdni";
  return std::make_unique<baselines::SyntheticGradients>(
      config.synthetic, conditioned, network_learner_options(config), train);
}

}  // namespace

std::vector<LearnerKind> synthetic_kinds() {
  return {mlp_kind("dni",
                   "decoupled neural interfaces: gradients predicted from activations",
                   {"synthetic"},
                   make),
          mlp_kind("cdni",
                   "as dni, with gradients predicted from activations and labels",
                   {"synthetic"},
                   make)};
}

}  // namespace ff::experiments
